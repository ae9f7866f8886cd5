// Toasts. From the server: HX-Trigger: {"toast": {"text", "tone", "undo_url", "link_url", "link_label"}}.
// tone: good, bad, warn or nothing. undo_url is POSTed to when "Undo" is pressed.
import { each, icon, on, request, word } from "./dom.js";

const SIGN = { good: "circle-check", bad: "alert-triangle", warn: "alert-circle" };
const LIFE = { bad: 12000, undo: 9000, plain: 5000 };

export function toast({ text, tone = "", undo_url, link_url, link_label, action }) {
  const host = region();
  if (!host || !text) return;
  const box = document.createElement("div");
  box.className = `toast ${tone}`;
  box.setAttribute("role", tone === "bad" ? "alert" : "status");
  if (SIGN[tone]) box.append(icon(SIGN[tone]));
  const line = document.createElement("p");
  line.textContent = text;
  box.append(line);
  const acts = document.createElement("div");
  acts.className = "toast-acts";
  if (undo_url) acts.append(button(word("undo"), () => undo(undo_url), box));
  if (action) acts.append(button(action.label, action.run, box));
  if (link_url) acts.append(link(link_url, link_label ?? word("open")));
  if (acts.children.length) box.append(acts);
  const shut = button("", () => {}, box);
  shut.className = "toast-x";
  shut.setAttribute("aria-label", word("close"));
  shut.append(icon("x"));
  box.append(shut);
  show(host, box, LIFE[tone] ?? (undo_url || action ? LIFE.undo : LIFE.plain));
}

function show(host, box, life) {
  stand(host);
  host.append(box);
  // In the top layer, above an open dialog.
  if (host.matches(":popover-open")) host.hidePopover();
  host.showPopover?.();
  while (host.children.length > 4) host.firstElementChild.remove();
  keepTime(box, life);
}

// Whatever stands outside an open dialog cannot be pressed. So toasts stand in it, and step out before it
// is filled anew or closed.
function stand(toasts, host = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body) {
  if (toasts.parentElement === host) return;
  host.append(toasts);
  if (toasts.children.length) toasts.showPopover?.();
}

const region = () => document.getElementById("toasts");
const isDialog = (event) => event.detail.target?.id === "dialog";
document.addEventListener("close", () => region() && stand(region(), document.body), true);
document.addEventListener("htmx:beforeSwap", (event) => isDialog(event) && region() && stand(region(), document.body));
document.addEventListener("htmx:afterSwap", (event) => isDialog(event) && region()?.children.length && stand(region()));

function keepTime(box, life) {
  let timer = setTimeout(() => leave(box), life);
  const wait = () => clearTimeout(timer);
  const go = () => (timer = setTimeout(() => leave(box), life / 2));
  box.addEventListener("pointerenter", wait);
  box.addEventListener("pointerleave", go);
  box.addEventListener("focusin", wait);
  box.addEventListener("focusout", go);
}

function leave(box) {
  box.classList.add("is-leaving");
  setTimeout(() => box.remove(), 200);
}

function button(label, run, box) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.addEventListener("click", () => {
    leave(box);
    run();
  });
  return element;
}

function link(url, label) {
  const element = document.createElement("a");
  element.href = url;
  element.textContent = label;
  return element;
}

function undo(url) {
  request("POST", url, { swap: "none" });
}

document.addEventListener("toast", (event) => {
  const given = event.detail?.value ?? event.detail;
  for (const one of Array.isArray(given) ? given : [given]) toast(typeof one === "string" ? { text: one } : one);
});

// Messages that came with the page, and "Z" for the last undo.
each("[data-toast]", (note) => {
  toast({ text: note.textContent.trim(), tone: note.dataset.toast, undo_url: note.dataset.undo });
  note.remove();
});
on("keydown", ".toast", (box, event) => event.key === "Escape" && leave(box));
