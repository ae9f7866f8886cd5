// What the other scripts share.

/** Calls `act(element, event)` when the event happens in an element that matches, now or later. */
export function on(type, selector, act, options) {
  document.addEventListener(
    type,
    (event) => {
      const found = event.target instanceof Element ? event.target.closest(selector) : null;
      if (found) act(found, event);
    },
    options,
  );
}

/** Calls `act(element)` once for each matching element, also those that htmx brings in. */
export function each(selector, act) {
  const seen = new WeakSet();
  const visit = (root) => {
    const found = [...root.querySelectorAll(selector)];
    if (root instanceof Element && root.matches(selector)) found.unshift(root);
    for (const element of found) {
      if (seen.has(element)) continue;
      seen.add(element);
      act(element);
    }
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => visit(document));
  else visit(document);
  document.addEventListener("htmx:load", (event) => visit(event.detail.elt));
}

/** A translated word from <template id="words" data-...> in the base layout. */
export function word(name) {
  return document.getElementById("words")?.dataset[name] ?? name;
}

/** An icon of the sprite as an element. */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const use = document.createElementNS(space, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${document.querySelector("meta[name=icons]")?.content}#${name}`);
  svg.append(use);
  return svg;
}

/** The id of whoever is signed in, or nothing. */
export function userId() {
  return document.getElementById("words")?.dataset.user ?? "";
}

export function csrf() {
  return document.getElementById("words")?.dataset.csrf ?? "";
}

/** Says a sentence to screen readers. */
export function announce(text) {
  const region = document.getElementById("announce");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50);
}

export const isPhone = () => matchMedia("(max-width: 900px)").matches;
export const isTyping = (element) =>
  !!element?.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

/**
 * A request of its own. htmx lets the requests of one element wait for each other and keeps only the last that
 * waits; without a `source` that element is the page, and an undo could be lost behind a list that comes anew.
 */
export function request(verb, url, options) {
  const source = document.createElement("span");
  source.hidden = true;
  document.body.append(source);
  return window.htmx.ajax(verb, url, { ...options, source }).finally(() => source.remove());
}
