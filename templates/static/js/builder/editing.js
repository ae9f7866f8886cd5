// What people do to steps: add, move, copy, paste, delete, pause; by mouse, menu and keys.
import { announce, icon, isTyping, on } from "../dom.js";
import { focusSpot } from "./canvas.js";
import { choose, place as putBeside } from "./chooser.js";
import { chooseTrigger, grouped } from "./forms.js";
import { filled, h } from "./h.js";
import { changed, find, idsIn, insert, lanesOf, move, newStep, nudge, remove, renewed, stepsOf } from "./model.js";
import { cardOf } from "./words.js";

const CLIPBOARD = "omniflow-steps";
const MOST_STEPS = 300;

export function edits(ed) {
  const t = ed.words;
  const labelOf = (id) => cardOf(ed, ed.stepNamed(id) ?? {}).label;

  ed.add = (place, step) => {
    if (stepsOf(ed.definition).length >= MOST_STEPS) return announce(t.too_many);
    ed.change(insert(ed.definition, place, [step]), { say: filled(t.added, { name: cardOf(ed, step).label }) });
    ed.open(step.id);
  };

  ed.delete = (id) => {
    const found = find(ed.definition, id);
    const name = labelOf(id);
    const { place } = found;
    if (ed.selected === id) ed.close({ focus: false });
    ed.change(remove(ed.definition, id), { focus: `plus:${place.in}:${place.lane}:${place.at}` });
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: filled(t.deleted, { name }), action: { label: t.undo, run: () => ed.undo() } } }));
  };

  ed.move = (id, way) => {
    const isMoved = ed.change(nudge(ed.definition, id, way), { focus: `card:${id}` });
    announce(isMoved ? whereIs(ed, id) : t.no_further);
    if (isMoved) ed.view.show(id);
  };

  ed.moveTo = (id, place) => ed.change(move(ed.definition, id, place), { focus: `card:${id}` }) && announce(whereIs(ed, id));

  ed.copy = (id) => {
    localStorage.setItem(CLIPBOARD, JSON.stringify([ed.stepNamed(id)]));
    announce(filled(t.copied, { name: labelOf(id) }));
  };

  ed.cut = (id) => {
    ed.copy(id);
    ed.delete(id);
  };

  ed.canPaste = () => Boolean(localStorage.getItem(CLIPBOARD));

  ed.paste = (place) => {
    const steps = kept();
    if (!steps.length) return announce(t.nothing_copied);
    const made = renewed(steps, idsIn(ed.definition.steps));
    ed.change(insert(ed.definition, place, made), { say: filled(t.added, { name: cardOf(ed, made[0]).label }), focus: `card:${made[0].id}` });
  };

  ed.duplicate = (id) => {
    const { step, place } = find(ed.definition, id);
    const [made] = renewed([step], idsIn(ed.definition.steps));
    ed.change(insert(ed.definition, { ...place, at: place.at + 1 }, [made]), { say: filled(t.added, { name: labelOf(id) }) });
    ed.open(made.id);
  };

  ed.pause = (id) => {
    ed.change(changed(ed.definition, id, (step) => (step.is_paused ? delete step.is_paused : (step.is_paused = true))));
    announce(t[ed.stepNamed(id).is_paused ? "now_paused" : "goes_on"]);
    if (ed.selected === id) ed.open(id, { focus: false });
  };

  ed.chooseStep = (anchor, place) => chooseStep(ed, anchor, place);
}

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(CLIPBOARD) ?? "[]");
    return Array.isArray(found) ? found.filter((one) => one?.id && one?.kind) : [];
  } catch {
    return [];
  }
}

/** "Step 2 of 3, If › Yes": said after a step has moved. */
function whereIs(ed, id) {
  const { place, around } = find(ed.definition, id);
  const count = around.length ? lanesOf(around.at(-1)).find((one) => one.lane === place.lane).steps.length : ed.definition.steps.length;
  const inside = around.length ? `, ${cardOf(ed, around.at(-1)).label}` : "";
  return filled(ed.words.moved, { n: place.at + 1, of: count }) + inside;
}

// Choosing a step

function chooseStep(ed, anchor, place) {
  const t = ed.words;
  const fits = (kind) => (!kind.needs_record || ed.recordType || !ed.definition.trigger.kind) && (!kind.record_types.length || kind.record_types.includes(ed.recordType));
  const control = Object.entries(ed.parts.steps).filter(([kind]) => kind !== "action");
  const groups = [
    ...(ed.canPaste() ? [{ label: "", items: [{ label: t.paste, icon: "clipboard", value: { paste: true } }] }] : []),
    { label: t.flow, items: control.map(([kind, words]) => ({ ...words, hidden: kind, value: { kind } })) },
    ...grouped(ed.parts.actions, fits).map(({ label, items }) => ({ label, items: items.map((one) => ({ ...one, value: { kind: "action", action: one.value } })) })),
  ];
  choose({
    anchor, title: t.add_step, placeholder: t.find_step, empty: t.nothing_found, groups,
    pick: (chosen) => {
      if (chosen.paste) return ed.paste(place);
      const names = [filled(t.nth_way, { n: 1 })];
      ed.add(place, newStep(chosen.kind, idsIn(ed.definition.steps), { action: chosen.action, params: defaults(ed, chosen.action), names }));
    },
  });
}

function defaults(ed, action) {
  const params = ed.parts.actions[action]?.params ?? [];
  return Object.fromEntries(params.filter((one) => one.is_required && one.default !== null && one.default !== undefined).map((one) => [one.name, one.default]));
}

// The menu of a card

function menu(ed, button) {
  const t = ed.words;
  const id = button.dataset.more;
  const step = ed.stepNamed(id);
  const line = (sign, label, keys, act, tone = "") => h("button", { type: "button", class: `menu-item ${tone}`, onclick: () => act(id) }, icon(sign), h("span", { class: "clip" }, label), keys && h("kbd", null, keys));
  const box = h("div", { class: "menu", popover: "auto" },
    line("edit", t.edit, "Enter", () => ed.open(id)),
    line("copy", t.copy, "Ctrl C", ed.copy),
    line("copy-plus", t.duplicate, "Ctrl D", ed.duplicate),
    step.kind === "action" && line(step.is_paused ? "player-play" : "player-pause", t[step.is_paused ? "go_on" : "pause"], "P", ed.pause),
    h("div", { class: "menu-line" }),
    line("arrow-up", t.move_up, "Alt ↑", () => ed.move(id, "up")),
    line("arrow-down", t.move_down, "Alt ↓", () => ed.move(id, "down")),
    find(ed.definition, id).around.length > 0 && [line("arrow-left", t.move_left, "Alt ←", () => ed.move(id, "left")), line("arrow-right", t.move_right, "Alt →", () => ed.move(id, "right"))],
    h("div", { class: "menu-line" }),
    line("trash", t.delete, "Del", ed.delete, "danger"),
  );
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const hadFocus = box.contains(document.activeElement) || document.activeElement === document.body;
    box.remove();
    if (hadFocus) focusSpot(ed, `more:${id}`);
  });
  document.body.append(box);
  box.showPopover();
  putBeside(button, box);
  box.querySelector(".menu-item").focus();
}

// Mouse

export function mouse(ed) {
  ed.canvas.addEventListener("click", (event) => {
    const plus = event.target.closest("[data-place]");
    if (plus) return ed.chooseStep(plus, JSON.parse(plus.dataset.place));
    const more = event.target.closest("[data-more]");
    if (more) return menu(ed, more);
    const opener = event.target.closest("[data-open]");
    if (!opener) return;
    const { open, part } = opener.dataset;
    ed.open(open, { part });
    if (open === "trigger" && !ed.definition.trigger.kind && ed.canEdit) chooseTrigger(ed, ed.panel.querySelector(".flow-select"));
  });
  drag(ed);
}

function drag(ed) {
  let lifted = "";
  const over = (event) => (lifted ? event.target.closest?.("[data-drop]") : null);
  const mark = (spot) => {
    for (const one of ed.canvas.querySelectorAll(".is-target")) if (one !== spot) one.classList.remove("is-target");
    spot?.classList.add("is-target");
  };
  const done = () => {
    lifted = "";
    mark(null);
    ed.canvas.classList.remove("is-dragging");
    ed.canvas.querySelector(".is-lifted")?.classList.remove("is-lifted");
  };
  ed.canvas.addEventListener("dragstart", (event) => {
    const card = event.target.closest("[data-card]");
    if (!card) return;
    lifted = card.dataset.card;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", lifted);
    setTimeout(() => ed.canvas.classList.add("is-dragging"));
    card.classList.add("is-lifted");
  });
  ed.canvas.addEventListener("dragover", (event) => {
    const spot = over(event);
    mark(spot);
    if (spot) event.preventDefault();
  });
  ed.canvas.addEventListener("drop", (event) => {
    const spot = over(event);
    if (!spot) return;
    event.preventDefault();
    const id = lifted;
    done(); // the card is drawn anew: no "dragend" comes from it
    ed.moveTo(id, JSON.parse(spot.dataset.drop));
  });
  ed.canvas.addEventListener("dragend", () => done());
}

// Keys

const WAYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

export function keys(ed) {
  document.addEventListener("keydown", (event) => {
    if (!ed.root.isConnected || document.querySelector("dialog[open]") || event.defaultPrevented) return;
    const isOurs = everywhere(ed, event) || (ed.canvas.contains(document.activeElement) && onCanvas(ed, event, document.activeElement));
    if (!isOurs) return;
    event.preventDefault();
    event.stopPropagation();
  }, { capture: true });
}

function everywhere(ed, event) {
  const isMain = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (isMain && key === "z" && !isTyping(event.target)) return ed.undo(event.shiftKey), true;
  if (isMain && key === "y" && !isTyping(event.target)) return ed.undo(true), true;
  if (isMain && key === "s") return ed.saver.flush(), true;
  if (event.key === "Escape" && ed.panel.contains(event.target) && !document.querySelector("[popover]:popover-open:not(#toasts)")) return ed.close(), true;
  return false;
}

function onCanvas(ed, event, focused) {
  const spot = focused.dataset.spot ?? "";
  const id = /^(card|more):/.test(spot) ? spot.slice(5) : "";
  const isMain = event.ctrlKey || event.metaKey;
  if (WAYS[event.key] && !isMain) {
    if (event.altKey) return id && id !== "trigger" && ed.canEdit ? (ed.move(id, WAYS[event.key]), true) : false;
    return walkTo(ed, focused, WAYS[event.key]);
  }
  if (!ed.canEdit) return false;
  if (isMain && event.key.toLowerCase() === "v") return ed.paste(pastePlace(ed, focused, id)), true;
  if (!id || id === "trigger") return false;
  const act = isMain ? { c: ed.copy, x: ed.cut, d: ed.duplicate }[event.key.toLowerCase()] : { Delete: ed.delete, Backspace: ed.delete, p: pauseAction(ed, id) }[event.key];
  if (!act || event.altKey) return false;
  act(id);
  if (event.key === "p") focusSpot(ed, `card:${id}`);
  return true;
}

const pauseAction = (ed, id) => (ed.stepNamed(id)?.kind === "action" ? ed.pause : null);

function pastePlace(ed, focused, id) {
  if (focused.dataset.place) return JSON.parse(focused.dataset.place);
  const found = id && id !== "trigger" ? find(ed.definition, id).place : null;
  return found ? { ...found, at: found.at + 1 } : { in: "", lane: "steps", at: 0 };
}

/** Up and down along the order of reading; left and right to the lane beside. */
function walkTo(ed, focused, way) {
  const all = [...ed.canvas.querySelectorAll("[data-spot]:not(.flow-more)")];
  if (way === "up" || way === "down") {
    const next = all[all.indexOf(focused) + (way === "down" ? 1 : -1)];
    next?.focus();
    return true;
  }
  const lane = focused.closest(".flow-way");
  const beside = way === "right" ? lane?.nextElementSibling : lane?.previousElementSibling;
  beside?.querySelector("[data-spot]")?.focus();
  return true;
}

export function buttons(ed) {
  const acts = {
    undo: () => ed.undo(), redo: () => ed.undo(true), larger: () => ed.view.larger(), smaller: () => ed.view.smaller(), fit: () => ed.view.fit(),
    settings: () => ed.open("settings"), fault: () => ed.openFault(), mine: () => ed.settle(true), theirs: () => ed.settle(false),
  };
  ed.root.addEventListener("click", (event) => {
    const act = acts[event.target.closest("[data-do]")?.dataset.do];
    if (act) act();
  });
  // What leads away saves first.
  on("click", "[data-after-save]", async (button) => {
    if (!ed.root.isConnected) return;
    if (await ed.saver.flush()) window.htmx.trigger(button, "saved");
  });
}
