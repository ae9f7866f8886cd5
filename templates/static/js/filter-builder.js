// The filter builder: groups and conditions in [data-ask-builder], sent as a JSON tree in `tree`.
import { on } from "./dom.js";
import { treeOf } from "./filter-tree.js";

const DEEPEST = 2;

document.addEventListener("htmx:configRequest", (event) => {
  // Besides the form, [data-ask-send] within it sends the filter, too.
  if (!event.detail.elt.matches?.("[data-ask-builder], [data-ask-send]")) return;
  const form = event.detail.elt.closest("[data-ask-builder]");
  const found = treeOf(form.querySelector("[data-ask-group]"));
  event.detail.parameters.tree = found ? JSON.stringify(found) : "";
});

on("click", "[data-ask-remove]", (button) => button.closest("[data-ask-row], [data-ask-kept], [data-ask-group]").remove());
on("click", "[data-ask-clear]", (button) =>
  button.closest("form").querySelector("[data-ask-parts]").replaceChildren(),
);
on("click", "[data-ask-nest]", (button) => {
  const around = button.closest("[data-ask-group]");
  const depth = Number(around.dataset.askGroup) + 1;
  const inner = around.cloneNode(true);
  inner.dataset.askGroup = depth;
  inner.querySelector("[data-ask-parts]").replaceChildren();
  inner.querySelector("[data-ask-mode]").value = "any";
  for (const extra of inner.querySelectorAll(":scope > .btn-row [data-ask-nest]")) if (depth >= DEEPEST) extra.remove();
  const top = inner.querySelector(".ask-group-top");
  if (!top.querySelector("[data-ask-remove]")) {
    const remove = document.querySelector("[data-ask-builder] [data-ask-row] [data-ask-remove]")?.cloneNode(true);
    if (remove) top.append(remove);
  }
  around.querySelector(":scope > [data-ask-parts]").append(inner);
  window.htmx.process(inner);
  inner.querySelector("[data-ask-add]").click();
});
// A new group begins empty: give the outermost one a condition to start with. Once, when its button works.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "dialog") return;
  const form = document.querySelector("#dialog [data-ask-builder]:not([data-begun])");
  if (!form) return;
  form.dataset.begun = "";
  if (!form.querySelector("[data-ask-parts]").children.length) form.querySelector("[data-ask-add]").click();
});
