// The list of what is wrong, below the text; app/src/pages/yaml.rs draws the first one.
import type { Mark } from "./server";
import { fill, type Setup } from "./setup";

function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...inside);
  return made;
}

/** The key, as a link to its field where a form has it. */
function place(mark: Mark, here: string): HTMLElement {
  const code = element("code", "", mark.path);
  if (mark.href === "") return code;
  const link = element("a", "", code);
  // On its own page a link to a field must not load the page again.
  link.href = mark.href.startsWith(`${here}#`) ? mark.href.slice(here.length) : mark.href;
  return link;
}

function item(mark: Mark, { here, words }: Setup, goTo: (line: number) => void): HTMLElement {
  const word = mark.severity === "error" ? words.error : words.warning;
  const made = element("li", `finding finding--${mark.severity}`, element("b", "", word), " ");
  const { line } = mark;
  if (line !== null) {
    const button = element("button", "pf-v6-c-button pf-m-link pf-m-inline", fill(words.line, { line }));
    button.type = "button";
    button.addEventListener("click", () => goTo(line));
    made.append(button, " ");
  }
  const fix = element("span", "finding__fix", `${words.fix} ${mark.fix}`);
  made.append(place(mark, here), ` ${mark.message}`, fix);
  return made;
}

/** Shows the findings; a line's number leads there. */
export function show(list: Element, marks: Mark[], setup: Setup, goTo: (line: number) => void): void {
  const items = marks.map((mark) => item(mark, setup, goTo));
  list.replaceChildren(...(items.length > 0 ? items : [element("li", "yaml__fine", setup.words.fine)]));
}
