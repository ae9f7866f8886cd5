// Cells of a list: <table data-grid> in [data-base]. A click or the arrows choose a cell, Enter or a
// double click edits it in place with the field's own input, Esc puts it back, Tab goes on to the next.
// Right click, long press or Shift+F10 open a menu: filter by the value, exclude it, copy, edit.
import { announce, isPhone, isTyping, on, word } from "./dom.js";
import { current, goTo } from "./rows.js";
import { preview } from "./preview.js";

let at = null; // the chosen cell
let asked = null; // the cell the menu was opened for

const rowOf = (cell) => cell?.closest("tr");
const isCell = (cell) => !!cell && !cell.matches(".pick, .fill") && !!rowOf(cell)?.dataset.id;
const headOf = (cell) => cell.closest("table").tHead.rows[0].cells[cell.cellIndex];
const nameOf = (cell) => headOf(cell)?.dataset.field;
const addressOf = (cell, what) =>
  `${cell.closest("[data-base]").dataset.base}${rowOf(cell).dataset.id}/${what}/${nameOf(cell)}/`;

function choose(cell, { focus = true } = {}) {
  at?.classList.remove("is-cell");
  if (at && at !== cell) at.removeAttribute("tabindex");
  at = isCell(cell) ? cell : null;
  if (!at) return;
  at.classList.add("is-cell");
  at.tabIndex = 0;
  goTo(rowOf(at));
  if (focus) at.focus({ preventScroll: true });
  at.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function beside(cell, down, right) {
  const rows = [...cell.closest("table").querySelectorAll("tbody tr[data-id]")].filter((row) => row.offsetParent);
  const row = rows[rows.indexOf(rowOf(cell)) + down];
  const next = row?.cells[cell.cellIndex + right];
  return isCell(next) ? next : null;
}

// Editing

const kept = new WeakMap();

async function edit(cell) {
  if (!cell || cell.dataset.edit === undefined || cell.querySelector("form")) return;
  choose(cell, { focus: false });
  const answer = await fetch(`${addressOf(cell, "field")}?in=list`, { headers: { "HX-Request": "true" } }).catch(
    () => null,
  );
  if (!answer?.ok) return announce(word(answer ? "forbidden" : "offline"));
  kept.set(cell, cell.innerHTML);
  cell.innerHTML = await answer.text();
  cell.classList.add("is-editing");
  window.htmx.process(cell);
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: cell } }));
  const input = cell.querySelector("input:not([type=hidden]), select, textarea");
  input?.focus();
  if (input?.matches("input[type=text], input:not([type])")) input.select();
}

function stop(cell) {
  if (!cell?.querySelector("form")) return;
  cell.innerHTML = kept.get(cell) ?? "";
  window.htmx.process(cell);
  settle(cell);
}

function settle(cell) {
  kept.delete(cell);
  cell.classList.remove("is-editing");
  if (cell === at) choose(cell);
}

function save(cell, then) {
  const form = cell.querySelector("form");
  if (!form) return;
  cell.dataset.then = then ?? "";
  form.requestSubmit();
}

function nextEditable(cell, step) {
  const cells = [...cell.closest("table").querySelectorAll("td[data-edit]")].filter((one) => one.offsetParent);
  return cells[cells.indexOf(cell) + step];
}

document.addEventListener("htmx:afterSwap", (event) => {
  const cell = event.detail.target;
  if (!cell?.matches?.("td[data-edit]")) return;
  if (cell.querySelector("form")) {
    cell.querySelector("[aria-invalid=true], [data-errors], input:not([type=hidden]), select, textarea")?.focus();
    return;
  }
  const then = cell.dataset.then;
  delete cell.dataset.then;
  settle(cell);
  cell.classList.add("is-saved");
  setTimeout(() => cell.classList.remove("is-saved"), 900);
  if (then) edit(nextEditable(cell, then === "next" ? 1 : -1));
});
document.addEventListener("cell:edit", (event) => edit(event.target));
on("click", "td[data-edit] [data-edit-cancel]", (button) => stop(button.closest("td")));

// Choices are saved as soon as they are made.
on("change", "td.is-editing select, td.is-editing input[type=checkbox]", (input) => save(input.closest("td")));

document.addEventListener(
  "keydown",
  (event) => {
    const cell = event.target.closest?.("td.is-editing");
    if (!cell) return;
    if (event.key === "Escape") stop(cell);
    else if (event.key === "Tab") save(cell, event.shiftKey ? "back" : "next");
    else if (event.key === "Enter" && !event.target.matches("textarea, button, [role=combobox][aria-expanded=true]"))
      save(cell);
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

// Walking and keys of a chosen cell

const STEPS = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };

document.addEventListener("keydown", (event) => {
  const cell = event.target;
  if (!(cell instanceof HTMLTableCellElement) || cell !== at) return;
  const isPlain = !event.metaKey && !event.ctrlKey && !event.altKey;
  if (STEPS[event.key] && isPlain) {
    choose(beside(cell, ...STEPS[event.key]) ?? cell);
    if (preview.isOpen() && STEPS[event.key][0]) preview.show(rowOf(at));
  } else if ((event.key === "Enter" || event.key === "F2") && isPlain) {
    if (cell.dataset.edit !== undefined) edit(cell);
    else rowOf(cell).querySelector("[data-open]")?.click();
  } else if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) openMenu(cell);
  else if (event.key === "c" && (event.metaKey || event.ctrlKey) && !getSelection().toString()) copy(cell);
  else if (event.key === "Escape") choose(null);
  else return;
  event.preventDefault();
  event.stopPropagation();
});

// From a row chosen by j and k the arrows lead into its cells.
document.addEventListener("keydown", (event) => {
  if (!["ArrowRight", "ArrowLeft"].includes(event.key) || isTyping(event.target) || event.target === at) return;
  const row = current();
  if (!row?.closest("[data-grid]") || event.metaKey || event.ctrlKey || event.altKey) return;
  choose([...row.cells].find(isCell));
  event.preventDefault();
});

on("click", "[data-grid] tbody td", (cell, event) => {
  if (isPhone() || !isCell(cell) || event.target.closest("a, button, input, select, form")) return;
  choose(cell);
});
on("dblclick", "[data-grid] tbody td[data-edit]", (cell, event) => {
  if (event.target.closest("form, button")) return;
  event.preventDefault();
  edit(cell);
});

// The two buttons at the edge of the cell under the pointer

on("pointerover", "[data-grid] tbody td", (cell, event) => {
  if (event.pointerType === "touch" || !isCell(cell) || cell.querySelector(".cell-hover, form")) return;
  document.querySelector(".cell-hover")?.remove();
  const tools = document.getElementById("cell-tools")?.content.firstElementChild.cloneNode(true);
  if (!tools) return;
  if (cell.dataset.edit === undefined) tools.querySelector("[data-cell=edit]").remove();
  if (!cell.textContent.trim()) tools.querySelector("[data-cell=filter]").remove();
  cell.append(tools);
});
on("pointerout", "[data-grid] tbody td", (cell, event) => {
  if (!cell.contains(event.relatedTarget)) cell.querySelector(":scope > .cell-hover")?.remove();
});

// The menu

function openMenu(cell, x, y) {
  const menu = document.querySelector("[data-cell-menu]");
  if (!menu || !isCell(cell)) return;
  asked = cell;
  choose(cell, { focus: !isPhone() });
  menu.querySelector("[data-cell=edit]").hidden = cell.dataset.edit === undefined;
  menu.showPopover();
  if (!isPhone()) {
    const spot = cell.getBoundingClientRect();
    menu.style.left = `${Math.min(x ?? spot.left + 12, innerWidth - menu.offsetWidth - 8)}px`;
    menu.style.top = `${Math.min(y ?? spot.bottom, innerHeight - menu.offsetHeight - 8)}px`;
  }
  menu.querySelector(".menu-item")?.focus({ preventScroll: true });
}

on("contextmenu", "[data-grid] tbody td", (cell, event) => {
  if (!isCell(cell) || event.target.closest("form") || event.shiftKey) return;
  event.preventDefault();
  openMenu(cell, event.clientX, event.clientY);
});

function copy(cell) {
  const text = cell.innerText.trim();
  navigator.clipboard?.writeText(text).then(() => announce(word("copied")));
}

function filter(cell, isOut) {
  const query = cell.closest("[data-filter]").dataset.filter.replace(/^[^?]*\?/, "");
  window.htmx.ajax("POST", `${addressOf(cell, "filter")}?${query}`, {
    source: cell.closest("[data-rows]"),
    swap: "none",
    values: isOut ? { not: "1" } : {},
  });
}

const ACTS = {
  filter: (cell) => filter(cell, false),
  exclude: (cell) => filter(cell, true),
  copy,
  edit,
  preview: (cell) => preview.show(rowOf(cell)),
  open: (cell) => rowOf(cell).querySelector("[data-open]")?.click(),
};
on("click", "[data-cell]", (button, event) => {
  const cell = button.closest("td") ?? asked;
  event.stopPropagation();
  if (cell?.isConnected) ACTS[button.dataset.cell]?.(cell);
});
