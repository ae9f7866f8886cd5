// The palette: records, pages and actions by a few letters. Opened by Ctrl or Cmd K, by "/" and by the
// search field of the top bar. A combobox whose options the server draws (templates/search/palette.html).
import { csrf, on, userId } from "./dom.js";
import htmx from "./htmx.js";

const WAIT = 110;
const SLOW = 180;
const READ = 1200;
const RECORD = /^\/[a-z_]+\/[0-9a-f-]{36}\/$/;
const MOST_VIEWED = 12;

const palette = () => document.getElementById("palette");
const input = () => palette().querySelector("input[name=q]");
const list = () => palette().querySelector("#palette-list");
const options = () => [...list().querySelectorAll("[role=option]")];
const part = (name) => palette().querySelector(`[data-palette-${name}]`);

let asked = null; // the request under way
let timer = 0;
let shownAt = 0;
let shownText = "";
let isNoted = true;

// Records seen lately: their addresses only, so that the server decides anew who may see what.

const viewedKey = () => `viewed:${userId()}`;
function viewed() {
  try {
    return JSON.parse(localStorage.getItem(viewedKey())) ?? [];
  } catch {
    return [];
  }
}
function remember() {
  const here = location.pathname;
  if (!palette() || !RECORD.test(here)) return;
  try {
    const paths = [here, ...viewed().filter((path) => path !== here)].slice(0, MOST_VIEWED);
    localStorage.setItem(viewedKey(), JSON.stringify(paths));
  } catch {
    // A browser that keeps nothing shows nothing here.
  }
}

// Filling

function show(name, isShown) {
  const element = part(name);
  if (element) element.hidden = !isShown;
}

async function fill() {
  const text = input().value.trim();
  asked?.abort();
  const request = (asked = new AbortController());
  list().setAttribute("aria-busy", "true");
  const slow = setTimeout(() => show("wait", options().length === 0), SLOW);
  try {
    const seen = viewed().filter((path) => path !== location.pathname);
    const query = new URLSearchParams({ q: text, at: location.pathname, viewed: text ? "" : seen.join(",") });
    const answer = await fetch(`${input().dataset.paletteUrl}?${query}`, {
      signal: request.signal,
      headers: { "HX-Request": "true" },
    });
    if (answer.status === 401 || answer.redirected) return location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    draw(await answer.text(), text);
    state("");
  } catch (error) {
    if (error.name === "AbortError") return;
    list().replaceChildren();
    choose(null);
    state(error instanceof TypeError || !navigator.onLine ? "offline" : "broken");
  } finally {
    clearTimeout(slow);
    if (asked === request) {
      show("wait", false);
      list().setAttribute("aria-busy", "false");
    }
  }
}

function state(name) {
  show("offline", name === "offline");
  show("broken", name === "broken");
}

function draw(html, text) {
  const box = list();
  box.innerHTML = html;
  htmx.process(box);
  options().forEach((option, place) => (option.id = `palette-option-${place}`));
  choose(options()[0] ?? null);
  box.scrollTop = 0;
  settle(text);
  count(text);
}

function count(text) {
  const said = part("count");
  const found = options().length;
  const words = found === 0 ? said.dataset.none : found === 1 ? said.dataset.one : said.dataset.many;
  said.textContent = text ? words.replace("{n}", found) : "";
}

// The search is noted once: when something is opened, or when it was there to be read.
function settle(text) {
  shownAt = Date.now();
  shownText = text;
  isNoted = !text;
}

function note(picked) {
  if (isNoted || (!picked && Date.now() - shownAt < READ)) return;
  isNoted = true;
  const found = list().querySelectorAll("[data-picked]").length;
  const body = new URLSearchParams({ q: shownText, found, picked: picked ?? "" });
  fetch(palette().dataset.noteUrl, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": csrf() } }).catch(
    () => {},
  );
}

// Choosing

function choose(option) {
  for (const one of list().querySelectorAll("[aria-selected=true]")) one.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  if (option) input().setAttribute("aria-activedescendant", option.id);
  else input().removeAttribute("aria-activedescendant");
}

function step(by) {
  const all = options();
  if (!all.length) return;
  const now = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const next = all[(now + by + all.length) % all.length];
  choose(next);
  next.scrollIntoView({ block: "nearest" });
}

function enter(event) {
  const chosen = list().querySelector("[aria-selected=true]");
  // While an answer is on its way the list is of an older text: Enter asks for the page of results.
  const isFresh = shownText === input().value.trim();
  if (!chosen || !isFresh) return;
  event.preventDefault();
  if (event.metaKey || event.ctrlKey) {
    note(chosen.dataset.picked);
    window.open(chosen.href, "_blank", "noopener");
  } else chosen.click();
}

// Opening and closing

function open() {
  const dialog = palette();
  if (!dialog || dialog.open) return;
  dialog.showModal();
  input().value = "";
  input().focus();
  list().replaceChildren();
  settle("");
  fill();
}

function shut() {
  clearTimeout(timer);
  asked?.abort();
  if (palette()?.open) palette().close();
}

on("click", "[data-palette-open]", (opener, event) => {
  if (!palette() || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  open();
}, true);

on("input", "#palette input[name=q]", () => {
  clearTimeout(timer);
  timer = setTimeout(fill, input().value.trim() ? WAIT : 0);
});

const KEYS = { ArrowDown: () => step(1), ArrowUp: () => step(-1), PageDown: () => step(5), PageUp: () => step(-5) };
on("keydown", "#palette input[name=q]", (field, event) => {
  if (event.isComposing) return;
  if (event.key === "Enter") return enter(event);
  if (!KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

on("pointermove", "#palette [role=option]", (option) => {
  if (option.getAttribute("aria-selected") !== "true") choose(option);
});

on("click", "#palette [role=option]", (option, event) => {
  note(option.dataset.picked);
  if (option.dataset.againText === undefined) return shut();
  if (event.metaKey || event.ctrlKey) return;
  // A recent search is searched again, here.
  event.preventDefault();
  event.stopPropagation();
  input().value = option.dataset.againText;
  input().focus();
  fill();
}, true);

on("submit", "#palette form", () => {
  note();
  shut();
});
document.addEventListener("close", (event) => event.target.id === "palette" && note(), true);
document.addEventListener("palette:again", () => palette()?.open && fill());
window.addEventListener("online", () => palette()?.open && fill());
window.addEventListener("offline", () => palette()?.open && state("offline"));

for (const type of ["htmx:pushedIntoHistory", "DOMContentLoaded"]) document.addEventListener(type, remember);
if (document.readyState !== "loading") remember();

// Apple's keyboards have another key.
function nameKeys() {
  if (!/Mac|iPhone|iPad/.test(navigator.platform)) return;
  for (const cap of document.querySelectorAll("[data-mod-key]")) cap.textContent = "⌘ K";
  for (const cap of document.querySelectorAll("[data-mod-enter]")) cap.textContent = "⌘ ↵";
}
nameKeys();
document.addEventListener("htmx:afterSettle", nameKeys);
