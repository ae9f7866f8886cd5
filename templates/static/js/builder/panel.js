// The panel at the right (a sheet on phones): the form of what is selected. It is drawn once for a selection;
// what is typed goes into the definition, faults that the server finds come to their fields.
import { icon } from "../dom.js";
import { settingsForm } from "./settings.js";
import { stepForm, triggerForm } from "./forms.js";
import { filled, h } from "./h.js";
import { find } from "./model.js";
import { cardOf } from "./words.js";

/** A panel with a head. `body` are elements; `foot` too. */
export function show(ed, { title, sign, about = "", body, foot = null, focus = true }) {
  const { panel } = ed;
  const parts = [
    h("header", { class: "flow-panel-top" },
      h("span", { class: "flow-icon" }, icon(sign)),
      h("div", { class: "flow-text" }, h("h2", { tabIndex: -1, id: "flow-panel-title" }, title), about && h("p", { class: "small soft" }, about)),
      h("button", { type: "button", class: "btn ghost square", "aria-label": ed.words.close, onclick: () => ed.close() }, icon("x"))),
    h("div", { class: "flow-panel-body" }, body),
    foot && h("footer", { class: "flow-panel-foot" }, foot),
  ];
  panel.replaceChildren(...parts.filter(Boolean));
  panel.hidden = false;
  ed.root.classList.add("has-panel");
  if (focus) (panel.querySelector(".flow-panel-body :is(input:not([type=hidden], [type=checkbox]), select, textarea)") ?? panel.querySelector("h2")).focus({ preventScroll: true });
}

export function hide(ed) {
  ed.panel.hidden = true;
  ed.panel.replaceChildren();
  ed.root.classList.remove("has-panel");
}

/** The form of a step, the trigger or the settings. */
export function openPart(ed, id, { part = "", focus = true } = {}) {
  if (id === "trigger") return openTrigger(ed, focus);
  if (id === "settings") return show(ed, { title: ed.words.settings, sign: "settings", about: ed.words.settings_about, body: settingsForm(ed), focus });
  const found = find(ed.definition, id);
  if (!found) return hide(ed);
  const { step } = found;
  const kind = step.kind === "action" ? ed.parts.actions[step.action] : ed.parts.steps[step.kind];
  show(ed, { title: kind?.label ?? step.action ?? step.kind, sign: cardOf(ed, step).icon, about: kind?.about, body: [general(), trace(ed, id), stepForm(ed, step)], foot: footOf(ed, step), focus: focus && !part });
  showFaults(ed, id);
  if (part && focus) ed.panel.querySelector(`[data-part="${CSS.escape(part)}"] :is(input, select)`)?.focus();
}

const general = () => h("div", { class: "errors", role: "alert", hidden: true, dataset: { general: "" } }, icon("alert-circle"), h("div"));

function openTrigger(ed, focus) {
  const kind = ed.parts.triggers[ed.definition.trigger.kind];
  show(ed, { title: ed.words.trigger, sign: kind?.icon ?? "bolt", about: kind?.about || ed.words.trigger_about, body: [general(), triggerForm(ed)], focus });
  showFaults(ed, "trigger");
}

function footOf(ed, step) {
  if (!ed.canEdit) return null;
  const button = (sign, label, act, tone = "ghost") => h("button", { type: "button", class: `btn small ${tone}`, onclick: act }, icon(sign), h("span", null, label));
  return [
    step.kind === "action" && button(step.is_paused ? "player-play" : "player-pause", ed.words[step.is_paused ? "go_on" : "pause"], () => ed.pause(step.id)),
    button("copy", ed.words.duplicate, () => ed.duplicate(step.id)),
    button("trash", ed.words.delete, () => ed.delete(step.id), "ghost danger push"),
  ];
}

/** Faults of the part that is open, each at its field; what has no field stands on top. */
export function showFaults(ed, id) {
  const { panel } = ed;
  for (const line of panel.querySelectorAll("[data-fault]")) line.hidden = true;
  const rest = [];
  for (const { rest: at, words } of ed.faultList.filter((one) => one.id === id)) {
    const line = nearest(panel, at);
    if (!line) rest.push(words);
    else {
      line.replaceChildren(icon("alert-circle"), h("span", null, words));
      line.hidden = false;
    }
  }
  const box = panel.querySelector("[data-general]");
  if (!box) return;
  const warnings = ed.warningsOf(id);
  box.hidden = !rest.length && !warnings.length;
  box.classList.toggle("warn", !rest.length);
  box.lastElementChild.replaceChildren(...[...rest, ...warnings].map((words) => h("p", null, words)));
}

/** The place for `params.values.name`, else for `params.values`, else for `params`. */
function nearest(panel, at) {
  for (let here = at; here; here = here.replace(/(\.[^.[]+|\[\d+\])$|^[^.[]+$/, "")) {
    const line = panel.querySelector(`[data-fault="${CSS.escape(here)}"]`);
    if (line) return line;
  }
  return null;
}

/** What the step did in the test or the run that is shown on the canvas. */
function trace(ed, id) {
  const told = ed.trace?.get(id);
  if (!told) return null;
  const part = (label, value) => value && Object.keys(value).length ? [h("h3", null, label), h("pre", { class: "code", tabIndex: 0 }, JSON.stringify(value, null, 2))] : null;
  return h("details", { class: "flow-trace", open: told.state === "failed" },
    h("summary", null, filled(ed.words.in_this_run, { what: told.words })),
    told.error && h("p", { class: "field-error" }, icon("alert-circle"), h("span", null, told.error)),
    part(ed.words.inputs, told.input), part(ed.words.outputs, told.output));
}
