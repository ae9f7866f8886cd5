// Trying a workflow out: on one record with nothing sent, and on what really happened in the last days.
import { announce, icon } from "../dom.js";
import { control } from "./controls.js";
import { seconds } from "./canvas.js";
import { filled, h } from "./h.js";
import { show } from "./panel.js";
import { get, post } from "./server.js";
import { cardOf } from "./words.js";

const ASK_AGAIN_MS = 900;

export function tests(ed) {
  const acts = { test: () => openTest(ed), backtest: () => openBacktest(ed) };
  ed.root.addEventListener("click", (event) => acts[event.target.closest("[data-do]")?.dataset.do]?.());
}

const begin = (label, sign, act, isOff = false) => h("button", { type: "button", class: "btn primary", onclick: act, disabled: isOff }, icon(sign), h("span", null, label));
const busy = (words) => h("p", { class: "mute flow-busy", role: "status" }, icon("loader-2"), words);
const failed = (words) => h("div", { class: "errors", role: "alert" }, icon("alert-circle"), h("div", null, h("p", null, words)));
const told = (body, words) => Object.values(body.errors ?? {})[0]?.[0] ?? body.detail ?? words;

// On one record

function openTest(ed) {
  const t = ed.words;
  ed.selected = "";
  const state = (ed.tested ??= { record: "" });
  const result = h("div", { class: "flow-result", "aria-live": "polite" });
  const param = { name: "record", kind: "record", label: t.test_record, allows_variables: false };
  const ctx = { ed, id: "trigger", inputId: "test-record", at: "record", values: () => ({}), typeOf: () => ed.recordType };
  const chooser = ed.recordType && h("div", { class: "field" }, h("label", { class: "field-label", for: "test-record" }, filled(t.which_record, { type: ed.parts.types[ed.recordType]?.singular ?? "" })),
    control(ctx, param, state.record || undefined, (value) => (state.record = value ?? "")));
  const go = async () => {
    if (ed.recordType && !state.record) return result.replaceChildren(failed(t.choose_record));
    result.replaceChildren(busy(t.testing));
    const { ok, body } = await post(ed.urls.test, { definition: ed.definition, record_id: state.record || null });
    if (!ok) return result.replaceChildren(failed(told(body, t.not_loaded)));
    ed.trace = traced(body.steps);
    ed.draw();
    result.replaceChildren(...outcome(ed, body));
    announce(body.words);
  };
  show(ed, { title: t.test, sign: "flask", about: t.test_about, body: [chooser, h("div", { class: "btn-row" }, begin(t.run_test, "player-play", go)), result] });
  ed.draw();
}

/** By step; in loops the last turn stands for all, with how many there were. */
function traced(steps) {
  const found = new Map();
  for (const one of steps) {
    const turns = (found.get(one.step_id)?.turns ?? 0) + 1;
    found.set(one.step_id, { ...one, turns, words: turns > 1 ? `${one.words} ×${turns}` : one.words });
  }
  return found;
}

function outcome(ed, body) {
  const lines = body.steps.map((one) => {
    const step = ed.stepNamed(one.step_id);
    return h("li", null, h("button", { type: "button", class: `flow-line ${one.state}`, onclick: () => ed.open(one.step_id, { focus: true }) },
      icon(step ? cardOf(ed, step).icon : "circle-check"),
      h("span", { class: "flow-text" }, h("b", null, step ? cardOf(ed, step).label : one.step_id), h("small", null, one.error || one.about || one.words)),
      one.after_seconds > 0 && h("small", { class: "num mute" }, `+${seconds(ed, one.after_seconds)}`)));
  });
  return [h("p", { class: `flow-verdict ${body.state}` }, icon(body.state === "failed" ? "alert-triangle" : "circle-check"), h("b", null, body.words)),
    lines.length > 0 && h("ol", { class: "flow-lines" }, lines),
    h("p", { class: "mute small" }, ed.words.test_note)].filter(Boolean);
}

// On what happened

function openBacktest(ed) {
  const t = ed.words;
  ed.selected = "";
  ed.trace = null;
  const result = h("div", { class: "flow-result", "aria-live": "polite" });
  const days = h("select", { class: "input", id: "backtest-days" }, [7, 14, 30].map((n) => h("option", { value: String(n), selected: n === 30 }, filled(t.last_days, { n }))));
  const button = begin(t.run_backtest, "history", () => go(), ed.faultList.length > 0);
  const go = async () => {
    button.disabled = true;
    result.replaceChildren(busy(t.backtesting));
    if (await ed.saver.flush()) await follow(ed, result, await post(ed.urls.backtest, { days: Number(days.value) }));
    else result.replaceChildren(failed(t.not_saved));
    button.disabled = false;
  };
  show(ed, {
    title: t.backtest, sign: "history", about: t.backtest_about,
    body: [ed.faultList.length > 0 && failed(t.mend_first), h("div", { class: "field" }, h("label", { class: "field-label", for: "backtest-days" }, t.which_days), days), h("div", { class: "btn-row" }, button), result],
  });
  ed.draw();
}

async function follow(ed, result, { ok, body }) {
  let now = { ok, body };
  while (now.ok && !now.body.is_over && result.isConnected) {
    const percent = now.body.percent ?? 0;
    result.replaceChildren(busy(filled(ed.words.backtest_percent, { n: percent })), h("progress", { class: "flow-progress", max: "100", value: String(percent), "aria-label": ed.words.backtesting }));
    await new Promise((go) => setTimeout(go, ASK_AGAIN_MS));
    now = await get(now.body.url);
  }
  if (!result.isConnected) return;
  if (!now.ok || now.body.error) return result.replaceChildren(failed(now.body.error || told(now.body, ed.words.not_loaded)));
  ed.showFigures(now.body.figures, true);
  result.innerHTML = now.body.html;
  window.htmx.process(result);
}
