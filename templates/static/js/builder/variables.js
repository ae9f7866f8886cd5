// What a step can put into its texts: the record, what set it off, what earlier steps gave, and where each comes from.
import { icon } from "../dom.js";
import { choose } from "./chooser.js";
import { h } from "./h.js";
import { before, find } from "./model.js";
import { cardOf } from "./words.js";

const token = (path) => `{{${path}}}`;
const item = (label, path, about = "") => ({ label, about, note: path, value: token(path) });

/** Groups for the chooser, for the step with this id (or the trigger, the settings). */
export function variablesFor(ed, id, { secrets = false } = {}) {
  const t = ed.parts.roots;
  return [
    { label: t.record, items: fieldItems(ed, ed.recordType, "record") },
    { label: t.item, items: itemsOfLoop(ed, id) },
    ...stepGroups(ed, id),
    { label: t.vars, items: ownVariables(ed, id) },
    { label: t.trigger, items: [...ed.payload.map(([name, words]) => item(words, `trigger.payload.${name}`)), item(ed.words.event_name, "trigger.event")] },
    ...relationGroups(ed),
    { label: ed.words.others, items: ed.parts.others.map(([path, label]) => item(label, path)) },
    { label: t.secrets, items: secrets ? ed.parts.secrets.map((name) => item(name, `secrets.${name}`)) : [] },
  ].filter(({ items }) => items.length);
}

function fieldItems(ed, type, root, isShort = false) {
  const found = ed.parts.types[type];
  if (!found) return [];
  const fields = Object.entries(found.fields).filter(([, one]) => !one.hidden && !(isShort && one.target && one.target !== "user"));
  const shown = fields.map(([name, one]) => item(one.label, `${root}.${name}`, one.target === "user" ? ed.words.person : ""));
  return isShort ? shown : [...shown, item(ed.words.link, `${root}.url`), item(ed.words.id, `${root}.id`)];
}

function relationGroups(ed) {
  const fields = Object.entries(ed.parts.types[ed.recordType]?.fields ?? {});
  return fields.filter(([name, one]) => one.target && !name.startsWith("custom.")).map(([name, one]) => {
    const items = one.target === "user" ? [item(ed.words.name, `record.${name}.name`), item(ed.words.email, `record.${name}.email`)] : fieldItems(ed, one.target, `record.${name}`, true);
    return { label: `${ed.parts.types[ed.recordType].singular} › ${one.label}`, items };
  });
}

function stepGroups(ed, id) {
  const steps = ["trigger", "settings"].includes(id) ? [] : before(ed.definition, id);
  return steps.map((step) => {
    const outputs = step.kind === "action" ? ed.parts.actions[step.action]?.outputs ?? {} : ed.parts.step_outputs[step.kind] ?? {};
    const { label } = cardOf(ed, step);
    return { label: `${label} · ${step.id}`, items: Object.entries(outputs).map(([name, words]) => item(words, `steps.${step.id}.${name}`)) };
  }).reverse();
}

function ownVariables(ed, id) {
  if (["trigger", "settings"].includes(id)) return [];
  const names = before(ed.definition, id).flatMap((step) => [step.save_as, ["set_variable", "formula"].includes(step.action) && step.params?.name]);
  return [...new Set(names.filter(Boolean))].map((name) => item(name, `vars.${name}`));
}

function itemsOfLoop(ed, id) {
  const loop = (find(ed.definition, id)?.around ?? []).filter((step) => step.kind === "loop").at(-1);
  if (!loop) return [];
  const type = (loop.over ?? "").split(".")[0];
  return type in ed.parts.types ? fieldItems(ed, type, "item", true) : [item(ed.parts.roots.item, "item")];
}

/** The "(x+)" button. `put(text)` gets the variable as it stands in a template. */
export function variableButton(ed, id, { label, put, secrets }) {
  const button = h("button", { type: "button", class: "flow-x", "aria-label": `${ed.words.insert_variable}: ${label}`, "data-tip": ed.words.insert_variable, onclick: () => open() }, icon("variable-plus"));
  const open = () => choose({
    anchor: button, title: ed.words.insert_variable, placeholder: ed.words.find_variable, empty: ed.words.nothing_found,
    groups: variablesFor(ed, id, { secrets }), pick: put,
  });
  return button;
}

/** Where the cursor is, in place of what is chosen. */
export function putAtCursor(input, text) {
  const [from, to] = [input.selectionStart ?? input.value.length, input.selectionEnd ?? input.value.length];
  input.setRangeText(text, from, to, "end");
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true }));
}
