// The settings of a workflow: who may come again, when messages may go out, what ends a run.
import { conditions } from "./conditions.js";
import { field } from "./controls.js";
import { setIn, timeField } from "./forms.js";
import { h } from "./h.js";

export function settingsForm(ed) {
  const t = ed.words;
  const now = ed.definition.settings ?? {};
  const set = (name, value) => ed.changePart("settings", (part) => setIn(part, name, value), `settings.${name}`);
  const ctx = { ed, id: "settings", values: () => ed.definition.settings ?? {}, typeOf: () => ed.recordType };
  const plain = (name, kind, label, more = {}) => field(ctx, { name, kind, label, allows_variables: false, ...more }, name, now[name] ?? more.default, (value) => set(name, value));
  const condition = (name, label, hint) => h("div", { class: "field" }, h("span", { class: "field-label" }, label), h("p", { class: "field-help" }, hint),
    conditions(ctx, ed.recordType, now[name], (tree) => set(name, Object.keys(tree).length ? tree : undefined), label), h("p", { class: "field-error", dataset: { fault: name }, hidden: true }));
  const events = Object.entries(ed.parts.events).map(([name, one]) => [name, one.label]);
  return [
    plain("reentry", "choice", t.reentry, { is_required: true, default: "after_end", choices: [["after_end", t.reentry_after_end], ["never", t.reentry_never], ["always", t.reentry_always]], hint: t.reentry_hint }),
    windowForm(ed, now.window, set),
    condition("goal", t.goal, t.goal_hint),
    condition("stop_if", t.stop_if, t.stop_if_hint),
    plain("stop_on", "choices", t.stop_on, { choices: events, hint: t.stop_on_hint }),
    plain("most_per_day", "number", t.most_per_day, { hint: t.most_per_day_hint }),
    plain("most_per_minute", "number", t.most_per_minute),
    plain("on_error", "choice", t.on_error, { is_required: true, default: "stop", choices: [["stop", t.on_error_stop], ["continue", t.on_error_continue]] }),
  ];
}

const USUAL = { days: [1, 2, 3, 4, 5], from: "09:00", until: "18:00", zone: "record" };

/** When messages may go out; without it at any hour. */
function windowForm(ed, given, set) {
  const t = ed.words;
  const now = { ...(given ?? USUAL) };
  const put = (name, value) => {
    if (value !== undefined) now[name] = value;
    set("window", { ...now });
  };
  const days = new Set(now.days);
  const day = (n, label) => h("label", { class: "flow-day" }, h("input", { type: "checkbox", class: "tick", checked: days.has(n), onchange: (event) => {
    days[event.target.checked ? "add" : "delete"](n);
    put("days", [...days].sort());
  } }), label);
  const ctx = { ed, id: "settings", values: () => now, typeOf: () => "" };
  const zone = field(ctx, { name: "zone", kind: "choice", label: t.zone, choices: ed.parts.zones, allows_variables: false }, "window.zone", now.zone, (value) => put("zone", value));
  const inner = h("div", { class: "form", hidden: !given },
    h("div", { class: "flow-days", role: "group", "aria-label": t.days }, ed.parts.days.map((label, i) => day(i + 1, label))),
    h("div", { class: "form-row" }, timeField(ed, "window.from", t.from, now.from, (value) => put("from", value)), timeField(ed, "window.until", t.until_time, now.until, (value) => put("until", value))),
    zone);
  const only = h("label", { class: "line" }, h("input", { type: "checkbox", class: "tick", checked: Boolean(given), onchange: (event) => {
    inner.hidden = !event.target.checked;
    set("window", event.target.checked ? { ...now } : undefined);
  } }), t.window);
  return h("fieldset", { class: "flow-part" }, h("legend", null, t.hours_title), only, h("p", { class: "field-help" }, t.window_hint), inner);
}
