// The board: cards are dragged by pointer (SortableJS) or moved by keys.
//
// <div class="board" data-module="board.js">
//   <section class="column"><ol class="cards" data-column="<id>" data-name="Qualified">
//     <li class="deal" data-card="<id>" data-move="<url>" tabindex="0" aria-label="...">
//
// A move POSTs {column, before, after} (ids of the neighbours, or empty), with the board's field and
// its list query, to data-move. The card stands in its new place at once. Any answer but 2xx puts it
// back and shows why. An answer aimed at #dialog (required fields) leaves it waiting there until the
// dialog has closed. Below the board [data-zone] takes cards while one is dragged: "move" to a column,
// "delete", or "ask" where to. Cards get a tick and a pencil from <template id="card-tools">.
import Sortable from "sortablejs";
import { announce, request, word } from "./dom.js";

const cards = (column) => [...column.querySelectorAll(":scope > [data-card]")];

function placeOf(card) {
  return { column: card.parentElement, next: card.nextElementSibling };
}

function put(card, { column, next }) {
  const isThere = next?.parentElement === column;
  column.insertBefore(card, isThere ? next : column.querySelector(":scope > :not([data-card])"));
}

function values(card) {
  const { by, query } = card.closest(".board").dataset;
  return {
    by,
    query: query ?? "",
    column: card.parentElement.dataset.column,
    before: card.nextElementSibling?.dataset.card ?? "",
    after: card.previousElementSibling?.dataset.card ?? "",
  };
}

async function save(card, from) {
  card.classList.add("is-saving");
  const answer = await send(card);
  card.classList.remove("is-saving");
  if (answer === "waiting") return waitForDialog(card, from);
  if (answer === "failed") {
    put(card, from);
    announce(word("movedBack"));
  }
}

/** "done", "failed", or "waiting" when the server asks for more in a dialog. */
function send(card) {
  return new Promise((resolve) => {
    const heard = (event) => {
      if (event.detail.elt !== card) return;
      document.removeEventListener("htmx:afterRequest", heard);
      const isAsking = event.detail.xhr.getResponseHeader?.("HX-Retarget") === "#dialog";
      resolve(isAsking ? "waiting" : event.detail.successful ? "done" : "failed");
    };
    document.addEventListener("htmx:afterRequest", heard);
    window.htmx.ajax("POST", card.dataset.move, { source: card, values: values(card), swap: "none" });
  });
}

function waitForDialog(card, from) {
  const dialog = document.getElementById("dialog");
  let isSettled = false;
  const settle = () => (isSettled = true);
  document.addEventListener("card:settled", settle, { once: true });
  dialog.addEventListener(
    "close",
    () => {
      document.removeEventListener("card:settled", settle);
      if (!isSettled && card.isConnected) put(card, from);
    },
    { once: true },
  );
}

// SortableJS looks where the pointer is twenty times a second; a quick flick lets go between two looks.
// So the place where the pointer was let go decides, not the last place that was looked at. Let go beside
// everything, the card stays where its slot was seen; but no zone acts that the pointer has left.
function settle(board, card, from, { clientX, clientY, changedTouches: [touch] = [] }) {
  const under = document.elementFromPoint(touch?.clientX ?? clientX, touch?.clientY ?? clientY);
  const column = under?.closest("[data-zone]") ?? under?.closest(".column")?.querySelector("[data-column]");
  const isOurs = column && (column.dataset.zone || board.contains(column));
  if (isOurs && column !== card.parentElement) put(card, { column, next: under.closest("[data-card]") });
  else if (!isOurs && card.parentElement.dataset.zone) put(card, from);
}

// SortableJS swallows the click that a browser sends after a drag. Where none is sent (the card is elsewhere by
// then) it would swallow the next one, somebody's click on "Undo"; it gets a click that nobody else hears.
function feedClick() {
  const stray = document.createElement("i");
  document.body.append(stray);
  stray.dispatchEvent(new MouseEvent("click"));
  stray.remove();
}

function makeSortable(board, column) {
  let from;
  Sortable.create(column, {
    group: board.dataset.group ?? "board",
    draggable: "[data-card]",
    filter: "button, input, label, [data-menu]",
    preventOnFilter: false,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 160,
    delay: 180,
    delayOnTouchOnly: true,
    forceFallback: true,
    fallbackTolerance: 4,
    fallbackOnBody: true,
    ghostClass: "is-slot",
    dragClass: "is-lifted",
    scrollSensitivity: 80,
    onChoose: ({ item }) => (from = placeOf(item)),
    onStart: () => document.body.classList.add("is-dragging"),
    onEnd: ({ item, originalEvent }) => {
      settle(board, item, from, originalEvent); // before the zones hide
      document.body.classList.remove("is-dragging");
      setTimeout(feedClick);
      const { dataset } = item.parentElement;
      if (dataset.zone) return drop(board, item, from, dataset);
      if (from.column !== item.parentElement) save(item, from); // a place within a column is not kept
    },
  });
}

/** A card let go over a zone below the board: it goes where the zone says, or back. */
function drop(board, card, from, { zone, value }) {
  const target = zone === "move" && board.querySelector(`[data-column="${CSS.escape(value)}"]`);
  if (target) {
    target.prepend(card);
    return save(card, from);
  }
  put(card, from);
  const base = card.dataset.move.replace(/move\/$/, "");
  if (zone === "delete") return window.htmx.ajax("POST", `${base}drop/`, { source: card, swap: "none" });
  const query = new URLSearchParams({ by: board.dataset.by, query: board.dataset.query ?? "" });
  request("GET", `${card.dataset.move}?${query}`, { target: "#dialog", swap: "innerHTML" });
}

function makeZone(board, zone) {
  Sortable.create(zone, { group: board.dataset.group ?? "board", draggable: "[data-card]", sort: false });
}

// A tick and a pencil on every card, also on those that come later.
function dress(board) {
  const tools = document.getElementById("card-tools")?.content.firstElementChild;
  if (!tools) return;
  for (const card of board.querySelectorAll("[data-card]:not(:has(.card-tools))")) {
    const own = tools.cloneNode(true);
    const tick = own.querySelector("[data-pick]");
    tick.value = card.dataset.card;
    tick.setAttribute("aria-label", `${tick.getAttribute("aria-label")} ${card.getAttribute("aria-label") ?? ""}`);
    card.append(own);
  }
}

function quick(card) {
  const url = card.dataset.move.replace(/move\/$/, "quick/");
  request("GET", url, { target: "#dialog", swap: "innerHTML" });
}

// Keyboard: Space lifts, arrows move, Space drops, Escape puts back. Not lifted, arrows walk.
function keyboard(board) {
  let lifted = null;
  let from = null;
  const columns = () => [...board.querySelectorAll("[data-column]")];

  const say = (name, card) => {
    const list = cards(card.parentElement);
    announce(
      word(name)
        .replace("{card}", card.getAttribute("aria-label") ?? "")
        .replace("{column}", card.parentElement.dataset.name ?? "")
        .replace("{place}", `${list.indexOf(card) + 1}/${list.length}`),
    );
  };
  const lift = (card) => {
    [lifted, from] = [card, placeOf(card)];
    card.classList.add("is-lifted");
    card.setAttribute("aria-pressed", "true");
    say("lifted", card);
  };
  const drop = (isKept) => {
    const card = lifted;
    lifted = null;
    card.classList.remove("is-lifted");
    card.removeAttribute("aria-pressed");
    const hasMoved = from.column !== card.parentElement;
    if (!isKept) put(card, from);
    card.focus();
    say(isKept ? "dropped" : "movedBack", card);
    if (isKept && hasMoved) save(card, from);
  };
  const carry = (card, key) => {
    const list = columns();
    const at = list.indexOf(card.parentElement);
    if (key === "ArrowUp") card.previousElementSibling?.before(card);
    else if (key === "ArrowDown") card.nextElementSibling?.after(card);
    else {
      const column = list[at + (key === "ArrowRight" ? 1 : -1)];
      if (!column) return;
      const place = cards(card.parentElement).indexOf(card);
      put(card, { column, next: cards(column)[place] });
    }
    card.focus();
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    say("carried", card);
  };
  const walk = (card, key) => {
    const own = cards(card.parentElement);
    const place = own.indexOf(card);
    if (key === "ArrowUp" || key === "ArrowDown") return own[place + (key === "ArrowDown" ? 1 : -1)]?.focus();
    const list = columns();
    const step = key === "ArrowRight" ? 1 : -1;
    for (let at = list.indexOf(card.parentElement) + step; list[at]; at += step) {
      const there = cards(list[at]);
      if (there.length) return there[Math.min(place, there.length - 1)].focus();
    }
  };

  board.addEventListener("keydown", (event) => {
    const card = event.target.closest("[data-card]");
    if (!card || event.target !== card) return;
    if (event.key === " ") lifted ? drop(true) : lift(card);
    else if (event.key === "Escape" && lifted) drop(false);
    else if (event.key === "Enter" && !lifted) card.querySelector("[data-open]")?.click();
    else if (event.key === "x" && !lifted) card.querySelector("[data-pick]")?.click();
    else if (event.key === "e" && !lifted && card.querySelector("[data-quick]")) quick(card);
    else if (event.key.startsWith("Arrow")) (lifted ? carry : walk)(card, event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  board.addEventListener("focusout", (event) => {
    if (lifted && event.relatedTarget && !lifted.contains(event.relatedTarget)) drop(false);
  });
}

export function start(board) {
  for (const column of board.querySelectorAll("[data-column]")) makeSortable(board, column);
  const bar = board.parentElement.querySelector("[data-drop-bar]");
  for (const zone of bar?.querySelectorAll("[data-zone]") ?? []) makeZone(board, zone);
  keyboard(board);
  dress(board);
  board.addEventListener("htmx:load", () => dress(board));
  board.addEventListener("htmx:configRequest", (event) => {
    const button = event.detail.elt;
    if (button.dataset.loadMore === undefined) return;
    event.detail.parameters.after = cards(button.closest("[data-column]")).at(-1)?.dataset.card ?? "";
  });
  board.addEventListener("click", (event) => {
    const pencil = event.target.closest("[data-quick]");
    if (pencil) quick(pencil.closest("[data-card]"));
  });
  board.addEventListener("dragstart", (event) => event.preventDefault()); // the browser's own link dragging
}
