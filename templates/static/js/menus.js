// Menus: a button with [data-menu] followed by an element with `popover`.
// On a phone the same element is a sheet (overlay.css).
import { isPhone, on } from "./dom.js";

const menuOf = (button) => {
  const name = button.getAttribute("data-menu");
  return name ? document.getElementById(name) : button.parentElement.querySelector("[popover]");
};
let opener = null;
let wasOpen = false;

function place(button, menu) {
  menu.style.removeProperty("left");
  menu.style.removeProperty("top");
  if (isPhone()) return;
  const spot = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const fromEnd = menu.dataset.align === "end" || spot.left + width > innerWidth - 8;
  const left = fromEnd ? spot.right - width : spot.left;
  const isBelow = spot.bottom + height + 12 < innerHeight || spot.top < height + 12;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
  menu.style.top = `${Math.max(8, isBelow ? Math.min(spot.bottom + 5, innerHeight - height - 8) : spot.top - height - 5)}px`;
}

function open(button, menu) {
  opener = button;
  menu.showPopover();
  place(button, menu);
  button.setAttribute("aria-expanded", "true");
  items(menu)[0]?.focus({ preventScroll: true, focusVisible: false });
}

const items = (menu) =>
  [...menu.querySelectorAll(".menu-item:not(:disabled), input, select")].filter((item) => item.offsetParent);

// A press on the button closes an open menu before the click arrives: do not open it again.
on("pointerdown", "[data-menu]", (button) => (wasOpen = !!menuOf(button)?.matches(":popover-open")), true);
on("click", "[data-menu]", (button) => {
  const menu = menuOf(button);
  if (menu?.matches(":popover-open")) menu.hidePopover();
  else if (menu && !wasOpen) open(button, menu);
  wasOpen = false;
});

document.addEventListener(
  "beforetoggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.(".menu[popover]") || event.newState !== "closed") return;
    for (const button of document.querySelectorAll("[data-menu][aria-expanded=true]"))
      button.setAttribute("aria-expanded", "false");
    if (menu.contains(document.activeElement)) opener?.focus({ preventScroll: true });
  },
  true,
);

// Lines that come later make a menu taller: it keeps to its button.
document.addEventListener("htmx:afterSettle", () => {
  const menu = document.querySelector(".menu[popover]:popover-open");
  if (menu && opener) place(opener, menu);
});

on("click", ".menu[popover] .menu-item", (item) => {
  if (item.dataset.keep === undefined) item.closest("[popover]").hidePopover();
});

on("keydown", ".menu[popover]", (menu, event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const list = items(menu);
  list[(list.indexOf(document.activeElement) + step + list.length) % list.length]?.focus();
});

on("keydown", "[data-menu]", (button, event) => {
  if (event.key !== "ArrowDown" || button.getAttribute("aria-expanded") === "true") return;
  event.preventDefault();
  const menu = menuOf(button);
  if (menu) open(button, menu);
});

for (const type of ["resize", "scroll"]) {
  window.addEventListener(
    type,
    (event) => {
      if (event.target instanceof Element && event.target.closest("[popover]")) return;
      for (const menu of document.querySelectorAll(".menu:popover-open")) if (!isPhone()) menu.hidePopover();
    },
    { capture: true, passive: true },
  );
}
