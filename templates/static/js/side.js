// The side navigation, wide with words or narrow with signs only. [data-side-toggle] switches; the
// choice stays with the device. theme.js puts it on <html> before the first paint.
import { on } from "./dom.js";

const page = document.documentElement;

function tell() {
  for (const button of document.querySelectorAll("[data-side-toggle]"))
    button.setAttribute("aria-expanded", String(page.dataset.side !== "narrow"));
}

on("click", "[data-side-toggle]", () => {
  page.dataset.side = page.dataset.side === "narrow" ? "wide" : "narrow";
  try {
    localStorage.setItem("side", page.dataset.side);
  } catch {
    // storage may be forbidden: then it lasts until the next page
  }
  tell();
});

document.addEventListener("htmx:load", tell);
tell();
