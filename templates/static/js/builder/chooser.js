// One thing out of many, found by typing: steps, triggers, variables. A popover; on a phone a sheet.
import { icon, isPhone } from "../dom.js";
import { freshName, h } from "./h.js";

/**
 * `groups`: [{label, items: [{label, about, note, icon, value}]}]; `pick(value)` is told what was chosen.
 * Focus goes back to `anchor` when it closes, unless something was chosen.
 */
export function choose({ anchor, title, placeholder, empty, groups, pick }) {
  const name = freshName("chooser");
  const input = h("input", {
    class: "input", type: "search", placeholder, "aria-label": placeholder, role: "combobox", "aria-expanded": "true",
    "aria-controls": `${name}-list`, "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
  });
  const list = h("div", { class: "flow-choices", role: "listbox", id: `${name}-list`, "aria-label": title });
  const box = h("div", { class: "menu flow-chooser", popover: "auto", role: "dialog", "aria-label": title }, input, list);
  let at = 0;
  let isChosen = false;

  const lines = () => [...list.querySelectorAll("[role=option]")];
  const mark = (next) => {
    const all = lines();
    at = all.length ? (next + all.length) % all.length : -1;
    all.forEach((one, i) => one.setAttribute("aria-selected", String(i === at)));
    if (all[at]) {
      input.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };
  const take = (line) => {
    isChosen = true;
    box.hidePopover();
    pick(line.chosen);
  };
  const show = () => {
    const wanted = input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ label, about = "", note = "", hidden = "" }, group) => wanted.every((word) => `${label} ${about} ${note} ${hidden} ${group}`.toLowerCase().includes(word));
    const parts = groups.map(({ label, items }) => ({ label, items: items.filter((one) => fits(one, label)) })).filter(({ items }) => items.length);
    list.replaceChildren(...parts.map(({ label, items }, n) => section(name, n, label, items)));
    if (!parts.length) list.replaceChildren(h("p", { class: "mute flow-none" }, empty));
    mark(0);
  };

  input.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (steps[event.key]) mark(at + steps[event.key]);
    else if (event.key === "Home" && !input.value) mark(0);
    else if (event.key === "Enter") lines()[at] && take(lines()[at]);
    else if (event.key === "Tab") return box.hidePopover();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("click", (event) => {
    const line = event.target.closest("[role=option]");
    if (line) take(line);
  });
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    box.remove();
    if (!isChosen) anchor.focus?.({ preventScroll: true });
  });

  show();
  (anchor.closest("dialog") ?? document.body).append(box);
  box.showPopover();
  place(anchor, box);
  input.focus({ preventScroll: true });
}

function section(name, n, label, items) {
  const id = `${name}-${n}`;
  const head = label ? h("div", { class: "menu-label", id, role: "presentation" }, label) : null;
  const lines = items.map((one, i) => {
    const line = h("div", { class: "option", role: "option", id: `${id}-${i}` },
      one.icon && h("span", { class: "flow-icon" }, icon(one.icon)),
      h("span", { class: "flow-text" }, h("b", null, one.label), one.about && h("small", null, one.about)),
      one.note && h("code", { class: "flow-token" }, one.note),
    );
    line.chosen = one.value;
    return line;
  });
  return h("div", { role: "group", "aria-labelledby": label ? id : null }, head, lines);
}

export function place(anchor, box) {
  if (isPhone()) return;
  const spot = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const isBelow = spot.bottom + height + 8 < innerHeight || spot.top < height + 8;
  box.style.left = `${Math.max(8, Math.min(spot.left + spot.width / 2 - width / 2, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, isBelow ? Math.min(spot.bottom + 6, innerHeight - height - 8) : spot.top - height - 6)}px`;
}
