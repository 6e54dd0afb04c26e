// Follows checks that are running: each line is drawn by the server and put in its place here.

const board = document.querySelector<HTMLElement>("[data-watch]");

if (board?.dataset.watch) {
  const source = new EventSource(board.dataset.watch);
  // Without a script, this link shows how far they are.
  const plain = board.querySelector<HTMLElement>("[data-when='plain']");
  plain?.setAttribute("hidden", "");
  source.addEventListener("error", () => {
    // It is not tried again: the session has ended, or too many pages follow.
    if (source.readyState === EventSource.CLOSED) plain?.removeAttribute("hidden");
  });

  // A piece of the page, drawn anew; what somebody folded or unfolded stays so.
  source.addEventListener("piece", ({ data }: MessageEvent<string>) => {
    const template = document.createElement("template");
    template.innerHTML = data;
    const piece = template.content.firstElementChild;
    const old = piece && document.getElementById(piece.id);
    if (!piece || !old) return;
    const touched = old.querySelector<HTMLElement>("details[data-touched]");
    const details = piece.querySelector("details");
    if (touched && details) {
      details.open = (touched as HTMLDetailsElement).open;
      details.dataset.touched = "";
    }
    const focused = old.contains(document.activeElement) && document.activeElement?.tagName === "SUMMARY";
    old.replaceWith(piece);
    if (focused) piece.querySelector("summary")?.focus();
  });

  source.addEventListener("done", () => {
    source.close();
    for (const form of board.querySelectorAll<HTMLElement>("form[data-when]")) {
      form.hidden = form.dataset.when !== "idle";
    }
  });

  board.addEventListener("click", ({ target }) => {
    const details = target instanceof Element && target.closest("summary")?.parentElement;
    if (details) details.dataset.touched = "";
  });
}
