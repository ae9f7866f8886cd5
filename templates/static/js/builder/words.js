// What a step says of itself on its card, in the words that the server knows.
import { filled } from "./h.js";

/** What stands at a card: {label, about, icon, tone}. */
export function cardOf(ed, step) {
  const kind = ed.parts.steps[step.kind] ?? { label: step.kind, icon: "help-circle" };
  if (step.kind !== "action") return { label: step.name || kind.label, icon: kind.icon, tone: TONES[step.kind] ?? "" };
  const action = ed.parts.actions[step.action];
  return { label: step.name || action?.label || step.action, icon: action?.icon ?? "alert-circle", tone: action?.is_outward ? "out" : "" };
}

const TONES = { branch: "way", switch: "way", filter: "way", delay: "time", wait: "time", loop: "way", goal: "end", stop: "end" };

/** One line below the name of a step. `path` is where it stands: sentences of conditions come from the server. */
export function summary(ed, step, path) {
  const t = ed.words;
  const condition = ed.sentences[`${path}.filter`] ?? "";
  const lines = {
    action: () => ofParams(ed, ed.parts.actions[step.action]?.params ?? [], step.params ?? {}),
    branch: () => "",
    switch: () => filled(t.by_value, { value: shown(ed, step.value) || "…" }),
    filter: () => condition || t.no_condition,
    goal: () => condition || t.reached,
    delay: () => delay(ed, step),
    wait: () => wait(ed, step, condition),
    loop: () => filled(t.for_each, { what: loopName(ed, step.over) || "…" }),
    stop: () => shown(ed, step.because),
  };
  return lines[step.kind]?.() ?? "";
}

export function triggerSummary(ed) {
  const { kind, params = {} } = ed.definition.trigger;
  const found = ed.parts.triggers[kind];
  const type = found?.params.some((one) => one.kind === "record_type") ? "" : ed.parts.types[ed.recordType]?.label;
  return [type, ofParams(ed, found?.params ?? [], params)].filter(Boolean).join(" · ");
}

export function duration(ed, raw = {}) {
  const parts = ["days", "hours", "minutes"].filter((unit) => raw[unit]).map((unit) => filled(ed.words[raw[unit] === 1 ? `one_${unit}` : `n_${unit}`], { n: raw[unit] }));
  return parts.join(" ") + (raw.working && parts.length ? ` ${ed.words.of_working_time}` : "");
}

function delay(ed, step) {
  const until = step.until ? filled(ed.words.until, { when: shown(ed, step.until) }) : duration(ed, step.for);
  const at = step.at ? filled(ed.words.at_clock, { time: step.at }) : "";
  return [until, at].filter(Boolean).join(", ");
}

function wait(ed, step, condition) {
  const events = (step.events ?? []).map((name) => ed.parts.events[name]?.label ?? name);
  const what = [...events, condition].filter(Boolean).join(` ${ed.words.or} `) || "…";
  const most = duration(ed, step.timeout);
  return most ? `${what} · ${filled(ed.words.at_most, { time: most })}` : what;
}

export function loopName(ed, over = "") {
  const known = (ed.parts.loops[ed.recordType] ?? []).find(([name]) => name === over);
  return known ? known[1] : shown(ed, over);
}

/** The first settings that say something. */
function ofParams(ed, params, values) {
  const found = params.filter((one) => one.kind !== "filter" && !isEmpty(values[one.name])).map((one) => paramWords(ed, one, values));
  return found.filter(Boolean).slice(0, 3).join(" · ");
}

export const isEmpty = (value) =>
  value === undefined || value === null || value === "" || (typeof value === "object" && !Object.keys(value).length);

function paramWords(ed, param, values) {
  const value = values[param.name];
  const named = (list) => (one) => list.find(([id]) => id === one)?.[1] ?? shown(ed, one);
  const listed = Array.isArray(value) ? value : [value];
  switch (param.kind) {
    case "choice": case "choices": return listed.map(named(param.choices)).join(", ");
    case "user": case "users": return listed.map(named(ed.parts.users)).join(", ");
    case "team": return listed.map(named(ed.parts.teams)).join(", ");
    case "record_type": return ed.parts.types[value]?.label ?? shown(ed, value);
    case "duration": return duration(ed, value);
    case "field": return ed.fieldsOf(param, values)[value]?.label ?? shown(ed, value);
    case "value": return valueWords(ed, ed.fieldsOf(param, values)[values.field], value);
    case "values": return Object.entries(value).map(([name, one]) => {
      const field = ed.fieldsOf(param, values)[name];
      return `${field?.label ?? name}: ${valueWords(ed, field, one)}`;
    }).join(", ");
    case "record": return param.name in (ed.names ?? {}) ? ed.names[param.name] : shown(ed, value);
    case "boolean": return value ? param.label : "";
    default: return listed.map((one) => shown(ed, one)).join(", ");
  }
}

function valueWords(ed, field, value) {
  if (typeof value === "boolean") return ed.words[value ? "yes" : "no"];
  const known = field?.choices?.find(([id]) => id === value) ?? (field?.target === "user" && ed.parts.users.find(([id]) => id === value));
  return known ? known[1] : shown(ed, Array.isArray(value) ? value.join(", ") : value);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

/** A text with its variables in words: ‹Contact › City›. */
export function shown(ed, value) {
  if (isEmpty(value)) return "";
  if (typeof value === "object") return JSON.stringify(value);
  const text = String(value);
  if (UUID.test(text)) return ed.knownNames.get(text) ?? "";
  return text.replace(/\{\{\s*([^|}]+?)\s*(?:\|[^}]*)?\}\}/g, (all, path) => `‹${variableWords(ed, path)}›`);
}

export function variableWords(ed, path) {
  const [root, ...rest] = path.split(".");
  if (root === "record") return fieldWords(ed, ed.recordType, rest);
  if (root === "steps") {
    const step = ed.stepNamed(rest[0]);
    const outputs = ed.parts.actions[step?.action]?.outputs ?? {};
    return step ? [cardOf(ed, step).label, outputs[rest[1]] ?? rest.slice(1).join(".")].filter(Boolean).join(" › ") : path;
  }
  return [ed.parts.roots[root] ?? root, ...rest].join(" › ");
}

function fieldWords(ed, type, [name, ...rest]) {
  const field = ed.parts.types[type]?.fields[name === "custom" ? `custom.${rest.shift()}` : name];
  if (!field) return [name, ...rest].filter(Boolean).join(" › ") || (ed.parts.types[type]?.singular ?? ed.parts.roots.record);
  return rest.length && field.target ? `${field.label} › ${fieldWords(ed, field.target, rest)}` : field.label;
}
