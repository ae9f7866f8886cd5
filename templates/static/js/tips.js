// Tooltips: data-tip="Text" [data-tip-key="C"] on what is pressed. Never the only name: the
// element has its own aria-label or text. Links of the narrow side navigation show their words.
import { on } from "./dom.js";

const TIPPED = '[data-tip], [data-side="narrow"] .side-link[data-key-label]';
let tip;
let timer;

function show(element) {
  hide();
  tip = document.createElement("div");
  tip.className = "tip";
  tip.popover = "manual";
  tip.textContent = element.dataset.tip ?? element.dataset.keyLabel;
  if (element.dataset.tipKey) {
    const key = document.createElement("kbd");
    key.textContent = element.dataset.tipKey;
    tip.append(key);
  }
  document.body.append(tip);
  tip.showPopover();
  const spot = element.getBoundingClientRect();
  const left = spot.left + spot.width / 2 - tip.offsetWidth / 2;
  const isBelow = spot.bottom + tip.offsetHeight + 14 < innerHeight;
  tip.style.left = `${Math.max(6, Math.min(left, innerWidth - tip.offsetWidth - 6))}px`;
  tip.style.top = `${isBelow ? spot.bottom + 6 : spot.top - tip.offsetHeight - 6}px`;
}

function hide() {
  clearTimeout(timer);
  tip?.remove();
  tip = null;
}

on("pointerover", TIPPED, (element, event) => {
  if (event.pointerType === "touch" || element.contains(event.relatedTarget)) return;
  clearTimeout(timer);
  timer = setTimeout(() => element.isConnected && show(element), 450);
});
on("pointerout", TIPPED, (element, event) => !element.contains(event.relatedTarget) && hide());
// A moment later: focus may come back from a popover that is just closing, and then none may be shown.
on("focusin", TIPPED, (element) => {
  clearTimeout(timer);
  timer = setTimeout(() => document.activeElement === element && element.matches(":focus-visible") && show(element));
});
document.addEventListener("focusout", hide);
document.addEventListener("pointerdown", hide, true);
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
document.addEventListener("htmx:beforeSwap", hide);
