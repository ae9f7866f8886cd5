// Keys in lists: j and k move, Enter or o opens, x chooses, e edits. A list is [data-rows],
// a row a <tr> or [data-row] with [data-open] (a link), [data-pick] and [data-edit] inside.
import { isTyping } from "./dom.js";

const rows = () =>
  [...document.querySelectorAll("[data-rows] tbody tr:not(.group), [data-rows] [data-row]")].filter(
    (row) => row.offsetParent,
  );
const current = () => document.querySelector("[data-rows] .is-at");

function move(step) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(current());
  const next = list[at < 0 ? 0 : Math.max(0, Math.min(list.length - 1, at + step))];
  current()?.classList.remove("is-at");
  next.classList.add("is-at");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("[data-open]")?.focus({ preventScroll: true });
}

const press = (selector) => current()?.querySelector(selector)?.click();
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  x: () => press("[data-pick]"),
  o: () => press("[data-open]"),
  e: () => press("[data-edit]"),
};

document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open], .menu:popover-open") || !rows().length) return;
  const act = KEYS[event.key];
  if (!act || (event.key === "e" && !current()?.querySelector("[data-edit]"))) return;
  act();
});

// A click anywhere in a row opens it, unless it hit something of its own.
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-rows] tbody tr");
  if (!row || event.target.closest("a, button, input, label, select, [data-menu], .pick") || getSelection().toString())
    return;
  const link = row.querySelector("[data-open]");
  if (event.metaKey || event.ctrlKey) window.open(link?.href, "_blank");
  else link?.click();
});
