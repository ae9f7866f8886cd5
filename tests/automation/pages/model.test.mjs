// The pure part of the builder: edits of definitions, undo, saving. Run by test_scripts.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "../../../templates/static/js/builder/history.js";
import * as model from "../../../templates/static/js/builder/model.js";

const action = (id, more = {}) => ({ id, kind: "action", action: "add_tag", params: {}, ...more });
const branch = () => ({
  id: "if", kind: "branch", otherwise: [action("no")],
  branches: [{ id: "yes", name: "Yes", filter: {}, steps: [action("a"), action("b")] }, { id: "maybe", filter: {}, steps: [] }],
});
const made = () => ({ trigger: { kind: "manual" }, steps: [action("first"), branch(), action("last")] });
const ids = (definition) => [...model.walk(definition.steps)].map(({ step }) => step.id);

test("steps are walked in the order of reading, each with its place", () => {
  const found = [...model.walk(made().steps)];

  assert.deepEqual(found.map(({ path }) => path), ["steps[0]", "steps[1]", "steps[1].branches[0].steps[0]", "steps[1].branches[0].steps[1]", "steps[1].otherwise[0]", "steps[2]"]);
  assert.deepEqual(found[3].place, { in: "if", lane: "yes", at: 1 });
  assert.deepEqual(found[3].around.map((step) => step.id), ["if"]);
});

test("an edit leaves what it was made from alone", () => {
  const before = made();
  const after = model.insert(before, { in: "if", lane: "maybe", at: 0 }, [action("new")]);

  assert.deepEqual(before, made());
  assert.deepEqual(ids(after), ["first", "if", "a", "b", "new", "no", "last"]);
  assert.deepEqual(ids(model.remove(after, "if")), ["first", "last"]);
});

test("a step moves to another place, but never into itself", () => {
  assert.deepEqual(ids(model.move(made(), "last", { in: "", lane: "steps", at: 0 })), ["last", "first", "if", "a", "b", "no"]);
  assert.deepEqual(ids(model.move(made(), "first", { in: "", lane: "steps", at: 2 })), ["if", "a", "b", "no", "first", "last"]);
  const before = made();
  assert.equal(model.move(before, "if", { in: "if", lane: "yes", at: 0 }), before);
  assert.equal(model.move(before, "first", { in: "", lane: "steps", at: 1 }), before);
});

test("a nudge goes along the lane, out of it, and to the lane beside", () => {
  assert.deepEqual(ids(model.nudge(made(), "b", "up")), ["first", "if", "b", "a", "no", "last"]);
  assert.deepEqual(ids(model.nudge(made(), "a", "up")), ["first", "a", "if", "b", "no", "last"]);
  assert.deepEqual(ids(model.nudge(made(), "b", "down")), ["first", "if", "a", "no", "b", "last"]);
  const aside = model.nudge(made(), "a", "right");
  assert.deepEqual(aside.steps[1].branches[1].steps.map((step) => step.id), ["a"]);
  const before = made();
  assert.equal(model.nudge(before, "first", "up"), before);
  assert.equal(model.nudge(before, "last", "left"), before);
  assert.equal(model.nudge(before, "no", "right"), before);
});

test("a copy has ids of its own, and still means itself", () => {
  const steps = [branch(), action("after", { params: { text: "{{steps.a.name}} {{steps.other.name}}", id: "a" } })];
  const copy = model.renewed(steps, model.idsIn(made().steps));

  const all = model.idsIn(copy);
  assert.equal([...all].some((id) => model.idsIn(made().steps).has(id)), false);
  assert.equal(copy[1].params.text, "{{steps.a_2.name}} {{steps.other.name}}");
  assert.equal(copy[1].params.id, "a");
});

test("ids are free and of the right shape", () => {
  assert.equal(model.freshId("Send mail!", new Set()), "send_mail_");
  assert.equal(model.freshId("wait", new Set(["wait", "wait_2"])), "wait_3");
  assert.match(model.freshId("x".repeat(90), new Set()), /^[a-z0-9][a-z0-9_-]{0,39}$/);
  assert.equal(model.freshId("***", new Set()), "step");
});

test("a fault belongs to the innermost step that its place names", () => {
  const at = (path) => model.ownerOf(made(), path);

  assert.deepEqual(at("steps[1].branches[0].steps[1].params.to"), { id: "b", rest: "params.to" });
  assert.deepEqual(at("steps[1].branches[1].filter.all[0].value"), { id: "if", rest: "branches[1].filter.all[0].value" });
  assert.deepEqual(at("trigger.params.field"), { id: "trigger", rest: "params.field" });
  assert.deepEqual(at("settings.window"), { id: "settings", rest: "window" });
  assert.deepEqual(at("steps"), { id: "", rest: "steps" });
});

test("every new step has what its kind asks for, under ids that are free", () => {
  for (const kind of ["branch", "switch", "filter", "delay", "wait", "loop", "goal", "stop"]) {
    const step = model.newStep(kind, new Set([kind, "way", "case"]));
    assert.equal(step.id, `${kind}_2`);
    assert.equal(model.idsIn([step]).has("way"), false);
  }
  assert.deepEqual(model.newStep("action", new Set(), { action: "add_tag", params: { tags: ["x"] } }), { id: "add_tag", kind: "action", action: "add_tag", params: { tags: ["x"] } });
});

test("only earlier steps are before a step", () => {
  assert.deepEqual(model.before(made(), "no").map((step) => step.id), ["first", "if", "a", "b"]);
});

test("typing in one field is one step back", () => {
  let now = 0;
  const history = new History("", () => now);
  for (const text of ["h", "he", "hey"]) history.put(text, "name");
  now += 5_000;
  history.put("hey you", "name");

  history.undo();
  assert.equal(history.now, "hey");
  history.undo();
  assert.equal(history.now, "");
  assert.equal(history.undo(), false);
  history.redo();
  history.redo();
  assert.equal(history.now, "hey you");
  history.undo();
  history.put("other");
  assert.equal(history.canRedo, false);
});

test("the server's saver sends again what changed meanwhile, and holds after a conflict", async () => {
  globalThis.document = { getElementById: () => null };
  const { Saver } = await import("../../../templates/static/js/builder/server.js");
  const sent = [];
  const answers = [{ ok: true, status: 200, body: { seen: "2" } }, { ok: true, status: 200, body: { seen: "3" } }, { ok: false, status: 409, body: { seen: "9" } }, { ok: true, status: 200, body: { seen: "10" } }];
  let text = "a";
  globalThis.fetch = async (_url, { body }) => {
    sent.push(JSON.parse(body));
    if (sent.length === 1) {
      text = "b";
      saver.isDirty = true;
    }
    const { ok, status, body: told } = answers.shift();
    return { ok, status, json: async () => told };
  };
  const states = [];
  const saver = new Saver("/draft/", "1", () => text, (state) => states.push(state));
  saver.isDirty = true;

  assert.equal(await saver.flush(), true);
  assert.deepEqual(sent, [{ definition: "a", seen: "1" }, { definition: "b", seen: "2" }]);
  saver.isDirty = true;
  assert.equal(await saver.flush(), false);
  assert.equal(await saver.flush(), false); // held: nothing is written over
  assert.equal(sent.length, 3);
  saver.goOn("9", true);
  await saver.underway;
  assert.equal(sent[3].seen, "9");
  assert.deepEqual(states, ["saving", "saved", "saving", "saved", "saving", "conflict", "saving", "saved"]);
});
