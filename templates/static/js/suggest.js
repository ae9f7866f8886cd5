// A list below a field that is typed into: arrows move, Enter chooses, Escape closes.
// `Suggestions` is shared by pickers, tags and mentions.

export class Suggestions {
  /** `list` is a <ul role="listbox" popover="manual">; `choose(line)` is told what was chosen. */
  constructor(list, input, choose) {
    Object.assign(this, { list, input, choose, at: -1 });
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const line = event.target.closest("[role=option]");
      if (line) this.take(line);
    });
  }

  get isOpen() {
    return this.list.matches(":popover-open");
  }

  get lines() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  open(spot = this.input.getBoundingClientRect(), width = spot.width) {
    if (!this.list.isConnected) return;
    if (!this.isOpen) this.list.showPopover();
    this.list.style.minWidth = `${Math.max(200, width)}px`;
    const isBelow = spot.bottom + this.list.offsetHeight + 8 < innerHeight || spot.top < this.list.offsetHeight;
    this.list.style.left = `${Math.max(8, Math.min(spot.left, innerWidth - this.list.offsetWidth - 8))}px`;
    this.list.style.top = `${isBelow ? spot.bottom + 4 : spot.top - this.list.offsetHeight - 4}px`;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(this.lines.length ? 0 : -1);
  }

  close() {
    if (this.isOpen) this.list.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.at = -1;
  }

  mark(at) {
    this.at = at;
    this.lines.forEach((line, i) => {
      line.id ||= `${this.list.id || "option"}_${i}_${Math.random().toString(36).slice(2, 7)}`;
      line.setAttribute("aria-selected", String(i === at));
      if (i !== at) return;
      this.input.setAttribute("aria-activedescendant", line.id);
      line.scrollIntoView({ block: "nearest" });
    });
  }

  take(line) {
    this.close();
    this.choose(line);
  }

  /** Whether the key was for the list. */
  press(event) {
    if (!this.isOpen) return false;
    const count = this.lines.length;
    if (event.key === "ArrowDown" && count) this.mark((this.at + 1) % count);
    else if (event.key === "ArrowUp" && count) this.mark((this.at - 1 + count) % count);
    else if ((event.key === "Enter" || event.key === "Tab") && this.at >= 0) this.take(this.lines[this.at]);
    else if (event.key === "Escape") this.close();
    else return false;
    if (event.key !== "Tab") {
      event.preventDefault();
      event.stopPropagation();
    }
    return true;
  }
}

/** One line of a list that is made here, not on the server. */
export function line(label, value, note = "") {
  const item = document.createElement("li");
  item.className = "option";
  item.setAttribute("role", "option");
  item.dataset.value = value;
  item.dataset.label = label;
  const words = document.createElement("span");
  words.textContent = label;
  item.append(words);
  if (note) item.append(Object.assign(document.createElement("small"), { textContent: note }));
  return item;
}

export function listbox(id, label) {
  const list = document.createElement("ul");
  list.className = "options";
  list.id = id;
  list.popover = "manual";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  return list;
}

/** `act` after typing has paused; an older answer never overwrites a newer one. */
export function pausing(act, wait = 160) {
  let timer;
  let turn = 0;
  return (...given) => {
    clearTimeout(timer);
    const mine = ++turn;
    timer = setTimeout(() => act(() => mine === turn, ...given), wait);
  };
}
