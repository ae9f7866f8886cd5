// The builder of one workflow: what it holds and how the parts around it change together.
// The definition is the truth of the page, the server's check the truth about the definition.
import { announce } from "../dom.js";
import { draw, focusSpot } from "./canvas.js";
import { filled } from "./h.js";
import { History } from "./history.js";
import { changed, changedPart, find, ownerOf, stepsOf } from "./model.js";
import { hide, openPart, showFaults } from "./panel.js";
import { post, Saver } from "./server.js";
import { View } from "./view.js";

const CHECK_AFTER_MS = 300;

export class Editor {
  constructor(root, data, parts) {
    Object.assign(this, { root, parts, words: parts.words, urls: data.urls, canEdit: data.can_edit });
    this.canvas = root.querySelector("[data-canvas]");
    this.panel = root.querySelector("[data-panel]");
    this.history = new History(data.definition);
    this.recordType = data.check.record_type;
    this.knownNames = new Map(Object.entries(data.names ?? {}));
    this.selected = "";
    this.trace = null;
    this.take(data.check);
    this.saver = new Saver(data.urls.draft, data.seen, () => this.definition, (state, body) => this.saved(state, body));
    this.view = new View(this);
    this.draw();
  }

  get definition() {
    return this.history.now;
  }

  stepNamed(id) {
    return find(this.definition, id)?.step ?? null;
  }

  /** Fields of the type that a setting is about. */
  fieldsOf(param, values) {
    const type = (param.of && values[param.of]) || this.recordType;
    return this.parts.types[type]?.fields ?? {};
  }

  // What the server says

  take(check) {
    this.recordType = check.record_type || (check.is_broken ? this.recordType : "");
    this.payload = check.payload ?? this.payload ?? [];
    this.sentences = check.sentences ?? this.sentences ?? {};
    for (const [id, name] of Object.entries(check.names ?? {})) this.knownNames.set(id, name);
    this.faultList = Object.entries(check.errors ?? {}).flatMap(([path, lines]) => lines.map((words) => ({ ...ownerOf(this.definition, path), words })));
    this.warningList = (check.warnings ?? []).map(({ path, message }) => ({ ...ownerOf(this.definition, path), words: message }));
  }

  faultsOf = (id) => this.faultList.filter((one) => one.id === id).map((one) => one.words);
  warningsOf = (id) => this.warningList.filter((one) => one.id === id).map((one) => one.words);

  checkSoon() {
    clearTimeout(this.checkTimer);
    this.checkTimer = setTimeout(() => this.check(), CHECK_AFTER_MS);
  }

  async check() {
    const asked = this.definition;
    const { ok, body } = await post(this.urls.check, { definition: asked });
    if (!ok || asked !== this.definition) return; // an edit has come in between: its own check follows
    const typeBefore = this.recordType;
    this.take(body);
    this.draw();
    if (this.mustReopen || typeBefore !== this.recordType) this.reopen();
    else if (this.selected) showFaults(this, this.selected);
  }

  /** The panel's form depends on what was just chosen: draw it anew once the check is there. */
  reopenSoon() {
    this.mustReopen = true;
  }

  reopen() {
    this.mustReopen = false;
    if (!this.selected || this.panel.hidden) return;
    const at = document.activeElement?.closest?.("[data-at]")?.dataset.at;
    openPart(this, this.selected, { focus: false });
    if (at) this.panel.querySelector(`[data-at="${CSS.escape(at)}"] :is(input, select, textarea, button)`)?.focus();
  }

  // Changes

  /** A new definition. `by` names the field that is typed into; `say` is told to screen readers. */
  change(next, { by = "", say = "", focus = "" } = {}) {
    if (next === this.definition || !this.canEdit) return false;
    this.history.put(next, by);
    this.after(say, focus);
    return true;
  }

  changeStep(id, act, by = "") {
    this.change(changed(this.definition, id, act), { by });
  }

  changePart(name, act, by = "") {
    this.change(changedPart(this.definition, name, act), { by });
  }

  after(say = "", focus = "") {
    this.trace = null;
    this.draw();
    if (focus) focusSpot(this, focus);
    if (say) announce(say);
    this.saver.changed();
    this.checkSoon();
  }

  undo(isRedo = false) {
    if (!this.canEdit || !(isRedo ? this.history.redo() : this.history.undo())) return;
    if (this.selected && !["trigger", "settings"].includes(this.selected) && !this.stepNamed(this.selected)) this.close();
    this.after(this.words[isRedo ? "redone" : "undone"]);
    if (this.selected && !this.panel.hidden) openPart(this, this.selected, { focus: false });
  }

  // What is seen

  draw() {
    draw(this);
    const count = stepsOf(this.definition).length;
    this.root.querySelector("[data-undo]")?.toggleAttribute("disabled", !this.history.canUndo);
    this.root.querySelector("[data-redo]")?.toggleAttribute("disabled", !this.history.canRedo);
    const faults = this.root.querySelector("[data-faults]");
    if (faults) {
      const n = this.faultList.length;
      faults.hidden = !n;
      faults.lastElementChild.textContent = filled(this.words[n === 1 ? "one_fault" : "n_faults"], { n });
    }
    this.canvas.setAttribute("aria-label", filled(this.words[count === 1 ? "canvas_one" : "canvas_n"], { n: count }));
    this.view?.drawMap();
  }

  /** How it goes; `isTried` for what a backtest found, until its panel is closed. */
  showFigures(found, isTried = false) {
    if (isTried) this.ownFigures ??= this.figures ?? {};
    this.figures = found;
    this.draw();
  }

  open(id, { part = "", focus = true } = {}) {
    this.selected = id;
    this.mode = "";
    openPart(this, id, { part, focus });
    this.draw();
    this.view.show(id);
  }

  close({ focus = true } = {}) {
    const was = this.selected;
    this.selected = "";
    if (this.ownFigures) [this.figures, this.ownFigures] = [this.ownFigures, null]; // those of a backtest go with it
    hide(this);
    this.draw();
    if (focus && was) focusSpot(this, `card:${was}`);
  }

  /** To the first thing that is wrong. */
  openFault() {
    const first = this.faultList.find((one) => one.id) ?? null;
    if (first) this.open(first.id);
  }

  // Saving

  saved(state, body = {}) {
    const line = this.root.querySelector("[data-saved]");
    const words = { saving: this.words.saving, saved: this.words.saved, failed: this.words.not_saved, conflict: this.words.not_saved, refused: body.detail ?? this.words.not_saved };
    line.textContent = words[state];
    line.classList.toggle("bad", ["failed", "conflict", "refused"].includes(state));
    this.root.querySelector("[data-conflict]").hidden = state !== "conflict";
    if (state === "saved") document.querySelector("[data-publish]")?.removeAttribute("hidden");
    if (state !== "conflict") return;
    this.theirs = body;
    this.root.querySelector("[data-conflict-words]").textContent = filled(this.words.conflict, { name: body.by || this.words.somebody });
    announce(this.root.querySelector("[data-conflict-words]").textContent);
  }

  /** After somebody else saved: take theirs (mine is one "undo" away), or put mine over it. */
  settle(isMine) {
    this.root.querySelector("[data-conflict]").hidden = true;
    if (!isMine) {
      this.history.put(this.theirs.definition);
      this.trace = null;
      this.close({ focus: false });
      this.check();
    }
    this.saver.goOn(this.theirs.seen, isMine);
    if (!isMine) this.root.querySelector("[data-saved]").textContent = this.words.saved;
  }
}
