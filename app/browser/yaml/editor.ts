// CodeMirror, set up for this page: what it shows and what it tells.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { indentUnit, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { search, searchKeymap } from "@codemirror/search";
import { Annotation, Compartment, EditorState, type Extension, Transaction } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type ViewUpdate,
} from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import type { Change } from "./change";

/** Marks what came from the server, not from the keyboard. */
const FROM_SERVER = Annotation.define<boolean>();

/** Types over a selection: a browser would keep its look with styles that the page's policy forbids. */
const TYPE_OVER = EditorView.domEventHandlers({
  beforeinput: (event, view) => {
    const { state } = view;
    const { data, inputType } = event;
    if (inputType !== "insertText" || data === null || view.composing || state.selection.main.empty) return false;
    view.dispatch(state.replaceSelection(data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

/** A place in the text, and what is wrong there. */
export interface Remark {
  line: number;
  column: number;
  severity: "error" | "warning";
  message: string;
}

/** What the pane wants to know. */
export interface Listener {
  typed(): void;
  /** The cursor or the focus is elsewhere. */
  moved(): void;
}

/** Gives placeholders a look of their own. */
function placeholders([open, close]: [string, string]): Extension {
  const escape = (text: string) => text.replaceAll(/[^\w\s]/g, "\\$&");
  const regexp = new RegExp(`${escape(open)}[^\\n]*?${escape(close)}`, "g");
  const matcher = new MatchDecorator({ regexp, decoration: Decoration.mark({ class: "yaml__secret" }) });
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      constructor(view: EditorView) {
        this.decorations = matcher.createDeco(view);
      }
      update(update: ViewUpdate): void {
        this.decorations = matcher.updateDeco(update, this.decorations);
      }
    },
    { decorations: (plugin) => plugin.decorations },
  );
}

/** Light or dark, as the system says. */
function scheme(changed: (dark: Extension) => void): Extension {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", () => changed(EditorView.darkTheme.of(dark.matches)));
  return EditorView.darkTheme.of(dark.matches);
}

export class Editor {
  private readonly view: EditorView;

  constructor(parent: HTMLElement, doc: string, label: string, placeholder: [string, string], listener: Listener) {
    const theme = new Compartment();
    const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce ?? "";
    const extensions = [
      lineNumbers(),
      lintGutter(),
      highlightSpecialChars(),
      history(),
      // A native selection would be put back at a wrapped line while the search has the focus.
      drawSelection(),
      TYPE_OVER,
      search({ top: true }),
      yaml(),
      indentUnit.of("  "),
      syntaxHighlighting(classHighlighter),
      placeholders(placeholder),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": "yaml-help", tabindex: "0" }),
      EditorView.cspNonce.of(nonce),
      theme.of(scheme((dark) => this.view.dispatch({ effects: theme.reconfigure(dark) }))),
      // Tab is not bound: it leads on to what follows the editor.
      keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
      EditorView.updateListener.of((update) => {
        const own = update.transactions.some((transaction) => transaction.annotation(FROM_SERVER));
        if (update.docChanged && !own) listener.typed();
        else if (update.selectionSet || update.focusChanged) listener.moved();
      }),
    ];
    this.view = new EditorView({ parent, state: EditorState.create({ doc, extensions }) });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Whether somebody is writing in a line of this stretch. */
  isBusyIn({ from, to }: Change): boolean {
    const { doc, selection } = this.view.state;
    const { head } = selection.main;
    return this.view.hasFocus && doc.lineAt(from).from <= head && head <= doc.lineAt(to).to;
  }

  /** Puts in what came from the server; the cursor stays in its place. */
  replace(changes: Change, canBeUndone: boolean): void {
    const annotations = [FROM_SERVER.of(true), Transaction.addToHistory.of(canBeUndone)];
    this.view.dispatch({ changes, annotations });
  }

  /** Shows what is wrong in the margin and under the words. */
  remark(remarks: Remark[]): void {
    const { doc } = this.view.state;
    const diagnostics = remarks.map(({ line, column, severity, message }): Diagnostic => {
      const { from, to, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
      const before = [...text].slice(0, column - 1).join("").length;
      const start = Math.min(from + before, to);
      return { from: start, to: Math.max(start, to), severity, message };
    });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  /** Goes to a line. */
  goTo(line: number): void {
    const { doc } = this.view.state;
    const { from, text } = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const anchor = from + text.length - text.trimStart().length;
    this.view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    this.view.focus();
  }
}
