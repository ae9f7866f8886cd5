// Conditions within a panel: the house's filter builder, drawn by the server for a tree, read back after each change.
import { icon } from "../dom.js";
import { treeOf } from "../filter-tree.js";
import { h } from "./h.js";
import { post } from "./server.js";

/** A box that fills itself. `put(tree)` gets the new tree; {} where no condition is left. */
export function conditions(ctx, type, tree, put, label) {
  const { ed } = ctx;
  const box = h("div", { class: "flow-conditions", "data-ask-builder": true, role: "group", "aria-label": label, "data-group": true, "aria-busy": "true" },
    h("p", { class: "mute small" }, ed.words.loading));
  let last = JSON.stringify(tree ?? {});
  const read = () => {
    const root = box.querySelector("[data-ask-group]");
    if (!root) return;
    const found = treeOf(root) ?? {};
    const text = JSON.stringify(found);
    if (text === last) return;
    last = text;
    put(found);
  };
  load(ed, box, type, tree).then((isThere) => {
    if (!isThere) return;
    last = JSON.stringify(treeOf(box.querySelector("[data-ask-group]")) ?? {}); // as the inputs say it
    for (const name of ["input", "change"]) box.addEventListener(name, read);
    new MutationObserver(read).observe(box, { childList: true, subtree: true });
  });
  return box;
}

async function load(ed, box, type, tree) {
  const answer = await post(ed.urls.conditions, { record_type: type ?? "", tree: tree ?? {} }, { asText: true });
  box.removeAttribute("aria-busy");
  if (!answer.ok) {
    const again = h("button", { type: "button", class: "btn small", onclick: () => load(ed, box, type, tree) }, icon("refresh"), ed.words.retry);
    box.replaceChildren(h("p", { class: "field-error" }, ed.words.not_loaded), again);
    return false;
  }
  box.innerHTML = answer.body;
  window.htmx.process(box);
  return true;
}
