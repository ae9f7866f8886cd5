// Long work that this tab has started: a line at the corner tells how far it is, on every page.
// When it is over, a list that nobody is busy with comes anew.
// From the server: HX-Trigger: {"job:started": {"id"}}, {"job:over": {"id"}}.
import { each, isTyping, request } from "./dom.js";

const PLACE = "jobs";

function ids() {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE) ?? "[]");
  } catch {
    return [];
  }
}

function keep(list) {
  sessionStorage.setItem(PLACE, JSON.stringify(list));
}

function show(id) {
  const host = document.getElementById("job-pulses");
  if (!host || document.getElementById(`pulse-${id}`)) return;
  const line = document.createElement("div");
  line.id = `pulse-${id}`;
  host.append(line);
  request("GET", `/jobs/${encodeURIComponent(id)}/pulse/`, { target: line, swap: "outerHTML" });
}

/** Whether somebody is in the middle of something that a fresh list would take away. */
const isBusy = () =>
  isTyping(document.activeElement) ||
  !!document.querySelector(
    ".is-dragging, dialog[open], .menu:popover-open, #listing :is(.is-editing, .is-lifted, [data-pick]:checked)",
  );

document.addEventListener("job:started", (event) => {
  const { id } = event.detail;
  keep([...new Set([...ids(), id])]);
  show(id);
});
document.addEventListener("job:over", (event) => {
  const { id } = event.detail;
  keep(ids().filter((one) => one !== id));
  // Later: the answer that told this has more to tell, like its toast, and tells it through this very line.
  setTimeout(() => document.getElementById(`pulse-${id}`)?.remove());
  if (!isBusy()) document.dispatchEvent(new Event("listing:refresh"));
});
each("#job-pulses", () => ids().forEach(show));
