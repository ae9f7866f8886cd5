// Talking to the server: JSON there and back, one save at a time, and what to do when that fails.
import { csrf } from "../dom.js";

const SAVE_AFTER_MS = 700;
const AGAIN_AFTER_MS = 5_000;

/** `{ok, status, body}`; status 0 where nobody answered. */
export async function post(url, value, { asText = false, keepalive = false } = {}) {
  try {
    const answer = await fetch(url, {
      method: "POST", keepalive, headers: { "Content-Type": "application/json", "X-CSRFToken": csrf(), Accept: asText ? "text/html" : "application/json" },
      body: JSON.stringify(value),
    });
    const body = asText ? await answer.text() : await answer.json().catch(() => ({}));
    return { ok: answer.ok, status: answer.status, body };
  } catch {
    return { ok: false, status: 0, body: {} };
  }
}

export async function get(url) {
  try {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => ({})) };
  } catch {
    return { ok: false, status: 0, body: {} };
  }
}

/**
 * Keeps the draft. `told(state, body)` hears "saving", "saved", "failed", "conflict", "refused".
 * What is changed while a save is under way is saved after it; the server refuses a draft that
 * somebody else has changed since `seen`.
 */
export class Saver {
  constructor(url, seen, value, told) {
    Object.assign(this, { url, seen, value, told, timer: 0, isDirty: false, underway: null, isHeld: false });
  }

  changed() {
    this.isDirty = true;
    if (this.isHeld) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), SAVE_AFTER_MS);
  }

  /** Everything is saved when it is done; whether that came off. */
  async flush({ keepalive = false } = {}) {
    clearTimeout(this.timer);
    if (this.underway) await this.underway;
    if (!this.isDirty || this.isHeld) return !this.isDirty;
    this.isDirty = false;
    this.told("saving");
    this.underway = this.send(keepalive);
    await this.underway;
    this.underway = null;
    return this.isDirty && !this.isHeld && !this.hasFailed ? this.flush() : !this.isDirty;
  }

  async send(keepalive) {
    const { ok, status, body } = await post(this.url, { definition: this.value(), seen: this.seen }, { keepalive });
    this.hasFailed = !ok;
    if (ok) {
      this.seen = body.seen;
      return this.told("saved", body);
    }
    this.isDirty = true;
    if (status === 409) {
      this.isHeld = true;
      return this.told("conflict", body);
    }
    if (status >= 400 && status < 500 && status !== 429) return this.told("refused", body);
    this.timer = setTimeout(() => this.flush(), AGAIN_AFTER_MS);
    return this.told("failed", body);
  }

  /** After a conflict: go on from what the other one saved. */
  goOn(seen, isDirty) {
    Object.assign(this, { seen, isHeld: false, isDirty });
    if (isDirty) this.flush();
  }
}
