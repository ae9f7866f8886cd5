// Inputs for the settings of steps, by the kind that the catalogue declares. Each is made by
// control(ctx, param, value, put): `put(value)` takes what was given; undefined takes the setting away.
import { icon } from "../dom.js";
import { conditions } from "./conditions.js";
import { freshName, h } from "./h.js";
import { putAtCursor, variableButton } from "./variables.js";
import { isEmpty, shown } from "./words.js";

const TEXTS = new Set(["text", "long_text", "url", "number", "date", "json"]);
const isVariable = (value) => typeof value === "string" && value.includes("{{");

/** A field with its label, hint, control and place for what is wrong. `at` is its place within the step. */
export function field(ctx, param, at, value, put) {
  const id = freshName("setting");
  const made = control({ ...ctx, inputId: id, at }, param, value, put);
  const isGroup = made.matches("[data-group]");
  const label = [param.label, param.is_required && h("span", { class: "req", "aria-hidden": "true" }, "*")];
  return h("div", { class: "field", dataset: { at } },
    isGroup ? h("span", { class: "field-label", id: `${id}-label` }, label) : h("label", { class: "field-label", for: id }, label),
    made,
    param.hint && h("p", { class: "field-help" }, param.hint),
    h("p", { class: "field-error", dataset: { fault: at }, hidden: true }),
  );
}

export function control(ctx, param, value, put) {
  const make = MAKERS[param.kind] ?? text;
  if (TEXTS.has(param.kind) || ["filter", "values", "value", "duration", "boolean", "tags"].includes(param.kind)) return make(ctx, param, value, put);
  return withVariable(ctx, param, value, put, make);
}

/** A choice, or a variable in its place. */
function withVariable(ctx, param, value, put, make) {
  if (param.allows_variables === false) return make(ctx, param, value, put);
  const { ed } = ctx;
  const box = h("div", { class: "flow-either" });
  const draw = (now, isNew) => {
    const again = (next) => {
      put(next);
      draw(next, true);
    };
    const inner = isVariable(now)
      ? h("span", { class: "flow-chip", id: ctx.inputId, tabIndex: -1 }, icon("variable"), h("span", { class: "clip", title: now }, shown(ed, now)),
        h("button", { type: "button", "aria-label": `${ed.words.remove}: ${param.label}`, onclick: () => again(undefined) }, icon("x")))
      : make(ctx, param, now, put);
    box.toggleAttribute("data-group", inner.matches("[data-group]"));
    box.replaceChildren(inner, variableButton(ed, ctx.id, { label: param.label, put: again }));
    if (isNew) box.querySelector("button, select, input")?.focus();
  };
  draw(value, false);
  return box;
}

// Texts

function text(ctx, param, value, put) {
  const { ed } = ctx;
  const isLong = param.kind === "long_text" || param.kind === "json";
  const given = typeof value === "object" && value !== null ? JSON.stringify(value, null, 2) : String(value ?? "");
  const input = h(isLong ? "textarea" : "input", {
    class: "input", id: ctx.inputId, value: given, rows: isLong ? 4 : null, type: isLong ? null : "text",
    inputmode: param.kind === "number" ? "decimal" : null, spellcheck: isLong && param.kind !== "json" ? null : "false",
    "aria-required": param.is_required ? "true" : null, placeholder: param.placeholder ?? null,
    oninput: () => put(PARSERS[param.kind]?.(input.value) ?? (input.value || undefined)),
  });
  if (param.allows_variables === false) return input;
  const button = variableButton(ed, ctx.id, { label: param.label, put: (words) => putAtCursor(input, words), secrets: ctx.secrets });
  return h("div", { class: `flow-either${isLong ? " long" : ""}` }, input, button);
}

const PARSERS = {
  number: (raw) => (raw.trim() && Number.isFinite(Number(raw)) ? Number(raw) : undefined),
  json: (raw) => {
    try {
      return JSON.parse(raw);
    } catch {
      return undefined;
    }
  },
};

// Choices

function select(ctx, param, value, put, choices) {
  const known = choices.some(([id]) => id === value);
  const first = param.is_required && !isEmpty(param.default) ? [] : [["", param.is_required ? ctx.ed.words.choose : ctx.ed.words.none_chosen]];
  const options = [...first, ...choices, ...(known || isEmpty(value) ? [] : [[value, String(value)]])];
  const made = h("select", { class: "input", id: ctx.inputId, onchange: () => put(made.value || undefined) },
    options.map(([id, label]) => h("option", { value: id, selected: id === (value ?? "") }, label)));
  return made;
}

const choice = (ctx, param, value, put) => select(ctx, param, isEmpty(value) ? undefined : String(value), put, param.choices);

/** Ticks for many; more than eight can be found by typing. */
function ticks(ctx, param, value, put, choices) {
  const chosen = new Set(Array.isArray(value) ? value : []);
  const list = h("div", { class: "ask-options" }, choices.map(([id, label]) =>
    h("label", { class: "ask-choice", "data-find-item": true },
      h("input", { type: "checkbox", class: "tick", checked: chosen.has(id), onchange: (event) => {
        if (event.target.checked) chosen.add(id);
        else chosen.delete(id);
        put([...chosen]);
      } }), h("span", { class: "clip" }, label))));
  const find = choices.length > 8 && h("input", { class: "input", type: "search", placeholder: ctx.ed.words.find, "aria-label": ctx.ed.words.find, oninput: (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const line of list.children) line.hidden = !line.textContent.toLowerCase().includes(wanted);
  } });
  return h("div", { class: "ask-choices", role: "group", "aria-labelledby": `${ctx.inputId}-label`, "data-group": true }, find, list);
}

function boolean(ctx, param, value, put) {
  return h("span", { class: "line" }, h("input", { type: "checkbox", class: "tick", id: ctx.inputId, checked: Boolean(value ?? param.default), onchange: (event) => put(event.target.checked) }));
}

export function durationInputs(ctx, param, value, put) {
  const now = { ...value };
  const set = (name, raw) => {
    if (raw) now[name] = raw;
    else delete now[name];
    put(Object.keys(now).length ? { ...now } : undefined);
  };
  const part = (name) => h("label", { class: "flow-amount" },
    h("input", { class: "input num", type: "number", min: "0", step: "1", value: String(now[name] ?? ""), oninput: (event) => set(name, Math.max(0, Math.trunc(Number(event.target.value))) || 0) }),
    h("span", { class: "mute small" }, ctx.ed.words[name]));
  const working = h("label", { class: "line flow-working" }, h("input", { type: "checkbox", class: "tick", checked: Boolean(now.working), onchange: (event) => set("working", event.target.checked) }), ctx.ed.words.working);
  return h("div", { class: "flow-duration", role: "group", "aria-labelledby": `${ctx.inputId}-label`, "data-group": true }, part("days"), part("hours"), part("minutes"), working);
}

function tags(ctx, param, value, put) {
  const given = Array.isArray(value) ? value : [];
  const parse = (raw) => raw.split(",").map((one) => one.trim()).filter(Boolean);
  const box = text(ctx, { ...param, kind: "text", placeholder: ctx.ed.words.with_commas }, given.join(", "), (raw) => put(raw ? parse(raw) : undefined));
  const input = box.querySelector("input") ?? box;
  const offers = ctx.ed.parts.tags.slice(0, 10).map((name) => h("button", { type: "button", class: "btn small ghost", onclick: () => {
    input.value = [...new Set([...parse(input.value), name])].join(", ");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  } }, name));
  return h("div", { class: "stack small-gap" }, box, offers.length ? h("div", { class: "flow-offers" }, offers) : null);
}

// Records and their fields

function record(ctx, param, value, put) {
  const type = ctx.typeOf(param);
  return picker(ctx, param, value, put, type ? `/${type}/options/` : "");
}

/** The house's picker of records: found by typing. */
function picker(ctx, param, value, put, url) {
  const { ed } = ctx;
  if (!url) return text(ctx, param, value, put);
  const hidden = h("input", { type: "hidden", value: value ?? "", oninput: () => {
    const name = hidden.parentElement.querySelector("[role=combobox]").value;
    if (hidden.value) ed.knownNames.set(hidden.value, name);
    put(hidden.value || undefined);
  } });
  const list = `${ctx.inputId}_list`;
  const input = h("input", { type: "text", id: ctx.inputId, role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list", "aria-controls": list, autocomplete: "off", spellcheck: "false", value: ed.knownNames.get(value) ?? "", placeholder: ed.words.type_to_find });
  const made = h("div", { class: "picker", dataset: { picker: url } }, hidden,
    h("div", { class: "input group" }, input, h("button", { type: "button", "data-clear": true, "aria-label": ed.words.clear, hidden: !value }, icon("x"))),
    h("ul", { class: "options", id: list, role: "listbox", "aria-label": param.label, popover: "manual", "data-new": "{name}" }));
  requestAnimationFrame(() => document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: made } })));
  return made;
}

/** Fields of the type; with `writable` only those that may be written. */
const fieldChoices = (ctx, param, writable = false) =>
  Object.entries(ctx.ed.parts.types[ctx.typeOf(param)]?.fields ?? {}).filter(([, one]) => !writable || one.writable).map(([name, one]) => [name, one.label]);

const fieldSelect = (ctx, param, value, put) => select(ctx, param, value, put, fieldChoices(ctx, param));

/** A value for one field, as that field wants it. */
export function valueOf(ctx, param, found, value, put) {
  if (!found) return text(ctx, param, value, put);
  const as = (kind, more = {}) => control(ctx, { ...param, allows_variables: true, kind, ...more }, value, put);
  if (found.target === "user") return as("user");
  if (found.target) return withVariable(ctx, param, value, put, (...given) => picker(...given, found.url));
  if (found.kind === "boolean") return as("choice", { choices: [["true", ctx.ed.words.yes], ["false", ctx.ed.words.no]] });
  if (found.choices?.length) return as(found.many ? "choices" : "choice", { choices: found.choices });
  if (found.kind === "tags") return as("tags");
  return as(found.kind === "long_text" || found.kind === "rich_text" ? "long_text" : "text");
}

function value(ctx, param, given, put) {
  return valueOf(ctx, param, ctx.ed.fieldsOf(param, ctx.values())[ctx.values().field], given, put);
}

/** Fields with a value for each. */
function values(ctx, param, given, put) {
  const { ed } = ctx;
  const now = { ...given };
  const box = h("div", { class: "flow-values", role: "group", "aria-labelledby": `${ctx.inputId}-label`, "data-group": true });
  const draw = (focus = "") => {
    const fields = ed.parts.types[ctx.typeOf(param)]?.fields ?? {};
    const rows = Object.entries(now).map(([name, one]) => {
      const inputId = freshName("value");
      const label = fields[name]?.label ?? name;
      const made = valueOf({ ...ctx, inputId }, { label, name }, fields[name], one, (next) => {
        now[name] = next ?? "";
        put({ ...now });
      });
      return h("div", { class: "flow-value", dataset: { at: `${ctx.at}.${name}`, name } },
        h("label", { class: "small", for: inputId, id: `${inputId}-label` }, label), made,
        h("button", { type: "button", class: "btn ghost square small", "aria-label": `${ed.words.remove}: ${label}`, onclick: () => {
          delete now[name];
          put(Object.keys(now).length ? { ...now } : undefined);
          draw("+");
        } }, icon("trash")),
        h("p", { class: "field-error", dataset: { fault: `${ctx.at}.${name}` }, hidden: true }));
    });
    const left = fieldChoices(ctx, param, true).filter(([name]) => !(name in now));
    const add = h("select", { class: "input", "aria-label": ed.words.add_field, onchange: () => {
      if (!add.value) return;
      const name = add.value;
      now[name] = "";
      put({ ...now });
      draw(name);
    } }, [["", `+ ${ed.words.add_field}`], ...left].map(([id, label]) => h("option", { value: id }, label)));
    box.replaceChildren(...rows, ...(left.length ? [add] : []));
    if (focus) (box.querySelector(`[data-name="${CSS.escape(focus)}"] :is(input:not([type=hidden]), select, textarea)`) ?? add).focus();
  };
  draw();
  return box;
}

const filter = (ctx, param, value, put) => conditions(ctx, ctx.typeOf(param), value, put, param.label);

const MAKERS = {
  text, long_text: text, url: text, number: text, date: text, json: text, choice, boolean, tags, record, value, values, filter,
  field: fieldSelect,
  duration: durationInputs,
  choices: (ctx, param, given, put) => ticks(ctx, param, given, put, param.choices),
  record_type: (ctx, param, given, put) => select(ctx, param, given, put, Object.entries(ctx.ed.parts.types).map(([name, one]) => [name, one.label])),
  user: (ctx, param, given, put) => select(ctx, param, given, put, ctx.ed.parts.users),
  users: (ctx, param, given, put) => ticks(ctx, param, given, put, ctx.ed.parts.users),
  team: (ctx, param, given, put) => select(ctx, param, given, put, ctx.ed.parts.teams),
  secret: (ctx, param, given, put) => select(ctx, param, given, put, ctx.ed.parts.secrets.map((name) => [name, name])),
};
