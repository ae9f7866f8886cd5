// Choosing rows. <form data-selection> holds the table and the bar:
//   [data-pick] one row's checkbox, [data-pick-all] the head's, [data-chosen-bar] the bar,
//   [data-chosen-count] the number, [data-chosen-none] a button that clears,
//   [data-select-all] the "all N matching" line, whose button sets <input name="all">; what is in it
//   gives way to its [data-of-all] then.
//   [data-least] [data-most] an action for that many rows only.
import { on } from "./dom.js";

let last = null;
const scopeOf = (element) => element.closest("[data-selection]");
const picks = (scope) => [...scope.querySelectorAll("[data-pick]")];

export function refresh(scope) {
  if (!scope) return;
  const all = picks(scope);
  const chosen = all.filter((box) => box.checked);
  for (const box of all) box.closest("tr, [data-row], [data-card]")?.classList.toggle("is-chosen", box.checked);
  const head = scope.querySelector("[data-pick-all]");
  if (head) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  for (const bar of scope.querySelectorAll("[data-chosen-bar]")) bar.hidden = chosen.length === 0;
  const line = scope.querySelector("[data-select-all]");
  if (line) line.hidden = !(head?.checked && totalOf(line) > all.length);
  if (!line || line.hidden || chosen.length < all.length) setAll(scope, false);
  if (!isAllOf(scope))
    for (const count of scope.querySelectorAll("[data-chosen-count]")) count.textContent = chosen.length;
  limit(scope, chosen.length);
}

/** How many match in all: the total that came later, or what the line says. */
function totalOf(line) {
  return Number(document.getElementById("total")?.dataset.total ?? line.dataset.selectAll);
}

function setAll(scope, isAll) {
  const field = scope.querySelector("input[name=all]");
  if (field) field.value = isAll ? "1" : "";
  const line = scope.querySelector("[data-select-all]:has([data-of-all])");
  for (const part of line?.children ?? []) part.hidden = part.matches("[data-of-all]") !== isAll;
}

const isAllOf = (scope) => !!scope.querySelector("input[name=all]")?.value;

/** Actions for so many rows only: [data-least="2"] [data-most="9"]. */
function limit(scope, count) {
  const isAll = isAllOf(scope);
  for (const button of scope.querySelectorAll("[data-least]"))
    button.disabled = isAll || count < Number(button.dataset.least) || count > Number(button.dataset.most);
}

export function clear(scope) {
  for (const box of picks(scope)) box.checked = false;
  setAll(scope, false);
  refresh(scope);
}

on("click", "[data-pick]", (box, event) => {
  const scope = scopeOf(box);
  const all = picks(scope);
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  refresh(scope);
});
on("change", "[data-pick-all]", (head) => {
  const scope = scopeOf(head);
  for (const box of picks(scope)) box.checked = head.checked;
  refresh(scope);
});
// What was chosen is being worked on now.
document.addEventListener("job:started", () => document.querySelectorAll("[data-selection]").forEach(clear));
on("click", "[data-chosen-none]", (button) => clear(scopeOf(button)));
on("click", "[data-select-all] button", (button) => {
  const scope = scopeOf(button);
  setAll(scope, true);
  const known = document.getElementById("total")?.dataset.total;
  const total = known ? Number(known).toLocaleString(document.documentElement.lang) : button.textContent.trim();
  for (const count of scope.querySelectorAll("[data-chosen-count]")) count.textContent = total;
  limit(scope, Infinity);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || document.querySelector("dialog[open], .menu:popover-open")) return;
  for (const scope of document.querySelectorAll("[data-selection]"))
    if (picks(scope).some((box) => box.checked)) clear(scope);
});
document.addEventListener("htmx:afterSettle", () => document.querySelectorAll("[data-selection]").forEach(refresh));
