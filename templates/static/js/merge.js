// Comparing records in <form data-merge>: choosing the one that stays takes its values along,
// wherever it has any. A value to choose is an <input data-of="its record"> beside its text.
import { on } from "./dom.js";

on("change", "[data-merge] [data-keep]", (keep) => {
  const form = keep.closest("[data-merge]");
  for (const choice of form.querySelectorAll(`[data-of="${CSS.escape(keep.value)}"]`))
    if (!choice.closest("label").querySelector("[data-empty]")) choice.checked = true;
});
