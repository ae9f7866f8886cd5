// The forms of steps: what each kind asks for.
import { icon } from "../dom.js";
import { conditions } from "./conditions.js";
import { choose } from "./chooser.js";
import { field } from "./controls.js";
import { freshName, h } from "./h.js";
import { find, idsIn, newBranch } from "./model.js";

/** What the controls of one step know: whose they are, and which type a setting is about. */
function contextOf(ed, id, values, more = {}) {
  return { ed, id, values, typeOf: (param) => String((param.of && values()[param.of]) || ed.recordType), ...more };
}

export function triggerForm(ed) {
  const { trigger } = ed.definition;
  const kind = ed.parts.triggers[trigger.kind];
  const put = (name) => (value) => {
    ed.changePart("trigger", (part) => setIn((part.params ??= {}), name, value), `trigger.${name}`);
    if (kind.params.some((one) => one.of === name || (name === "record_type" && one.kind !== "record_type"))) ed.reopenSoon();
  };
  const ctx = contextOf(ed, "trigger", () => ed.definition.trigger.params ?? {});
  const condition = h("div", { class: "field", dataset: { at: "filter" } },
    h("span", { class: "field-label" }, ed.words.only_those),
    conditions(ctx, ed.recordType, trigger.filter, (tree) => ed.changePart("trigger", (part) => (part.filter = tree), "trigger.filter"), ed.words.only_those),
    h("p", { class: "field-error", dataset: { fault: "filter" }, hidden: true }));
  return [
    triggerChoice(ed, kind),
    ...(kind?.params ?? []).map((param) => field(ctx, param, `params.${param.name}`, trigger.params?.[param.name], put(param.name))),
    kind && condition,
  ];
}

function triggerChoice(ed, kind) {
  const id = freshName("trigger");
  const button = h("button", { type: "button", class: "input flow-select", id, disabled: !ed.canEdit, "aria-haspopup": "dialog", onclick: () => chooseTrigger(ed, button) },
    h("span", { class: "clip" }, kind?.label ?? ed.words.choose_trigger), icon("selector"));
  return h("div", { class: "field" }, h("label", { class: "field-label", for: id }, ed.words.begins_when), button, h("p", { class: "field-error", dataset: { fault: "kind" }, hidden: true }));
}

export function chooseTrigger(ed, anchor) {
  choose({
    anchor, title: ed.words.choose_trigger, placeholder: ed.words.find_trigger, empty: ed.words.nothing_found, groups: grouped(ed.parts.triggers),
    pick: (name) => {
      ed.changePart("trigger", (part) => {
        const kept = ed.parts.triggers[name].params.map((one) => one.name).filter((one) => one in (part.params ?? {}));
        part.params = Object.fromEntries(kept.map((one) => [one, part.params[one]]));
        part.kind = name;
      });
      ed.open("trigger");
    },
  });
}

/** Kinds by their group, for the chooser. */
export function grouped(kinds, fits = () => true) {
  const groups = new Map();
  for (const [value, kind] of Object.entries(kinds)) {
    if (!fits(kind)) continue;
    if (!groups.has(kind.group)) groups.set(kind.group, []);
    groups.get(kind.group).push({ label: kind.label, about: kind.about, icon: kind.icon, hidden: value, value });
  }
  return [...groups].map(([label, items]) => ({ label, items }));
}

export const setIn = (target, name, value) => {
  if (value === undefined) delete target[name];
  else target[name] = value;
};

// Steps

export function stepForm(ed, step) {
  const set = (name, value) => ed.changeStep(step.id, (one) => setIn(one, name, value), `${step.id}.${name}`);
  const values = () => find(ed.definition, step.id)?.step ?? step;
  const ctx = contextOf(ed, step.id, values);
  const plain = (name, kind, label, more = {}) => field(ctx, { name, kind, label, ...more }, name, step[name], (value) => set(name, value));
  const own = FORMS[step.kind]?.({ ed, step, ctx, set, plain }) ?? [];
  return [...own, naming(ed, step, plain)];
}

function naming(ed, step, plain) {
  const t = ed.words;
  const of_action = step.kind === "action" ? [
    plain("save_as", "text", t.save_as, { hint: t.save_as_hint, allows_variables: false }),
    plain("on_error", "choice", t.on_error, { choices: [["stop", t.on_error_stop], ["continue", t.on_error_continue]], allows_variables: false }),
  ] : [];
  return h("details", { class: "form-fold", open: Boolean(step.name || step.note || step.save_as || step.on_error) },
    h("summary", null, icon("chevron-right"), t.more),
    h("div", { class: "form" }, plain("name", "text", t.own_name, { allows_variables: false }), plain("note", "long_text", t.note, { allows_variables: false }), of_action,
      h("p", { class: "mute small" }, t.step_id, " ", h("code", null, step.id))));
}

function action({ ed, step }) {
  const kind = ed.parts.actions[step.action];
  if (!kind) return [];
  const values = () => find(ed.definition, step.id)?.step.params ?? {};
  const ctx = contextOf(ed, step.id, values, { secrets: kind.is_outward });
  const rules = new Set(kind.params.map((one) => one.of).filter(Boolean));
  return kind.params.map((param) => field(ctx, param, `params.${param.name}`, step.params?.[param.name] ?? param.default, (value) => {
    ed.changeStep(step.id, (one) => setIn((one.params ??= {}), param.name, value), `${step.id}.${param.name}`);
    const decides = rules.has(param.name) || (param.kind === "field" && kind.params.some((one) => one.kind === "value"));
    if (decides) ed.reopenSoon();
  }));
}

const conditionField = (ctx, type, tree, put, at, label) =>
  h("div", { class: "field", dataset: { at } }, h("span", { class: "field-label" }, label), conditions(ctx, type, tree, put, label), h("p", { class: "field-error", dataset: { fault: at }, hidden: true }));

const filterForm = ({ ed, step, ctx, set }) => [conditionField(ctx, ed.recordType, step.filter, (tree) => set("filter", tree), "filter", ed.words.conditions)];

// Branches and cases

function waysForm({ ed, step, ctx, plain }) {
  const isSwitch = step.kind === "switch";
  const listed = isSwitch ? "cases" : "branches";
  const change = (act, by = "") => ed.changeStep(step.id, (one) => act(one[listed]), by && `${step.id}.${by}`);
  const redraw = (act) => {
    change(act);
    ed.open(step.id);
  };
  const ways = step[listed].map((one, i) => way({ ed, ctx, one, i, listed, count: step[listed].length, change, redraw }));
  const add = h("button", { type: "button", class: "btn small", onclick: () => redraw((list) => list.push(newBranch(step, idsIn(ed.definition.steps)))) },
    icon("plus"), h("span", null, ed.words[isSwitch ? "add_case" : "add_way"]));
  return [isSwitch && plain("value", "text", ed.words.switch_value, { is_required: true }), ways, add, h("p", { class: "field-help" }, ed.words.otherwise_hint)];
}

function way({ ed, ctx, one, i, listed, count, change, redraw }) {
  const t = ed.words;
  const at = `${listed}[${i}]`;
  const small = (sign, label, act) => h("button", { type: "button", class: "btn ghost square small", "aria-label": `${label}: ${one.name || i + 1}`, onclick: act }, icon(sign));
  const tools = [
    i > 0 && small("arrow-up", t.move_up, () => redraw((list) => list.splice(i - 1, 0, ...list.splice(i, 1)))),
    count > 1 && small("trash", t.delete, () => redraw((list) => list.splice(i, 1))),
  ];
  const name = field(ctx, { kind: "text", label: t.name, name: "name", allows_variables: false }, `${at}.name`, one.name, (value) => change((list) => setIn(list[i], "name", value), `${at}.name`));
  const rule = listed === "branches"
    ? conditionField(ctx, ed.recordType, one.filter, (tree) => change((list) => (list[i].filter = tree), `${at}.filter`), `${at}.filter`, t.when)
    : field(ctx, { kind: "tags", label: t.equals, name: "equals", allows_variables: false, hint: t.equals_hint }, `${at}.equals`, one.equals, (value) => change((list) => (list[i].equals = value ?? [""]), `${at}.equals`));
  return h("fieldset", { class: "flow-part", dataset: { part: one.id } }, h("legend", null, h("span", null, `${i + 1}. ${one.name || (listed === "branches" ? t.way : t.case)}`), h("span", { class: "push" }, tools)), name, rule);
}

// Time

function delay({ ed, step, set, plain }) {
  const t = ed.words;
  const isUntil = step.until !== undefined;
  const choice = (value, label) => h("label", null, h("input", { type: "radio", class: "sr-only", name: "delay-mode", checked: isUntil === value, onchange: () => {
    ed.changeStep(step.id, (one) => {
      setIn(one, "until", value ? "" : undefined);
      setIn(one, "for", value ? undefined : { days: 1 });
    });
    ed.open(step.id);
  } }), label);
  return [
    h("div", { class: "seg", role: "radiogroup", "aria-label": t.how_long }, choice(false, t.for_a_while), choice(true, t.until_a_date)),
    isUntil ? plain("until", "text", t.date_or_moment, { is_required: true, hint: t.date_hint }) : plain("for", "duration", t.how_long, { allows_variables: false }),
    timeField(ed, "at", t.at_time, step.at, (value) => set("at", value)),
    plain("zone", "choice", t.zone, { choices: ed.parts.zones, allows_variables: false }),
  ];
}

export function timeField(ed, at, label, value, put) {
  const id = freshName("time");
  return h("div", { class: "field" }, h("label", { class: "field-label", for: id }, label),
    h("input", { class: "input flow-time num", type: "time", id, value: value === "24:00" ? "23:59" : value ?? "", onchange: (event) => put(event.target.value || undefined) }),
    h("p", { class: "field-error", dataset: { fault: at }, hidden: true }));
}

/** Those of the record's own type come first. */
function eventChoices(ed) {
  const isOurs = ([, one]) => one.type === ed.recordType || one.type === "";
  const all = Object.entries(ed.parts.events);
  return [...all.filter(isOurs), ...all.filter((one) => !isOurs(one))].map(([name, one]) => [name, one.label]);
}

const wait = ({ ed, step, ctx, set, plain }) => [
  plain("events", "choices", ed.words.wait_events, { choices: eventChoices(ed), allows_variables: false }),
  conditionField(ctx, ed.recordType, step.filter, (tree) => set("filter", Object.keys(tree).length ? tree : undefined), "filter", ed.words.wait_filter),
  plain("timeout", "duration", ed.words.timeout, { hint: ed.words.timeout_hint, allows_variables: false }),
];

function loop({ ed, step, ctx, set, plain }) {
  const choices = ed.parts.loops[ed.recordType] ?? [];
  const type = (step.over ?? "").split(".")[0];
  const over = field(ctx, { name: "over", kind: "choice", label: ed.words.loop_over, is_required: true, choices, hint: ed.words.loop_hint }, "over", step.over || undefined, (value) => {
    ed.changeStep(step.id, (one) => (one.over = value ?? ""));
    ed.reopenSoon();
  });
  const only = type in ed.parts.types && conditionField(ctx, type, step.filter, (tree) => set("filter", Object.keys(tree).length ? tree : undefined), "filter", ed.words.only_those);
  return [over, only, plain("most", "number", ed.words.loop_most, { hint: ed.words.loop_most_hint, allows_variables: false })];
}

const FORMS = {
  action, branch: waysForm, switch: waysForm, delay, wait, loop, filter: filterForm,
  goal: (given) => filterForm(given),
  stop: ({ ed, plain }) => [plain("because", "text", ed.words.because)],
};
