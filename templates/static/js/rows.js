// Keys in lists: j and k move, Enter or o opens, x chooses, e edits, Space previews. A list is
// [data-rows], a row a <tr> or [data-row] with [data-open] (a link), [data-pick] and [data-edit].
import { isTyping } from "./dom.js";
import { preview } from "./preview.js";

const rows = () =>
  [...document.querySelectorAll("[data-rows] tbody tr:not(.group, .group-more), [data-rows] [data-row]")].filter(
    (row) => row.offsetParent,
  );
export const current = () => document.querySelector("[data-rows] .is-at");

/** Makes a row the one that keys speak of. */
export function goTo(row) {
  if (!row || row === current()) return;
  current()?.classList.remove("is-at");
  row.classList.add("is-at");
}

function move(step) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(current());
  const next = list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + step))];
  goTo(next);
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("[data-open]")?.focus({ preventScroll: true });
  if (preview.isOpen()) preview.show(next);
}

const press = (selector) => current()?.querySelector(selector)?.click();

function edit() {
  const row = current();
  const cell = row?.querySelector("td[data-edit]");
  if (cell) cell.dispatchEvent(new CustomEvent("cell:edit", { bubbles: true }));
  else row?.querySelector("[data-edit]")?.click();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => press("[data-pick]"),
  o: () => press("[data-open]"),
  e: edit,
  " ": () => current() && preview.toggle(current()),
};

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return;
  if (document.querySelector("dialog[open], .menu:popover-open") || !rows().length) return;
  const act = KEYS[event.key];
  if (!act || (event.key === "e" && !current()?.querySelector("[data-edit]"))) return;
  if (event.key === " ") {
    if (!current()?.dataset.id || event.target.closest("button, input")) return;
    event.preventDefault();
  }
  act();
});

// A click anywhere in a row opens it, unless it hit something of its own. Cells of a grid are
// chosen by a click on wide screens (grid.js).
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-rows] tbody tr");
  if (!row || event.target.closest("a, button, input, label, select, form, [data-menu], .pick")) return;
  if (getSelection().toString() || row.matches(".group, .group-more")) return;
  if (row.closest("[data-grid]") && matchMedia("(min-width: 901px)").matches) return;
  const link = row.querySelector("[data-open]");
  if (event.metaKey || event.ctrlKey) window.open(link?.href, "_blank");
  else link?.click();
});
