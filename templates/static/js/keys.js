// Keys of the page: any link, button or field with data-key="c" or data-key="g c"
// is pressed by that key. "?" lists them all, under data-key-label or the element's text.
import { isTyping } from "./dom.js";

let started = "";
let timer;

function targets() {
  return [...document.querySelectorAll("[data-key]")].filter((element) => !element.disabled);
}

function press(keys) {
  const found = targets().find((element) => element.dataset.key === keys);
  if (!found) return false;
  if (isTyping(found)) found.focus();
  else found.click();
  return true;
}

function label(element) {
  return (
    element.dataset.keyLabel ?? element.getAttribute("aria-label") ?? element.textContent.trim().replace(/\s+/g, " ")
  );
}

function line(text, keys) {
  const row = document.createElement("div");
  const name = document.createElement("span");
  const list = document.createElement("span");
  name.textContent = text;
  for (const key of keys.split(" ")) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    list.append(cap);
  }
  row.append(name, list);
  return row;
}

export function showKeys() {
  const dialog = document.getElementById("keys");
  const list = dialog?.querySelector("[data-page-keys]");
  if (!list || dialog.open) return;
  const seen = new Map();
  for (const element of targets()) if (!seen.has(element.dataset.key)) seen.set(element.dataset.key, label(element));
  list.replaceChildren(...[...seen].map(([keys, text]) => line(text, keys)));
  list.hidden = seen.size === 0;
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.defaultPrevented) return;
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
    if (press("mod+k") || press("/")) event.preventDefault();
    return;
  }
  if (event.metaKey || event.ctrlKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") return showKeys();
  if (event.key.length !== 1 || event.key === " ") return;
  const keys = started ? `${started} ${event.key}` : event.key;
  clearTimeout(timer);
  started = "";
  if (press(keys)) return event.preventDefault();
  if (targets().some((element) => element.dataset.key.startsWith(`${event.key} `))) {
    started = event.key;
    timer = setTimeout(() => (started = ""), 1200);
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-show-keys]")) showKeys();
});
