// The tree that the groups and rows of a filter builder stand for.

function valueOf(row) {
  const shape = row.querySelector("[data-shape]")?.dataset.shape;
  const inputs = [...row.querySelectorAll("[name=value]")];
  const one = (inputs.find((input) => input.checked) ?? inputs.find((input) => input.type !== "radio"))?.value ?? "";
  if (shape === "two") return [one, row.querySelector("[name=value_to]")?.value ?? ""];
  if (shape !== "many") return one;
  if (row.querySelector("[name=typed]")) return one.split(",").map((part) => part.trim()).filter(Boolean);
  return inputs.filter((input) => input.checked).map((input) => input.value);
}

function condition(row) {
  if (row.dataset.askKept) return JSON.parse(row.dataset.askKept);
  const formula = row.querySelector("[data-ask-formula]");
  if (formula) return formula.value.trim() ? { formula: formula.value.trim() } : null;
  const field = row.querySelector("[name=field]")?.value;
  const op = row.querySelector("[name=op]")?.value;
  if (!field || !op) return null;
  const found = { field, op };
  if (row.querySelector("[data-shape]")?.dataset.shape !== "none") found.value = valueOf(row);
  return found;
}

/** Of a group with what stands in it; null where nothing is asked. */
export function treeOf(group) {
  const parts = [...group.querySelector(":scope > [data-ask-parts]").children]
    .map((part) => (part.matches("[data-ask-group]") ? treeOf(part) : condition(part)))
    .filter(Boolean);
  if (!parts.length) return null;
  const mode = group.querySelector("[data-ask-mode]").value;
  return mode === "none" ? { not: { any: parts } } : { [mode]: parts };
}
