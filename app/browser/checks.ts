// Live checks beside a form: follows those that are running, and says when the results are old.
// Each check is drawn by the server; its parts are filled with that here.

const board = document.querySelector<HTMLElement>(".checks__board");

if (board?.dataset.saved) {
  // What was found is about the draft as it was.
  window.addEventListener(board.dataset.saved, () => {
    board.querySelector(".checks__changed")?.removeAttribute("hidden");
  });
}

if (board?.dataset.watch) follow(board, board.dataset.watch);

function follow(board: HTMLElement, address: string): void {
  const source = new EventSource(address);
  // Without a script, this link shows how far they are.
  const plain = board.querySelector<HTMLElement>("[data-when='plain']");
  plain?.setAttribute("hidden", "");
  source.addEventListener("error", () => {
    // It is not tried again: the session has ended, or too many pages follow.
    if (source.readyState === EventSource.CLOSED) plain?.removeAttribute("hidden");
  });

  source.addEventListener("piece", ({ data }: MessageEvent<string>) => put(data));

  source.addEventListener("done", () => {
    source.close();
    const cancel = board.querySelector("[data-when='running']");
    const focused = cancel?.contains(document.activeElement);
    for (const form of board.querySelectorAll<HTMLElement>("form[data-when]")) {
      form.hidden = form.dataset.when !== "idle";
    }
    if (focused) board.querySelector<HTMLElement>("[data-when='idle'] button")?.focus();
  });

  board.addEventListener("click", ({ target }) => {
    const details = target instanceof Element && target.closest("summary")?.parentElement;
    if (details) details.dataset.touched = "";
  });
}

// Puts what was drawn anew into the parts of the page that have its ids. The parts themselves stay,
// and so do the focus, what somebody types, and what a screen reader follows.
function put(html: string): void {
  const template = document.createElement("template");
  template.innerHTML = html;
  const piece = template.content.firstElementChild;
  const old = piece && document.getElementById(piece.id);
  if (!piece || !old) return;
  old.className = piece.className;
  for (const part of template.content.querySelectorAll("[data-part]")) {
    document.getElementById(part.id)?.replaceChildren(...part.childNodes);
  }
  // What somebody folded or unfolded stays so.
  const details = old.querySelector("details");
  const drawn = piece.querySelector("details");
  if (details && drawn && details.dataset.touched === undefined) details.open = drawn.open;
  // Forms that are still offered stay as they are.
  const forms = new Map([...piece.querySelectorAll("form")].map((form) => [form.id, form]));
  for (const form of old.querySelectorAll("form")) if (!forms.delete(form.id)) form.remove();
  old.append(...forms.values());
}
