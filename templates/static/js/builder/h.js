// Elements in few words: h("button", { class: "btn", onclick: act }, icon("plus"), "Add").

const AS_PROPERTY = new Set(["value", "checked", "disabled", "hidden", "selected", "draggable", "tabIndex", "textContent"]);

export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) put(made, name, value);
  made.append(...children.flat(9).filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
  return made;
}

function put(made, name, value) {
  if (value === null || value === undefined) return;
  if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
  else if (name === "dataset") Object.assign(made.dataset, value);
  else if (AS_PROPERTY.has(name)) made[name] = value;
  else if (value !== false) made.setAttribute(name, value === true ? "" : value);
}

let count = 0;

/** An id that no element has. */
export const freshName = (stem) => `${stem}-${++count}`;

/** "{n} steps" with its places filled. */
export const filled = (text, values = {}) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
