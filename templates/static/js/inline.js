// Fields changed where they stand: [data-edit="/contacts/…/field/city/"] takes the value, its input, and what
// came of it. A press on the value or its pencil opens; Enter saves, Escape cancels, Tab saves and goes on.
// Cells of a list have no URL of their own: grid.js sees to them.
import htmx from "./htmx.js";
import { announce, on, word } from "./dom.js";

let goesOn = null;

function open(box) {
  if (!box || box.querySelector(".cell-form") || box.dataset.busy) return;
  box.dataset.busy = "yes";
  load(box, box.dataset.edit).then(() => delete box.dataset.busy);
}

const BOX = "[data-edit^='/']";
const load = (box, url) => htmx.ajax("GET", url, { source: box, target: box, swap: "innerHTML" });

function cancel(form) {
  const box = form.closest(BOX);
  form.removeAttribute("data-dirty");
  load(box, `${box.dataset.edit}?shown=1`).then(() => settle(box, true));
}

/** Tells the page that nothing is being edited any more, so that what depends on the record is drawn again. */
function settle(box, isCancelled) {
  box.querySelector("[data-edit-open]")?.focus({ preventScroll: true });
  if (!isCancelled && !document.querySelector(".cell-form")) htmx.trigger(document.body, "record:settled");
}

function next(box, step) {
  const all = [...document.querySelectorAll(BOX)].filter((one) => one.offsetParent);
  return all[all.indexOf(box) + step];
}

on("click", "[data-edit-open]", (button) => open(button.closest(BOX)));
on("click", "dd[data-edit] > .cell-shown", (shown, event) => {
  if (!event.target.closest("a, button") && !getSelection().toString()) open(shown.parentElement);
});
on("click", "[data-edit-cancel]", (button) => button.closest(BOX) && cancel(button.closest("form")));

on("keydown", ".cell-form", (form, event) => {
  if (event.defaultPrevented) return;
  const box = form.closest(BOX);
  if (!box) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    cancel(form);
  } else if (event.key === "Enter" && isOneLine(event.target)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Tab" && isLast(form, event)) {
    event.preventDefault();
    goesOn = next(box, event.shiftKey ? -1 : 1);
    form.requestSubmit();
  }
});

const isOneLine = (field) => field.matches("input:not([type=checkbox]):not([type=radio]), select");

/** Whether Tab would leave the inputs for the buttons of the small form. */
function isLast(form, event) {
  const fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea, [contenteditable]")];
  const shown = fields.filter((field) => field.offsetParent);
  return event.target === (event.shiftKey ? shown[0] : shown[shown.length - 1]);
}

document.addEventListener("htmx:afterSwap", (event) => {
  const box = event.detail.target;
  if (!box?.matches?.(BOX)) return;
  const form = box.querySelector(".cell-form");
  if (form) {
    const field = form.querySelector("input:not([type=hidden]), select, textarea, [contenteditable]");
    field?.focus();
    if (field?.matches("input[type=text], input[type=email], input[type=tel], input[type=url]")) field.select();
    if (event.detail.xhr.status >= 400) goesOn = null;
    return;
  }
  // A confidential value was asked for, not changed: drawing the record again would hide it.
  const revealed = box.querySelector(".secret-shown");
  if (revealed) return revealed.nextElementSibling?.focus();
  if (event.detail.requestConfig?.verb !== "post") return;
  announce(word("saved"));
  const following = goesOn;
  goesOn = null;
  if (following) open(following);
  else settle(box, false);
});
