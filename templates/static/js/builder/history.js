// Undo and redo over whole definitions. Typing in one field is one step back, not one for each letter.

const MOST = 100;
const PAUSE_MS = 1_500;

export class History {
  constructor(first, clock = () => Date.now()) {
    Object.assign(this, { now: first, past: [], future: [], clock, at: 0, by: "" });
  }

  get canUndo() {
    return this.past.length > 0;
  }

  get canRedo() {
    return this.future.length > 0;
  }

  /** `by` names what is being typed into: changes by the same within a moment are one. */
  put(next, by = "") {
    const isMore = by && by === this.by && this.clock() - this.at < PAUSE_MS && this.past.length;
    if (!isMore) this.past.push(this.now);
    if (this.past.length > MOST) this.past.shift();
    Object.assign(this, { now: next, future: [], by, at: this.clock() });
  }

  undo() {
    if (!this.canUndo) return false;
    this.future.push(this.now);
    Object.assign(this, { now: this.past.pop(), by: "" });
    return true;
  }

  redo() {
    if (!this.canRedo) return false;
    this.past.push(this.now);
    Object.assign(this, { now: this.future.pop(), by: "" });
    return true;
  }
}
