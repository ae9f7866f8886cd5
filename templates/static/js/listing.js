// What surrounds a list: it comes anew when told (listing:refresh), finds within menus, sorts small
// lists by hand, and sends what was chosen to pages that are no dialogs.
import { announce, on, request } from "./dom.js";

const scroller = () => document.querySelector("#listing [data-rows]");

// One at a time: what is told while a list comes anew may not be in it yet, and its own place is about to be
// replaced, so it comes once more afterwards.
let isComing = false;
let isToldAgain = false;

async function comeAnew() {
  const [left, top] = [scroller()?.scrollLeft ?? 0, scroller()?.scrollTop ?? 0];
  await request("GET", location.href, { target: "#listing", select: "#listing", swap: "outerHTML" });
  scroller()?.scrollTo(left, top);
}

document.addEventListener("listing:refresh", async () => {
  isToldAgain = true;
  if (isComing) return;
  isComing = true;
  try {
    while (isToldAgain && document.getElementById("listing")) {
      isToldAgain = false;
      await comeAnew();
    }
  } finally {
    isComing = false;
  }
});

// [data-find] hides the [data-find-item]s around it that do not have its words.
on("input", "[data-find]", (input) => {
  const scope = input.closest("[data-find-in], .ask-choices") ?? input.parentElement;
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const item of scope.querySelectorAll("[data-find-item]")) {
    const text = item.textContent.toLowerCase();
    item.hidden = !words.every((part) => text.includes(part));
  }
  for (const head of scope.querySelectorAll("[data-find-head]")) {
    let next = head.nextElementSibling;
    let hasAny = false;
    for (; next && !next.matches("[data-find-head]"); next = next.nextElementSibling) hasAny ||= !next.hidden;
    head.hidden = !hasAny;
  }
});
on("keydown", "[data-find]", (input, event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  const scope = input.closest("[data-find-in], .ask-choices") ?? input.parentElement;
  scope.querySelector("[data-find-item]:not([hidden])")?.click();
});

// What is typed to find values is no value itself, and must not be sent by Enter.
on("keydown", "[data-no-value]", (input, event) => event.key === "Enter" && event.preventDefault());

// Lists sorted by hand: grips are dragged, or moved by arrows.
let lifted = null;

function order(list) {
  return [...list.querySelectorAll("[data-sort-item]")].map((item) => item.dataset.sortItem);
}

function sorted(list) {
  list.dispatchEvent(new CustomEvent("list:sorted", { bubbles: true }));
  if (!list.dataset.sortList) return;
  window.htmx.ajax("POST", list.dataset.sortList, {
    source: list,
    swap: "none",
    values: { ids: order(list).join(",") },
  });
}

on("keydown", "[data-sort-grip]", (grip, event) => {
  const item = grip.closest("[data-sort-item]");
  if (event.key === "ArrowUp") item.previousElementSibling?.before(item);
  else if (event.key === "ArrowDown") item.nextElementSibling?.after(item);
  else return;
  event.preventDefault();
  grip.focus();
  const list = item.parentElement;
  announce(`${[...list.children].indexOf(item) + 1}/${list.children.length}`);
  sorted(list);
});
on("pointerdown", "[data-sort-grip]:not(:disabled)", (grip, event) => {
  lifted = grip.closest("[data-sort-item]");
  lifted.classList.add("is-lifted");
  grip.setPointerCapture(event.pointerId);
  event.preventDefault();
});
on("pointermove", "[data-sort-grip]", (grip, event) => {
  if (!lifted) return;
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-sort-item]");
  if (!over || over === lifted || over.parentElement !== lifted.parentElement) return;
  const spot = over.getBoundingClientRect();
  if (event.clientY > spot.top + spot.height / 2) over.after(lifted);
  else over.before(lifted);
});
for (const type of ["pointerup", "pointercancel"]) {
  on(type, "[data-sort-grip]", () => {
    if (!lifted) return;
    const list = lifted.parentElement;
    lifted.classList.remove("is-lifted");
    lifted = null;
    sorted(list);
  });
}

// Options: the ticked fields, in their order.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.detail.elt;
  if (!form.matches?.("[data-options]")) return;
  const shown = [...form.querySelectorAll("[data-sort-item]")].filter((item) => item.querySelector("[data-shown]").checked);
  event.detail.parameters.columns = shown.map((item) => item.dataset.sortItem).join(",");
});

// [data-chosen-go] opens a page for the chosen rows, or fills the dialog where the page is one.
on("click", "[data-chosen-go]", (button) => {
  const scope = button.closest("[data-selection]");
  const ids = [...scope.querySelectorAll("[data-pick]:checked")].map((box) => box.value);
  const query = new URLSearchParams(ids.map((id) => ["ids", id]));
  window.location.assign(`${button.dataset.chosenGo}?${query}`);
});

// Ctrl+/ goes to the list's own search, Ctrl+Space makes a record, Ctrl+arrows turn the page.
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || event.metaKey || event.altKey || !document.getElementById("listing")) return;
  if (document.querySelector("dialog[open]") || event.target.closest?.("input, textarea, select, td.is-cell")) return;
  const key = event.key === " " ? "c" : event.key.startsWith("Arrow") ? `ctrl+${event.key}` : "";
  const found = event.key === "/" ? document.getElementById("quick") : key && document.querySelector(`[data-key="${key}"]`);
  if (!found) return;
  event.preventDefault();
  if (event.key === "/") found.focus();
  else found.click();
});
