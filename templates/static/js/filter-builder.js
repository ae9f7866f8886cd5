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
// Inputs come anew when an operator or a field is chosen. What was typed or ticked while they were on their way, and
// the caret, go over to those that came.
const ANEW = ".ask-inputs, .ask-row";
const stood = new WeakMap(); // what stood in the inputs when they were asked for, by request
const carried = new WeakMap();

const isTick = (input) => input.type === "checkbox" || input.type === "radio";
const stateOf = (input) => (isTick(input) ? input.checked : input.value);
const nameOf = (input) => `${input.tagName} ${input.name}${isTick(input) ? ` ${input.value}` : ""}`;
// A date is no text; digits may stand in either.
const kindOf = (input) => (["text", "search", "number"].includes(input.type) ? "words" : input.type);
const inputsOf = (box) => [...box.querySelectorAll("input:not([type=hidden]), select, button")];
const counterpart = (box, one) => inputsOf(box).find((input) => nameOf(input) === one.name && kindOf(input) === one.kind);

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.target?.matches?.(ANEW)) return;
  stood.set(detail.xhr, new Map(inputsOf(detail.target).map((input) => [input, stateOf(input)])));
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const before = stood.get(detail.xhr);
  if (!before) return;
  const here = document.activeElement;
  const kept = inputsOf(detail.target)
    .filter((input) => input === here || (before.has(input) ? before.get(input) !== stateOf(input) : isTick(input) && input.checked))
    .map((input) => ({
      name: nameOf(input), kind: kindOf(input), state: stateOf(input), isNew: before.get(input) !== stateOf(input),
      isHere: input === here, caret: caretOf(input),
    }));
  carried.set(detail.xhr, kept);
});
document.addEventListener("htmx:afterSwap", ({ target, detail }) => {
  const kept = carried.get(detail.xhr);
  if (!kept || !target.matches?.(ANEW)) return;
  carried.delete(detail.xhr);
  for (const one of kept) {
    const input = counterpart(target, one);
    if (!input) continue;
    if (one.isNew) write(target, input, one.state);
    if (one.isHere) stepInto(input, one.caret);
  }
});

function write(box, input, state) {
  if (isTick(input)) input.checked = state;
  else input.value = state;
  const tell = (name) => input.dispatchEvent(new Event(name, { bubbles: true }));
  tell("input");
  // Another operator was chosen meanwhile: its inputs are asked for once htmx knows the select.
  if (input.tagName === "SELECT") box.addEventListener("htmx:load", () => tell("change"), { once: true });
}

/** Where the caret stands; an input for numbers does not say. */
function caretOf(input) {
  return typeof input.selectionStart === "number" ? [input.selectionStart, input.selectionEnd] : null;
}

function stepInto(input, caret) {
  input.focus({ preventScroll: true });
  if (!input.matches("input") || isTick(input)) return;
  if (caretOf(input)) return input.setSelectionRange(...(caret ?? [input.value.length, input.value.length]));
  const { value } = input; // written anew, the caret comes to its end
  input.value = "";
  input.value = value;
}

// A new group begins empty: give the outermost one a condition to start with. Once, when its button works.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "dialog") return;
  const form = document.querySelector("#dialog [data-ask-builder]:not([data-begun])");
  if (!form) return;
  form.dataset.begun = "";
  if (!form.querySelector("[data-ask-parts]").children.length) form.querySelector("[data-ask-add]").click();
});
