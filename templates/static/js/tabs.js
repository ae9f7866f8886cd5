// Tabs within a page: [data-tabs] holds buttons role="tab" with aria-controls; arrows move.
import { each, on } from "./dom.js";

function choose(tab) {
  for (const other of tab.closest("[role=tablist]").querySelectorAll("[role=tab]")) {
    const isChosen = other === tab;
    other.setAttribute("aria-selected", String(isChosen));
    other.tabIndex = isChosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    if (panel) panel.hidden = !isChosen;
  }
}

on("click", "[role=tablist] [role=tab]", choose);
on("keydown", "[role=tablist] [role=tab]", (tab, event) => {
  const list = [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = list[(list.indexOf(tab) + step + list.length) % list.length];
  choose(next);
  next.focus();
});

// On a phone they lie in one row that can be pushed: the open one is brought into sight.
each(".settings-tabs [aria-current], nav.tabs [aria-current]", (tab) => {
  const row = tab.parentElement;
  if (row.scrollWidth <= row.clientWidth) return;
  const middle = tab.getBoundingClientRect().left + tab.offsetWidth / 2;
  row.scrollLeft += middle - row.getBoundingClientRect().left - row.clientWidth / 2;
});
