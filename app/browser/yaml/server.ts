// What is asked of the server, and what it answers; server/src/backend/raw.rs has the other side.

/** A finding and its place in the text. */
export interface Mark {
  line: number | null;
  column: number;
  severity: "error" | "warning";
  path: string;
  href: string;
  message: string;
  fix: string;
}

/** The text as the server has it, secrets hidden. */
export interface Stored {
  version: number;
  text: string;
  findings: Mark[];
  structure: string;
  /** The draft as the forms know it, as JSON. */
  view: string;
}

/** Why a text was not stored. */
export interface Fault {
  line: number;
  column: number;
  what: string;
}

/** What came of a request; `why` says why there was no answer. */
export type Answer = Stored | { error: Fault } | { conflict: Stored } | { why: string };

/** The text with the line breaks that the editor has. */
export function plainBreaks(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n");
}

/** Asks for the text, or sends an edited one. */
export async function ask(address: string, unreachable: string, body?: string): Promise<Answer> {
  const headers = { "content-type": "application/json" };
  try {
    const response = await fetch(address, body === undefined ? {} : { method: "POST", headers, body });
    if (!response.ok) return { why: (await response.text()).trim() };
    return (await response.json()) as Answer;
  } catch {
    return { why: unreachable };
  }
}
