// <button data-theme-choice="light|dark|auto"> sets the theme; "turn" goes to the other one.
import { each, on } from "./dom.js";

const page = document.documentElement;

function mark() {
  const wish = page.dataset.theme || "auto";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    const name = button.getAttribute("role") === "menuitemradio" ? "aria-checked" : "aria-pressed";
    if (button.dataset.themeChoice !== "turn") button.setAttribute(name, String(button.dataset.themeChoice === wish));
  }
}

on("click", "[data-theme-choice]", (button) => {
  const wish = button.dataset.themeChoice;
  window.theme.choose(wish === "turn" ? (page.dataset.bsTheme === "dark" ? "light" : "dark") : wish);
});
document.addEventListener("theme:change", mark);
each("[data-theme-choice]", mark);
