// The canvas: the trigger on top, steps below each other with a "+" between, branches side by side, the end.
// It is drawn anew after each edit; focus stays where it was by the names in [data-spot].
import { icon } from "../dom.js";
import { filled, h } from "./h.js";
import { lanesOf } from "./model.js";
import { cardOf, duration, summary, triggerSummary } from "./words.js";

export function draw(ed) {
  const canvas = ed.canvas;
  const spot = canvas.contains(document.activeElement) ? document.activeElement.dataset.spot : "";
  canvas.replaceChildren(
    triggerCard(ed),
    ...flow(ed, ed.definition.steps, { in: "", lane: "steps" }, "steps", ed.words.steps).filter(Boolean),
    h("p", { class: "flow-end" }, icon("flag"), ed.words.end),
  );
  if (spot) focusSpot(ed, spot);
}

export function focusSpot(ed, spot) {
  ed.canvas.querySelector(`[data-spot="${CSS.escape(spot)}"]`)?.focus({ preventScroll: false });
}

function flow(ed, steps, place, path, label) {
  const items = steps.map((step, at) =>
    h("li", { class: "flow-step", dataset: { step: step.id } },
      stepCard(ed, step, `${path}[${at}]`),
      lanes(ed, step, `${path}[${at}]`),
      plus(ed, { ...place, at: at + 1 }),
    ),
  );
  return [
    plus(ed, { ...place, at: 0 }),
    items.length ? h("ol", { class: "flow-lane", "aria-label": label }, items) : null,
  ];
}

/** The "+" between two steps; also where dragged steps are let go. */
function plus(ed, place) {
  const spot = `plus:${place.in}:${place.lane}:${place.at}`;
  if (!ed.canEdit) return h("span", { class: "flow-link" });
  return h("span", { class: "flow-link", dataset: { drop: JSON.stringify(place) } },
    h("button", {
      type: "button", class: "flow-plus", dataset: { spot, place: JSON.stringify(place) },
      "aria-label": plusLabel(ed, place),
    }, icon("plus")),
  );
}

function plusLabel(ed, place) {
  const around = place.in ? ed.stepNamed(place.in) : null;
  const where = around ? `${cardOf(ed, around).label} › ${laneName(ed, around, place.lane)}` : "";
  return [filled(ed.words.add_step_at, { n: place.at + 1 }), where].filter(Boolean).join(", ");
}

export function laneName(ed, step, lane) {
  const one = lanesOf(step).find((found) => found.lane === lane)?.one;
  if (one) return one.name || (step.kind === "switch" ? (one.equals ?? []).filter(Boolean).join(", ") || ed.words.case : ed.words.way);
  return { otherwise: ed.words.otherwise, met: ed.words.met, timed_out: ed.words.timed_out, steps: ed.words.each_time }[lane] ?? lane;
}

// Cards

function triggerCard(ed) {
  const kind = ed.parts.triggers[ed.definition.trigger.kind];
  const filter = ed.sentences["trigger.filter"];
  return card(ed, {
    id: "trigger", tone: "start", icon: kind?.icon ?? "bolt", label: kind?.label ?? ed.words.choose_trigger,
    over: ed.words.trigger, about: triggerSummary(ed), note: filter ? filled(ed.words.only_if, { what: filter }) : "",
  });
}

function stepCard(ed, step, path) {
  return card(ed, { id: step.id, ...cardOf(ed, step), about: summary(ed, step, path), note: step.note, step });
}

function card(ed, { id, label, about, note, over, icon: sign, tone, step }) {
  const faults = ed.faultsOf(id);
  const warnings = ed.warningsOf(id);
  const told = ed.trace?.get(id);
  const isPaused = Boolean(step?.is_paused);
  const classes = ["flow-card", tone, isPaused && "is-paused", ed.selected === id && "is-open", faults.length && "is-wrong", told && `was-${told.state}`];
  return h("div", { class: classes.filter(Boolean).join(" "), draggable: ed.canEdit && Boolean(step), dataset: { card: id } },
    h("button", { type: "button", class: "flow-open", dataset: { spot: `card:${id}`, open: id }, "aria-pressed": String(ed.selected === id), "aria-keyshortcuts": step ? "Alt+ArrowUp Alt+ArrowDown" : null },
      h("span", { class: "flow-icon" }, icon(sign)),
      h("span", { class: "flow-text" },
        over && h("small", { class: "flow-over" }, over),
        h("b", { class: "flow-name" }, label),
        about && h("span", { class: "flow-about" }, about),
        note && h("span", { class: "flow-note" }, note),
      ),
    ),
    marks(ed, { faults, warnings, isPaused, told }),
    step && ed.canEdit && h("button", { type: "button", class: "flow-more", dataset: { more: id, spot: `more:${id}` }, "aria-haspopup": "true", "aria-label": filled(ed.words.more_of, { name: label }) }, icon("dots")),
    figures(ed, id),
  );
}

function marks(ed, { faults, warnings, isPaused, told }) {
  const found = [
    faults.length && mark("bad", "alert-triangle", filled(ed.words[faults.length === 1 ? "one_fault" : "n_faults"], { n: faults.length }), faults),
    warnings.length && mark("warn", "alert-circle", ed.words.warning, warnings),
    isPaused && mark("", "player-pause", ed.words.paused),
    told && mark(TRACE[told.state]?.[0] ?? "", TRACE[told.state]?.[1] ?? "circle-check", told.words, told.error ? [told.error] : []),
  ].filter(Boolean);
  return found.length ? h("span", { class: "flow-marks" }, found) : null;
}

const TRACE = { done: ["good", "circle-check"], failed: ["bad", "alert-triangle"], skipped: ["", "player-skip-forward"], running: ["", "hourglass"] };

function mark(tone, sign, words, lines = []) {
  return h("span", { class: `flow-mark ${tone}`, title: lines.join("\n") || null }, icon(sign), words);
}

/** Entered, now here, done, failed, and how long it takes half of them. */
function figures(ed, id) {
  const found = ed.figures?.[id];
  if (!found) return null;
  const t = ed.words;
  const parts = [
    found.entered !== undefined && ["login-2", found.entered, t.entered, ""],
    found.at && ["hourglass", found.at, t.at_step, ""],
    found.done && ["check", found.done, t.done, "good"],
    found.failed && ["alert-triangle", found.failed, t.failed, "bad"],
  ].filter(Boolean);
  if (!parts.length) return null;
  const time = found.median_seconds ? h("span", { title: t.median }, icon("clock"), seconds(ed, found.median_seconds)) : null;
  return h("span", { class: "flow-figures num" },
    parts.map(([sign, n, words, tone]) => h("span", { class: tone, title: words }, icon(sign), String(n), h("span", { class: "sr-only" }, ` ${words}`))), time);
}

export function seconds(ed, total) {
  if (total < 1) return ed.words.at_once;
  if (total < 60) return filled(ed.words.n_seconds, { n: Math.round(total) });
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3_600);
  const minutes = days ? 0 : Math.round((total % 3_600) / 60);
  return duration(ed, { days, hours, minutes });
}

// Branches

function lanes(ed, step, path) {
  const found = lanesOf(step);
  if (!found.length) return null;
  return h("div", { class: `flow-lanes${step.kind === "loop" ? " loop" : ""}` },
    found.map((one) => {
      const name = laneName(ed, step, one.lane);
      return h("div", { class: "flow-way" },
        head(ed, step, one, name, path),
        flow(ed, one.steps, { in: step.id, lane: one.lane }, `${path}.${one.path}`, filled(ed.words.steps_of, { name })),
        h("span", { class: "flow-rest" }),
      );
    }),
  );
}

function head(ed, step, { one, lane }, name, path) {
  const at = (step.branches ?? step.cases ?? []).indexOf(one);
  const sentence = one && step.kind === "branch" ? ed.sentences[`${path}.branches[${at}].filter`] || ed.words.no_condition : "";
  return h("span", { class: "flow-head" },
    h("button", { type: "button", class: "flow-way-name", dataset: { open: step.id, part: one?.id ?? "", spot: `way:${step.id}:${lane}` } },
      h("b", null, name)),
    sentence && h("span", { class: "flow-when", title: sentence }, sentence),
  );
}
