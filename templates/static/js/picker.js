// [data-picker="/contacts/options/account/"]: another record, found by typing; [data-create] makes a new one.
import { announce, csrf, each, icon } from "./dom.js";
import { hold } from "./held.js";
import { Suggestions, line, listbox, pausing } from "./suggest.js";
import { toast } from "./toasts.js";

each("[data-picker]", (box) => {
  const [hidden, input] = [box.querySelector("input[type=hidden]"), box.querySelector("[role=combobox]")];
  const [list, clear] = [box.querySelector("[role=listbox]"), box.querySelector("[data-clear]")];
  let shown = input.value;
  const choices = new Suggestions(list, input, (item) => {
    if (item.dataset.create) hold(box.closest("form"), create(item.dataset.create));
    else set(item.dataset.value, item.dataset.label);
  });

  function set(value, label) {
    hidden.value = value;
    shown = input.value = label;
    clear.hidden = !value;
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
    hidden.dispatchEvent(new Event("input", { bubbles: true }));
    if (label) announce(label);
  }

  const find = pausing(async (isNewest, text) => {
    const answer = await fetch(`${box.dataset.picker}?q=${encodeURIComponent(text)}`, {
      headers: { "HX-Request": "true" },
    }).catch(() => null);
    if (!answer?.ok || !isNewest() || document.activeElement !== input) return;
    list.innerHTML = await answer.text();
    if (box.dataset.create && text) list.append(newLine(text));
    choices.open(input.parentElement.getBoundingClientRect());
  });

  function newLine(text) {
    const item = line(list.dataset.new.replace("{name}", text), "");
    item.dataset.create = text;
    item.classList.add("is-new");
    item.prepend(icon("plus"));
    return item;
  }

  async function create(name) {
    const before = shown;
    shown = name;
    const answer = await fetch(box.dataset.create, {
      method: "POST",
      body: new URLSearchParams({ name }),
      headers: { "X-CSRFToken": csrf() },
    }).catch(() => null);
    const told = await answer?.json().catch(() => null);
    if (answer?.ok) set(told.id, told.name);
    else {
      shown = input.value = before;
      toast({ text: told?.error ?? "", tone: "bad" });
    }
    return Boolean(answer?.ok);
  }

  input.addEventListener("input", () => find(input.value.trim()));
  input.addEventListener("focus", () => input.select());
  input.addEventListener("click", () => choices.isOpen || find(input.value === shown ? "" : input.value.trim()));
  input.addEventListener("keydown", (event) => {
    if (choices.press(event)) return;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      find(input.value === shown ? "" : input.value.trim());
    }
  });
  // Half a name is no choice: what was chosen before comes back, an emptied field is empty.
  input.addEventListener("blur", () => {
    choices.close();
    if (!input.value.trim() && hidden.value) set("", "");
    else input.value = shown;
  });
  clear.addEventListener("click", () => {
    set("", "");
    input.focus();
  });
});

// .tag-input[data-suggest]: known tags while one is typed; others are made on the way where that is allowed.
each(".tag-input[data-suggest] > input[type=text]", (input) => {
  const box = input.parentElement;
  const list = listbox(`${input.id}_tags`, input.placeholder);
  box.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  const choices = new Suggestions(list, input, (item) => {
    input.value = item.dataset.value;
    input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    input.focus();
  });
  const find = pausing(async (isNewest) => {
    const text = input.value.trim();
    if (!text && box.querySelector(".tag")) return choices.close(); // enough is chosen to want to save
    const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(text)}`).catch(() => null);
    if (!answer?.ok || !isNewest() || document.activeElement !== input) return;
    const { items, may_create: mayCreate } = await answer.json();
    const chosen = new Set([...box.querySelectorAll(`input[name="${CSS.escape(box.dataset.name)}"]`)].map((one) => one.value));
    const lines = items.filter((one) => !chosen.has(one.name)).map((one) => line(one.name, one.name));
    const isKnown = items.some((one) => one.name.toLowerCase() === text.toLowerCase());
    if (text && !isKnown && mayCreate) lines.push(line(`+ ${text}`, text));
    list.replaceChildren(...lines);
    if (lines.length) choices.open(box.getBoundingClientRect());
    else choices.close();
  });
  input.addEventListener("input", find);
  input.addEventListener("focus", find);
  input.addEventListener("blur", () => choices.close());
  input.addEventListener("keydown", (event) => choices.press(event) && event.stopImmediatePropagation(), true);
});
