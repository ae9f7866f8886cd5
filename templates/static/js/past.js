// Going through time: the slider of a record's moments, oldest at the left, presses the moment it stands at;
// whichever moment is chosen, by slider, key or click, is marked. Buttons with ready moments fill a field.
import { each, on } from "./dom.js";

const moments = () => [...document.querySelectorAll("[data-past-moment]")];

function mark(chosen) {
  for (const one of moments()) one.toggleAttribute("aria-current", one === chosen);
  chosen.setAttribute("aria-current", "true");
  chosen.scrollIntoView({ block: "nearest" });
}

function say(slide) {
  const time = moments()[moments().length - 1 - Number(slide.value)]?.querySelector("time");
  if (time) slide.setAttribute("aria-valuetext", time.textContent);
}

each("[data-past-slide]", (slide) => {
  const at = moments().findIndex((one) => one.hasAttribute("aria-current"));
  slide.value = String(at < 0 ? 0 : moments().length - 1 - at);
  say(slide);
});
on("input", "[data-past-slide]", say);
on("change", "[data-past-slide]", (slide) => moments()[moments().length - 1 - Number(slide.value)]?.click());
on("click", "[data-past-moment]", (link) => {
  mark(link);
  const slide = document.querySelector("[data-past-slide]");
  if (!slide) return;
  slide.value = String(moments().length - 1 - moments().indexOf(link));
  say(slide);
});
on("click", "[data-fill]", (button) => {
  const field = document.getElementById(button.dataset.fill);
  if (!field) return;
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
