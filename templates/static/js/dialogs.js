// One <dialog id="dialog"> for everything that htmx brings (hx-target="#dialog"),
// [data-dialog="id"] for dialogs that stand in the page, and hx-confirm in our look.
import { each, on, word } from "./dom.js";

const host = () => document.getElementById("dialog");
let cameFrom = null;

function open(dialog, opener) {
  if (dialog.open) return;
  cameFrom = opener ?? document.activeElement;
  dialog.showModal();
  const first = dialog.querySelector("[autofocus], .dialog-body :is(input:not([type=hidden]), select, textarea)");
  (first ?? dialog.querySelector(".dialog-foot .btn, [data-close]"))?.focus();
}

function close(dialog) {
  if (dialog?.open) dialog.close();
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "dialog") return;
  const opener = event.detail.requestConfig?.elt;
  if (host().innerHTML.trim()) open(host(), opener?.matches("a, button") ? opener : undefined);
  else close(host());
});
document.addEventListener("dialog:close", () => close(host()));

on("click", "[data-dialog]", (button) => {
  const dialog = document.getElementById(button.dataset.dialog);
  if (dialog) open(dialog);
});
on("click", "dialog [data-close]", (button, event) => {
  event.preventDefault();
  leave(button.closest("dialog"));
});

// Closing with unsaved input asks once.
function leave(dialog) {
  const isDirty = dialog.querySelector("form[data-dirty]");
  if (isDirty && !window.confirm(word("unsaved"))) return;
  isDirty?.removeAttribute("data-dirty");
  close(dialog);
}

each("dialog.dialog", (dialog) => {
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave(dialog);
  });
  let isPressedOutside = false;
  dialog.addEventListener("mousedown", (event) => (isPressedOutside = event.target === dialog));
  dialog.addEventListener("click", (event) => isPressedOutside && event.target === dialog && leave(dialog));
  dialog.addEventListener("close", () => {
    if (dialog.id === "dialog") dialog.replaceChildren();
    if (cameFrom?.isConnected) cameFrom.focus({ preventScroll: true });
    cameFrom = null;
  });
});

// hx-confirm="Delete this deal?" [data-confirm-text] [data-confirm-label] [data-confirm-tone="danger"]
document.addEventListener("htmx:confirm", (event) => {
  const { question, elt } = event.detail;
  const dialog = document.getElementById("confirm");
  if (!question || !dialog || event.defaultPrevented) return;
  event.preventDefault();
  dialog.querySelector("[data-question]").textContent = question;
  dialog.querySelector("[data-text]").textContent = elt.dataset.confirmText ?? "";
  const isDanger = (elt.dataset.confirmTone ?? "danger") === "danger";
  dialog.querySelector(".confirm").classList.toggle("danger", isDanger);
  const yes = dialog.querySelector("[data-yes]");
  yes.querySelector("span").textContent = elt.dataset.confirmLabel ?? word("confirm");
  yes.classList.toggle("danger", isDanger);
  yes.classList.toggle("solid", isDanger);
  yes.classList.toggle("primary", !isDanger);
  yes.onclick = () => {
    dialog.close();
    event.detail.issueRequest(true);
  };
  open(dialog);
  yes.focus();
});
