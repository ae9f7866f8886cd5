// A workflow's definition as plain JSON, and what edits make of it. Nothing here touches the page: each edit takes a
// definition and gives a new one. A place is {in, lane, at}: the step around ("" for the outermost), the name of its
// lane ("steps", "otherwise", or a branch's id), and the index.

export const LANES = { branch: ["otherwise"], switch: ["otherwise"], wait: ["met", "timed_out"], loop: ["steps"] };
export const LISTS = { branch: "branches", switch: "cases" };
const LONGEST_ID = 40;

const copyOf = (value) => JSON.parse(JSON.stringify(value));

/** The lanes in a step: [{lane, path, one, steps}]; `one` is the branch or case, null for lanes with a fixed name. */
export function lanesOf(step) {
  const listed = LISTS[step.kind];
  const named = (step[listed] ?? []).map((one, i) => ({
    lane: one.id,
    path: `${listed}[${i}].steps`,
    one,
    steps: one.steps ?? [],
  }));
  const fixed = (LANES[step.kind] ?? []).map((lane) => ({ lane, path: lane, one: null, steps: step[lane] ?? [] }));
  return [...named, ...fixed];
}

/** Every step in the order of reading: {step, path, place, around} with `around` the steps it stands in. */
export function* walk(steps, path = "steps", place = { in: "", lane: "steps" }, around = []) {
  for (const [at, step] of steps.entries()) {
    const here = `${path}[${at}]`;
    yield { step, path: here, place: { ...place, at }, around };
    for (const lane of lanesOf(step)) {
      yield* walk(lane.steps, `${here}.${lane.path}`, { in: step.id, lane: lane.lane }, [...around, step]);
    }
  }
}

export function find(definition, id) {
  for (const found of walk(definition.steps)) if (found.step.id === id) return found;
  return null;
}

export const stepsOf = (definition) => [...walk(definition.steps)].map((found) => found.step);

/** The list of steps at a place of a definition, made where it is not there yet. */
function listAt(definition, place) {
  if (!place.in) return definition.steps;
  const step = find(definition, place.in)?.step;
  if (!step) return null;
  const one = (step[LISTS[step.kind]] ?? []).find((branch) => branch.id === place.lane);
  if (one) return (one.steps ??= []);
  return LANES[step.kind]?.includes(place.lane) ? (step[place.lane] ??= []) : null;
}

export function insert(definition, place, steps) {
  const made = copyOf(definition);
  listAt(made, place)?.splice(place.at, 0, ...copyOf(steps));
  return made;
}

export function remove(definition, id) {
  const made = copyOf(definition);
  const found = find(made, id);
  if (found) listAt(made, found.place).splice(found.place.at, 1);
  return made;
}

/** A step as `change` leaves it; `change` gets a copy and may write into it. */
export function changed(definition, id, change) {
  const made = copyOf(definition);
  const found = find(made, id);
  if (found) change(found.step);
  return made;
}

/** The same for the trigger and the settings. */
export function changedPart(definition, name, change) {
  const made = copyOf(definition);
  change((made[name] ??= {}));
  return made;
}

const holds = (step, id) => step.id === id || [...walk([step])].some((found) => found.step.id === id);

/** To another place; the definition itself where that is inside the step. `place` is as things stand before. */
export function move(definition, id, place) {
  const found = find(definition, id);
  if (!found || (place.in && holds(found.step, place.in))) return definition;
  const isSameLane = found.place.in === place.in && found.place.lane === place.lane;
  if (isSameLane && (place.at === found.place.at || place.at === found.place.at + 1)) return definition;
  const at = isSameLane && place.at > found.place.at ? place.at - 1 : place.at;
  return insert(remove(definition, id), { ...place, at }, [found.step]);
}

/** One step up, down, or to the lane beside ("left", "right"). At the end of a lane it steps out of it. */
export function nudge(definition, id, way) {
  const found = find(definition, id);
  if (!found) return definition;
  const { place, around } = found;
  if (way === "left" || way === "right") return aside(definition, found, way === "right" ? 1 : -1);
  const outer = around.length ? find(definition, around.at(-1).id).place : null;
  if (way === "up") {
    if (place.at > 0) return move(definition, id, { ...place, at: place.at - 1 });
    return outer ? move(definition, id, outer) : definition;
  }
  const count = countAt(definition, place);
  if (place.at < count - 1) return move(definition, id, { ...place, at: place.at + 2 });
  return outer ? move(definition, id, { ...outer, at: outer.at + 1 }) : definition;
}

function countAt(definition, place) {
  const around = place.in ? find(definition, place.in).step : null;
  return around ? lanesOf(around).find((one) => one.lane === place.lane).steps.length : definition.steps.length;
}

function aside(definition, { step, place, around }, by) {
  if (!around.length) return definition;
  const lanes = lanesOf(around.at(-1));
  const other = lanes[lanes.findIndex((one) => one.lane === place.lane) + by];
  if (!other) return definition;
  return move(definition, step.id, { in: place.in, lane: other.lane, at: Math.min(place.at, other.steps.length) });
}

// Ids

/** Every id in use: of steps, branches and cases. */
export function idsIn(steps) {
  const ids = new Set();
  for (const { step } of walk(steps)) {
    ids.add(step.id);
    for (const one of step[LISTS[step.kind]] ?? []) ids.add(one.id);
  }
  return ids;
}

export function freshId(stem, used) {
  const clean = stem.toLowerCase().replace(/[^a-z0-9_-]+/g, "_").replace(/^[_-]+/, "").slice(0, LONGEST_ID - 5) || "step";
  if (!used.has(clean)) return clean;
  let n = 2;
  while (used.has(`${clean}_${n}`)) n++;
  return `${clean}_${n}`;
}

/** Copies of steps with ids that are free; what they say of each other goes on meaning each other. */
export function renewed(steps, used) {
  const taken = new Set(used);
  const names = new Map();
  for (const id of idsIn(steps)) {
    const fresh = freshId(id.replace(/_\d+$/, ""), taken);
    taken.add(fresh);
    names.set(id, fresh);
  }
  const renamed = (text) => text.replace(/\bsteps\.([a-z0-9_-]+)/g, (all, id) => (names.has(id) ? `steps.${names.get(id)}` : all));
  const visit = (value, key) => {
    if (typeof value === "string") return key === "id" && names.has(value) ? names.get(value) : renamed(value);
    if (Array.isArray(value)) return value.map((one) => visit(one));
    if (value && typeof value === "object") {
      const isOurs = typeof value.id === "string" && names.has(value.id) && (value.kind || Array.isArray(value.steps));
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, visit(one, isOurs ? name : "")]));
    }
    return value;
  };
  return visit(steps);
}

// New steps

/** A step of a kind, ready to be filled in. `names` are the words for its first branches. */
export function newStep(kind, used, { action = "", params = {}, names = ["", ""] } = {}) {
  const taken = new Set(used);
  const id = (stem) => {
    const fresh = freshId(stem, taken);
    taken.add(fresh);
    return fresh;
  };
  const step = { id: id(action || kind), kind };
  const more = {
    action: () => ({ action, params: copyOf(params) }),
    branch: () => ({ branches: [{ id: id("way"), name: names[0], filter: {}, steps: [] }], otherwise: [] }),
    switch: () => ({ value: "", cases: [{ id: id("case"), name: "", equals: [""], steps: [] }], otherwise: [] }),
    filter: () => ({ filter: {} }),
    delay: () => ({ for: { days: 1 } }),
    wait: () => ({ events: [], timeout: { days: 7 }, met: [], timed_out: [] }),
    loop: () => ({ over: "", steps: [] }),
    goal: () => ({ filter: {} }),
    stop: () => ({}),
  };
  return { ...step, ...more[kind]() };
}

export function newBranch(step, used) {
  const isSwitch = step.kind === "switch";
  const made = { id: freshId(isSwitch ? "case" : "way", used), name: "", steps: [] };
  return isSwitch ? { ...made, equals: [""] } : { ...made, filter: {} };
}

// Faults by their place

/** The id of the step, or "trigger" or "settings", that a place like `steps[2].branches[0].steps[1].params.to` is in. */
export function ownerOf(definition, path) {
  for (const part of ["trigger", "settings"]) if (path === part || path.startsWith(`${part}.`)) return { id: part, rest: path.slice(part.length + 1) };
  let owner = null;
  for (const { step, path: at } of walk(definition.steps)) {
    if (path === at || path.startsWith(`${at}.`)) owner = { id: step.id, rest: path.slice(at.length + 1) };
  }
  return owner ?? { id: "", rest: path };
}

/** Before a step in the order of reading: what it can take outputs from. */
export function before(definition, id) {
  const found = [];
  for (const { step } of walk(definition.steps)) {
    if (step.id === id) return found;
    found.push(step);
  }
  return found;
}
