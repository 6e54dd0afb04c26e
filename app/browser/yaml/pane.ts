// Keeps the text, the server and the forms beside it in step, and loses nothing that was typed.
import { after, type Change, difference, touches } from "./change";
import { Editor, type Remark } from "./editor";
import { show } from "./findings";
import { ask, type Fault, type Mark, plainBreaks, type Stored } from "./server";
import { fill, type Setup } from "./setup";

/** How long typing must pause before the text is saved. */
const PAUSE_MS = 600;
/** How soon the forms are asked again when they could not take over a new state. */
const AGAIN_MS = 500;
/** How often a text is sent again after changes elsewhere have been taken in. */
const TRIES = 5;

export class Pane {
  private readonly editor: Editor;
  /** The text that the server has acknowledged, as it stood here ... */
  private ours: string;
  /** ... and as the server writes it: a secret that was typed is a placeholder there. */
  private theirs: string;
  private version: number;
  private findings: Mark[];
  private fault: Fault | undefined;
  /** What of them is shown. */
  private shown: { findings: Mark[]; fault: Fault | undefined } | undefined;
  /** Why the last request had no answer. */
  private why: string | undefined;
  /** What the server has, where it is not to be had together with what was typed. */
  private other: Stored | undefined;
  /** A state that the forms have not taken over. */
  private unseen: string | undefined;
  private saving = false;
  private leaving = false;
  private pause = 0;
  private again = 0;
  /** One request after the other. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly root: HTMLElement,
    private readonly setup: Setup,
  ) {
    const plain = this.part<HTMLTextAreaElement>(".yaml__text");
    const parent = this.part(".yaml__editor");
    // What a browser put back into the text area after a reload is older than the page.
    this.ours = this.theirs = plainBreaks(plain.defaultValue);
    this.version = setup.version;
    this.findings = setup.findings;
    this.part(".yaml__form").hidden = true;
    parent.hidden = false;
    const listener = { typed: () => this.typed(), moved: () => queueMicrotask(() => this.settle()) };
    this.editor = new Editor(parent, this.ours, setup.words.label, setup.placeholder, listener);
    this.part(".yaml__retry").addEventListener("click", () => void this.save());
    this.part(".yaml__reload").addEventListener("click", () => this.takeOther());
    this.part(".yaml__keep").addEventListener("click", () => this.keepOwn());
    this.watch();
    this.show();
  }

  private part<T extends HTMLElement>(selector: string): T {
    const found = this.root.querySelector<T>(selector);
    if (found === null) throw new Error(`the page has no ${selector}`);
    return found;
  }

  /** Whether something typed here is not saved. */
  private get isDirty(): boolean {
    return this.editor.text !== this.ours;
  }

  private typed(): void {
    clearTimeout(this.pause);
    this.pause = window.setTimeout(() => void this.save(), PAUSE_MS);
    this.show();
  }

  private inTurn(task: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(task);
    return this.queue;
  }

  private save(): Promise<void> {
    clearTimeout(this.pause);
    return this.inTurn(() => this.send());
  }

  private async send(): Promise<void> {
    const { address, words } = this.setup;
    for (let tries = 0; tries < TRIES && this.isDirty && this.other === undefined; tries += 1) {
      const { text } = this.editor;
      this.saving = true;
      this.show();
      const answer = await ask(address, words.unreachable, JSON.stringify({ text, version: this.version }));
      this.saving = false;
      this.fault = "error" in answer ? answer.error : undefined;
      this.why = "why" in answer ? answer.why : undefined;
      if ("conflict" in answer) {
        this.arrived(answer.conflict);
        continue;
      }
      if ("text" in answer) {
        this.ours = text;
        this.theirs = plainBreaks(answer.text);
        this.accept(answer);
        this.settle();
        this.offer(answer.view);
      }
      break;
    }
    this.show();
  }

  /** Looks at what the forms have saved. */
  private async refresh(offer: boolean): Promise<void> {
    const answer = await ask(this.setup.address, this.setup.words.unreachable);
    if ("text" in answer) {
      this.arrived(answer);
      if (offer) this.offer(answer.view);
    }
    this.show();
  }

  /** Takes in what is new on the server, or notes that it is in the way of what was typed. */
  private arrived(state: Stored): void {
    if (state.version < this.version) return;
    const text = plainBreaks(state.text);
    const changed = text !== this.theirs;
    // A secret that was typed must have its placeholder first: the new text has one.
    const fits = !changed || (this.adopt(this.theirs, false) && this.adopt(text, false));
    this.other = fits ? undefined : state;
    if (fits) this.accept(state);
  }

  private accept(state: Stored): void {
    this.version = state.version;
    this.findings = state.findings;
    const stale = this.root.querySelector<HTMLElement>(".yaml__stale");
    if (stale !== null) stale.hidden = state.structure === this.setup.structure;
  }

  /** Puts placeholders where secrets were typed, once nobody is writing there any more. */
  private settle(): void {
    if (this.ours !== this.theirs && this.adopt(this.theirs, true)) this.show();
  }

  /**
   * Puts `text` in the place of what was acknowledged, and keeps what was typed since. False where
   * both changed one line, or where somebody is writing and that matters.
   */
  private adopt(text: string, patient: boolean): boolean {
    const change = difference(this.ours, text);
    if (change !== undefined) {
      const here = this.placed(change);
      if (here === undefined || (patient && this.editor.isBusyIn(here))) return false;
      this.editor.replace(here, false);
    }
    this.ours = this.theirs = text;
    return true;
  }

  /** Where a change of what was acknowledged lies in the editor; nowhere if something was typed there. */
  private placed(change: Change): Change | undefined {
    const typed = difference(this.ours, this.editor.text);
    if (typed === undefined) return change;
    return touches(this.ours, change, typed) ? undefined : after(change, typed);
  }

  /** Gives up what was typed for what the server has; undo brings it back. */
  private takeOther(): void {
    const state = this.other;
    if (state === undefined) return;
    const text = plainBreaks(state.text);
    const change = difference(this.editor.text, text);
    if (change !== undefined) this.editor.replace(change, true);
    this.ours = this.theirs = text;
    this.other = undefined;
    this.accept(state);
    this.offer(state.view);
    this.show();
  }

  /** Puts what was typed in the place of what the server has. */
  private keepOwn(): void {
    if (this.other === undefined) return;
    this.version = this.other.version;
    this.ours = this.theirs = plainBreaks(this.other.text);
    this.other = undefined;
    void this.save();
  }

  /** Hands a new state to the forms, when nobody is writing there; asks again until they take it. */
  private offer(view: string | undefined): void {
    clearTimeout(this.again);
    this.unseen = view;
    if (view === undefined) return;
    const at = document.activeElement;
    const isFormBusy = at?.matches("input, select, textarea") === true && !this.root.contains(at);
    const event = new CustomEvent(this.setup.events.replaced, { detail: view, cancelable: true });
    if (!isFormBusy && !window.dispatchEvent(event)) this.unseen = undefined;
    else this.again = window.setTimeout(() => this.offer(this.unseen), AGAIN_MS);
  }

  private watch(): void {
    window.addEventListener(this.setup.events.saved, () => {
      // A state that the forms did not take is older than what they have saved now.
      const missed = this.unseen !== undefined;
      this.offer(undefined);
      void this.inTurn(() => this.refresh(missed));
    });
    const capture = { capture: true };
    window.addEventListener("click", (event) => this.followLink(event), capture);
    window.addEventListener("submit", (event) => this.sendForm(event), capture);
    window.addEventListener("beforeunload", (event) => {
      if (this.isDirty) event.preventDefault();
    });
    window.addEventListener("pagehide", () => {
      if (!this.isDirty || this.other !== undefined) return;
      const body = JSON.stringify({ text: this.editor.text, version: this.version });
      navigator.sendBeacon(this.setup.address, new Blob([body], { type: "application/json" }));
    });
  }

  private followLink(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[href]") : null;
    const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (link === null || !plain || link.getAttribute("href")?.startsWith("#")) return;
    this.leave(event, () => link.click());
  }

  private sendForm(event: SubmitEvent): void {
    const { target, submitter } = event;
    if (target instanceof HTMLFormElement) this.leave(event, () => target.requestSubmit(submitter));
  }

  /** Saves before the page is left; what cannot be saved is for the browser to ask about. */
  private leave(event: Event, go: () => void): void {
    if (!this.isDirty || this.leaving) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void this.save().then(() => {
      this.leaving = true;
      go();
      this.leaving = false;
    });
  }

  /** What stands in the line below the text. */
  private sentence(): string {
    const { words } = this.setup;
    if (this.other !== undefined) return words.conflict;
    if (this.saving) return words.saving;
    if (!this.isDirty) return words.saved;
    if (this.why !== undefined) return fill(words.failed, { why: this.why });
    return this.fault === undefined ? words.unsaved : fill(words.fault, { ...this.fault });
  }

  private show(): void {
    if (!this.isDirty) this.fault = this.why = undefined;
    const failed = this.why !== undefined && !this.saving;
    const status = this.part(".yaml__status");
    const sentence = this.sentence();
    if (status.textContent !== sentence) status.textContent = sentence;
    const wrong = this.other !== undefined || failed || this.fault !== undefined;
    status.classList.toggle("yaml__status--wrong", wrong);
    this.part(".yaml__retry").hidden = !failed;
    this.part(".yaml__reload").hidden = this.part(".yaml__keep").hidden = this.other === undefined;
    this.remark();
  }

  /** Shows findings and the fault, where they are not shown already. */
  private remark(): void {
    const { findings, fault } = this;
    if (this.shown?.findings === findings && this.shown.fault === fault) return;
    this.shown = { findings, fault };
    const remarks: Remark[] = findings.flatMap(({ line, column, severity, message, fix }) =>
      line === null ? [] : [{ line, column, severity, message: `${message} ${fix}` }],
    );
    if (fault !== undefined) remarks.push({ ...fault, severity: "error", message: fault.what });
    this.editor.remark(remarks);
    show(this.part(".yaml__findings"), findings, this.setup, (line) => this.editor.goTo(line));
  }
}
