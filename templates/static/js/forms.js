// Forms: one submit at a time, a warning before leaving unsaved input, Cmd+Enter, error focus.
import { each, on, word } from "./dom.js";

on(
  "submit",
  "form",
  (form, event) => {
    if (form.dataset.busy) {
      event.preventDefault();
      event.stopImmediatePropagation(); // htmx must not hear it either
      return;
    }
    form.removeAttribute("data-dirty");
    if (form.method === "dialog" || form.target === "_blank" || form.dataset.again !== undefined) return;
    form.dataset.busy = "yes";
    event.submitter?.classList.add("is-busy");
    // htmx frees the form when the answer arrives; a plain form leaves the page.
    setTimeout(() => free(form), 8000);
  },
  true,
);

function free(form) {
  delete form.dataset.busy;
  for (const button of form.querySelectorAll(".is-busy")) button.classList.remove("is-busy");
}

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (!form) return;
  free(form);
  if (event.detail.failed && form.dataset.guard !== undefined) form.setAttribute("data-dirty", "");
});
// Also when a check in the browser or a refused confirmation stopped the request.
for (const type of ["htmx:validation:halted", "htmx:confirm"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.closest?.("form");
    if (form && (type !== "htmx:confirm" || event.detail.question)) free(form);
  });
}
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-busy]").forEach(free));

on("input", "form[data-guard]", (form) => form.setAttribute("data-dirty", ""));
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-guard][data-dirty]")) event.preventDefault();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const isLeaving = event.detail.boosted && event.detail.requestConfig.verb === "get";
  if (!isLeaving || !document.querySelector("form[data-guard][data-dirty]")) return;
  if (!window.confirm(word("unsaved"))) event.preventDefault();
});

on("keydown", "form", (form, event) => {
  if (event.key !== "Enter" || !(event.metaKey || event.ctrlKey)) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit]:not([name])") ?? undefined);
});

// A form that comes back with errors shows them first.
each("[data-errors]", (box) => box.focus({ preventScroll: false }));

// <select data-submit>, <input data-submit>: choosing sends the form.
on("change", "[data-submit]", (field) => field.form?.requestSubmit());
