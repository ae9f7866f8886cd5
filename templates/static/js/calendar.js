// Records on days: dragged to another day by pointer, or by keys: Space lifts, arrows move, Space
// drops, Escape puts back. <div class="calendar" data-on="due_at" data-base="/tasks/">
import Sortable from "sortablejs";
import { announce, word } from "./dom.js";

const dayOf = (entry) => entry.closest("[data-day]");

function save(calendar, entry, from) {
  const { day } = dayOf(entry).dataset;
  entry.classList.add("is-saving");
  const heard = (event) => {
    if (event.detail.elt !== entry) return;
    document.removeEventListener("htmx:afterRequest", heard);
    entry.classList.remove("is-saving");
    if (event.detail.successful) return;
    from.append(entry);
    announce(word("movedBack"));
  };
  document.addEventListener("htmx:afterRequest", heard);
  const url = `${calendar.dataset.base}${entry.dataset.entry}/day/`;
  window.htmx.ajax("POST", url, { source: entry, values: { day, on: calendar.dataset.on }, swap: "none" });
}

function keyboard(calendar) {
  let lifted = null;
  let from = null;
  const days = () => [...calendar.querySelectorAll("[data-day]")];
  const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 7, ArrowUp: -7 };

  const drop = (isKept) => {
    const entry = lifted;
    lifted = null;
    entry.classList.remove("is-lifted");
    if (!isKept) from.append(entry);
    entry.querySelector("a").focus();
    announce(dayOf(entry).dataset.name);
    if (isKept && entry.parentElement !== from) save(calendar, entry, from);
  };
  calendar.addEventListener("keydown", (event) => {
    const entry = event.target.closest("[data-entry]");
    if (!entry) return;
    if (event.key === " ") {
      if (lifted) drop(true);
      else {
        [lifted, from] = [entry, entry.parentElement];
        entry.classList.add("is-lifted");
        announce(`${entry.textContent.trim()}, ${dayOf(entry).dataset.name}`);
      }
    } else if (event.key === "Escape" && lifted) drop(false);
    else if (STEPS[event.key] && lifted) {
      const list = days();
      const day = list[list.indexOf(dayOf(lifted)) + STEPS[event.key]];
      if (!day) return;
      day.querySelector(".day-entries").append(lifted);
      lifted.querySelector("a").focus();
      announce(day.dataset.name);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

export function start(calendar) {
  for (const list of calendar.querySelectorAll(".day-entries")) {
    Sortable.create(list, {
      group: "days",
      draggable: "[data-entry]",
      sort: false,
      animation: 120,
      delay: 180,
      delayOnTouchOnly: true,
      forceFallback: true,
      fallbackTolerance: 4,
      fallbackOnBody: true,
      ghostClass: "is-slot",
      onEnd: ({ item, from, to }) => from !== to && save(calendar, item, from),
    });
  }
  keyboard(calendar);
  calendar.addEventListener("dragstart", (event) => event.preventDefault());
}
