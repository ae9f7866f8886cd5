// The record page: what the reader likes is remembered, fields are found, names unfold into a short card.
import { csrf, isPhone, on } from "./dom.js";

function like(values) {
  const url = document.querySelector("[data-liking]")?.dataset.liking;
  if (!url) return;
  fetch(url, {
    method: "POST",
    body: new URLSearchParams(values),
    headers: { "X-CSRFToken": csrf() },
    keepalive: true,
  }).catch(() => {}); // what one likes is never worth an error
}

on("click", "[data-like]", (link) => {
  like(link.dataset.like);
  for (const other of link.parentElement.children) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "page");
});
document.addEventListener(
  "toggle",
  (event) => {
    const card = event.target;
    if (card.matches?.("details[data-card]")) like({ card: card.dataset.card, closed: card.open ? "0" : "1" });
  },
  true,
);
on("keydown", "details[data-card]", (card, event) => {
  if (event.key !== "Escape" || !card.open || event.defaultPrevented) return;
  card.open = false;
  card.querySelector("summary").focus();
});

// On phones the path scrolls: it starts where the record is.
function showStep() {
  const step = document.querySelector(".path [aria-current]");
  const path = step?.closest(".path");
  if (path) path.scrollLeft = step.offsetLeft - path.offsetLeft - (path.clientWidth - step.offsetWidth) / 2;
}
document.addEventListener("htmx:load", showStep);
showStep();

on("click", "[data-hide-empty]", (button) => {
  const box = button.closest("[data-about]");
  const hides = box.classList.toggle("hides-empty");
  button.setAttribute("aria-pressed", String(hides));
  like({ hide_empty: hides ? "1" : "0" });
});
on("input", "[data-find-field]", (input) => {
  const box = input.closest("[data-about]");
  const text = input.value.trim().toLowerCase();
  let count = 0;
  for (const line of box.querySelectorAll(".about-line")) {
    line.hidden = !line.dataset.label.includes(text);
    count += !line.hidden;
  }
  box.classList.toggle("is-finding", !!text);
  for (const part of box.querySelectorAll(".about-part")) {
    part.hidden = !part.querySelector(".about-line:not([hidden])");
  }
  box.querySelector("[data-no-field]").hidden = count > 0;
});

on("click", "[data-show]", (button) => {
  button.closest(".record").dataset.view = button.dataset.show;
  for (const other of button.parentElement.children)
    other.setAttribute("aria-pressed", String(other === button));
});

// The short card: after a moment's rest on a name, or when it has the focus.
let brief = null;
let timer = 0;

function hide() {
  clearTimeout(timer);
  brief?.remove();
  brief = null;
}

async function show(link) {
  hide();
  const answer = await fetch(link.dataset.brief, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer?.ok || !link.isConnected || !(link.matches(":hover") || link.matches(":focus-visible"))) return;
  hide();
  brief = document.createElement("div");
  brief.className = "brief";
  brief.popover = "manual";
  brief.innerHTML = await answer.text();
  document.body.append(brief);
  brief.showPopover();
  const spot = link.getBoundingClientRect();
  const left = spot.left - brief.offsetWidth - 8;
  brief.style.left = `${left > 8 ? left : Math.min(spot.right + 8, innerWidth - brief.offsetWidth - 8)}px`;
  brief.style.top = `${Math.max(8, Math.min(spot.top, innerHeight - brief.offsetHeight - 8))}px`;
}

function soon(link) {
  clearTimeout(timer);
  timer = setTimeout(() => show(link), 400);
}

on("pointerover", "[data-brief]", (link, event) => {
  if (event.pointerType === "mouse" && !isPhone() && !link.contains(event.relatedTarget)) soon(link);
});
on("pointerout", "[data-brief]", (link, event) => !link.contains(event.relatedTarget) && hide());
on("focusin", "[data-brief]", (link) => link.matches(":focus-visible") && soon(link));
on("focusout", "[data-brief]", hide);
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
document.addEventListener("pointerdown", hide, true);
document.addEventListener("htmx:beforeSwap", hide);
