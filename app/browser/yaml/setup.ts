// What the page tells the pane, sentences and addresses among it; app/src/pages/yaml.rs writes it.
import type { Mark } from "./server";

/** Sentences; `{name}` stands for an argument. */
export interface Words {
  label: string;
  saved: string;
  saving: string;
  unsaved: string;
  failed: string;
  unreachable: string;
  fault: string;
  conflict: string;
  error: string;
  warning: string;
  fix: string;
  line: string;
  fine: string;
}

export interface Setup {
  version: number;
  findings: Mark[];
  structure: string;
  /** The address of the page, without what it was asked for. */
  here: string;
  /** Where the text is read and written. */
  address: string;
  /** Names of events of the window. */
  events: { saved: string; replaced: string };
  /** How a placeholder begins and ends. */
  placeholder: [string, string];
  words: Words;
}

/** Puts arguments in the place of `{name}`. */
export function fill(sentence: string, args: Record<string, string | number>): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (all, name: string) => String(args[name] ?? all));
}
