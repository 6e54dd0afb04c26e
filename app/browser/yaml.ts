// The editor for config.yaml, in the place of the form that a page has for it.
import { Pane } from "./yaml/pane";
import type { Setup } from "./yaml/setup";

const root = document.querySelector<HTMLElement>(".yaml");
if (root?.dataset.yaml !== undefined) new Pane(root, JSON.parse(root.dataset.yaml) as Setup);
