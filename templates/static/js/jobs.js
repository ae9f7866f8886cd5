// Long work that this tab has started: a line at the corner tells how far it is, on every page.
// From the server: HX-Trigger: {"job:started": {"id"}}, {"job:over": {"id"}}.
import { each } from "./dom.js";

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
  window.htmx.ajax("GET", `/jobs/${encodeURIComponent(id)}/pulse/`, { target: line, swap: "outerHTML" });
}

document.addEventListener("job:started", (event) => {
  const { id } = event.detail;
  keep([...new Set([...ids(), id])]);
  show(id);
});
document.addEventListener("job:over", (event) => {
  const { id } = event.detail;
  keep(ids().filter((one) => one !== id));
  document.getElementById(`pulse-${id}`)?.remove();
});
each("#job-pulses", () => ids().forEach(show));
