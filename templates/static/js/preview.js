// A record beside the list: [data-preview] is the panel, a row has data-id, the list data-base.
import { announce, each, on } from "./dom.js";

const panel = () => document.querySelector("[data-preview]");
let shown = "";

export const preview = {
  isOpen: () => panel()?.hidden === false,

  /** Opens the panel with a row's record, or fills the open one. */
  async show(row) {
    const base = row.closest("[data-base]")?.dataset.base;
    const id = row.dataset.id ?? row.dataset.card;
    const box = panel();
    if (!base || !id || !box) return;
    shown = id;
    box.hidden = false;
    document.body.classList.add("has-preview");
    const answer = await fetch(`${base}${id}/preview/`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || shown !== id) return;
    box.innerHTML = await answer.text();
    window.htmx.process(box);
    announce(box.querySelector("h2")?.textContent ?? "");
  },

  close() {
    const box = panel();
    if (!box || box.hidden) return;
    box.hidden = true;
    box.replaceChildren();
    document.body.classList.remove("has-preview");
  },

  toggle(row) {
    if (this.isOpen() && shown === (row.dataset.id ?? row.dataset.card)) this.close();
    else this.show(row);
  },
};

on("click", "[data-preview-close]", () => preview.close());
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !preview.isOpen() || document.querySelector("dialog[open], .menu:popover-open")) return;
  event.stopImmediatePropagation();
  preview.close();
}, true);
each("[data-preview]", () => document.body.classList.remove("has-preview"));
