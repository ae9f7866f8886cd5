// The editor of a role: rows that follow the first one show what it says; fields are found by their names.
import { each, on } from "./dom.js";

function mirror(matrix) {
  const rows = [...matrix.querySelectorAll("[data-role-row]")];
  const first = rows.shift();
  for (const row of rows) {
    const follows = !row.querySelector("[data-role-named]").checked;
    row.classList.toggle("follows", follows);
    for (const select of row.querySelectorAll("select")) {
      select.disabled = follows;
      if (follows) copy(first.querySelector(`[data-verb=${select.dataset.verb}]`).value, select);
    }
  }
  for (const select of matrix.querySelectorAll("select")) colour(select);
}

// A cell that knows only yes and no says yes to whatever is not none.
function copy(value, select) {
  const known = [...select.options].some((option) => option.value === value);
  select.value = known ? value : "all";
}

function colour(select) {
  select.className = select.className.replace(/\bfar-\w+/, `far-${select.value}`);
}

function find(input) {
  const words = input.value.trim().toLowerCase();
  const scope = input.closest("[data-role-fields]");
  let any = false;
  for (const group of scope.querySelectorAll("[data-role-group]")) {
    const lines = [...group.querySelectorAll("[data-role-line]")];
    for (const line of lines) line.hidden = !line.querySelector("label").textContent.toLowerCase().includes(words);
    const has = lines.some((line) => !line.hidden);
    any ||= has;
    group.hidden = !has;
    group.open = Boolean(words) && has;
  }
  scope.querySelector("[data-role-none]").hidden = any;
}

each("[data-role-matrix]", mirror);
on("change", "[data-role-matrix] :is(select, input)", (input) => mirror(input.closest("[data-role-matrix]")));
on("input", "[data-role-find]", find);
on("keydown", "[data-role-find]", (_input, event) => event.key === "Enter" && event.preventDefault());
