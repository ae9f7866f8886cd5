// The thin line on top while a page is on its way; what is [data-quiet] comes unannounced.
let running = 0;
let timer;

function show(isOn) {
  clearTimeout(timer);
  const line = document.getElementById("load-line");
  if (isOn) timer = setTimeout(() => line?.classList.add("is-on"), 160);
  else line?.classList.remove("is-on");
}

const isQuiet = (event) => event.detail.elt?.matches?.("[data-quiet]");

document.addEventListener("htmx:beforeSend", (event) => isQuiet(event) || show(++running > 0));
document.addEventListener("htmx:afterRequest", (event) => {
  if (isQuiet(event)) return;
  running = Math.max(0, running - 1);
  if (!running) show(false);
});
