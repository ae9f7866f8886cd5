// Columns of a list: drag a head's edge to make it wider, drag the head to move it, its menu moves and
// hides. Where they are kept is the server's business: [data-shape] and [data-widths] take them.
import { announce, isPhone, on, request } from "./dom.js";

const listing = (element) => element.closest("[data-shape]");
const heads = (table) => [...table.tHead.rows[0].querySelectorAll("th[data-field]")];
const names = (table) => heads(table).map((head) => head.dataset.field);

function keep(table, columns) {
  window.htmx.ajax("POST", listing(table).dataset.shape, {
    source: listing(table),
    swap: "none",
    values: { columns: columns.join(",") },
  });
}

on("click", "th [data-column]", (button) => {
  const head = button.closest("th");
  const table = head.closest("table");
  const columns = names(table);
  const place = columns.indexOf(head.dataset.field);
  const [name] = columns.splice(place, 1);
  const step = { left: -1, right: 1 }[button.dataset.column];
  if (step) columns.splice(Math.max(1, place + step), 0, name);
  keep(table, columns);
});
on("click", "[data-filter-field]", (button) => {
  const chip = document.querySelector(".chip.add");
  chip?.click();
  const menu = chip?.parentElement.querySelector(".menu");
  const where = `${listing(button).dataset.filter}&field=${encodeURIComponent(button.dataset.filterField)}`;
  request("GET", where, { target: menu, swap: "innerHTML" });
});

// Width

let drag = null;

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest?.("[data-grip]");
  if (grip && event.button === 0) startWidth(grip, event);
  else startMove(event);
});

function startWidth(grip, event) {
  const head = grip.closest("th");
  const col = head.closest("table").querySelector(`col[data-col="${CSS.escape(head.dataset.field)}"]`);
  drag = { kind: "width", head, col, from: event.clientX, width: head.offsetWidth };
  grip.setPointerCapture?.(event.pointerId);
  document.body.classList.add("is-resizing");
  event.preventDefault();
}

// Order

function startMove(event) {
  const head = event.target.closest?.("[data-grid] th[data-field]");
  if (!head || event.button !== 0 || isPhone() || head.matches(":nth-child(2)")) return;
  drag = { kind: "move", head, from: event.clientX, isMoving: false };
}

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (drag.kind === "width") {
    drag.now = Math.max(60, Math.min(800, Math.round(drag.width + event.clientX - drag.from)));
    drag.col.setAttribute("width", drag.now);
    return;
  }
  if (!drag.isMoving && Math.abs(event.clientX - drag.from) < 8) return;
  drag.isMoving = true;
  document.body.classList.add("is-moving-column");
  drag.head.classList.add("is-lifted");
  const table = drag.head.closest("table");
  for (const other of heads(table)) other.classList.remove("drops-before", "drops-after");
  const target = heads(table).find((other) => {
    const spot = other.getBoundingClientRect();
    return event.clientX >= spot.left && event.clientX <= spot.right;
  });
  drag.target = target && target !== drag.head ? target : null;
  if (!drag.target) return;
  const spot = drag.target.getBoundingClientRect();
  drag.isAfter = event.clientX > spot.left + spot.width / 2 || drag.target.matches(":nth-child(2)");
  drag.target.classList.add(drag.isAfter ? "drops-after" : "drops-before");
});

document.addEventListener("pointerup", () => {
  const done = drag;
  drag = null;
  document.body.classList.remove("is-resizing", "is-moving-column");
  if (!done) return;
  const table = done.head.closest("table");
  if (done.kind === "width") {
    if (!done.now) return;
    window.htmx.ajax("POST", listing(table).dataset.widths, {
      source: table,
      swap: "none",
      values: { name: done.head.dataset.field, width: done.now },
    });
    announce(`${done.now} px`);
    return;
  }
  for (const head of heads(table)) head.classList.remove("drops-before", "drops-after", "is-lifted");
  if (!done.isMoving) return;
  // The click that ends a drag must not open the head's menu.
  window.addEventListener("click", (event) => (event.stopPropagation(), event.preventDefault()), {
    capture: true,
    once: true,
  });
  if (!done.target) return;
  const columns = names(table).filter((name) => name !== done.head.dataset.field);
  const place = columns.indexOf(done.target.dataset.field) + (done.isAfter ? 1 : 0);
  columns.splice(Math.max(1, place), 0, done.head.dataset.field);
  keep(table, columns);
});

// Groups fold.
on("click", "[data-group-toggle]", (button) => {
  const isOpen = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!isOpen));
  button.closest("tbody").classList.toggle("is-shut", isOpen);
});
