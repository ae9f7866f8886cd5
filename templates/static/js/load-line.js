// The thin line on top while a page is on its way.
let running = 0;
let timer;

function show(isOn) {
  clearTimeout(timer);
  const line = document.getElementById("load-line");
  if (isOn) timer = setTimeout(() => line?.classList.add("is-on"), 160);
  else line?.classList.remove("is-on");
}

document.addEventListener("htmx:beforeSend", () => show(++running > 0));
document.addEventListener("htmx:afterRequest", () => {
  running = Math.max(0, running - 1);
  if (!running) show(false);
});
