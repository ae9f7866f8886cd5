// Notifications: a toast when one comes, keys of the centre, and pushes to this browser.
import { csrf, each, isTyping, on, request, word } from "./dom.js";
import { toast } from "./toasts.js";

document.addEventListener("live:notification", (event) => {
  const { id, title, text, is_loud, is_urgent } = event.detail;
  if (!is_loud || !title) return;
  const words = text ? `${title}. ${text}` : title;
  toast({ text: words, tone: is_urgent ? "warn" : "", link_url: `/notifications/${id}/open/`, link_label: word("open") });
});

// What came while no socket was there has said nothing: the count that is asked for then tells that there is more.
let count = null;
let isCatchingUp = false;
document.addEventListener("live:poll", () => (isCatchingUp = true));
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (!target.matches?.(".bell-spot")) return;
  const before = count;
  count = parseInt(target.querySelector(".bell-count")?.textContent ?? "0", 10);
  if (isCatchingUp && before !== null && count > before) toast({ text: word("news"), link_url: "/notifications/", link_label: word("open") });
  isCatchingUp = false;
});

// The centre, open while one comes, offers to show it: lines do not move under the reader's eyes.
const offerNews = () => {
  const offer = document.querySelector("[data-notes-new]");
  if (offer) offer.hidden = false;
};
document.addEventListener("live:notification", offerNews);

// A button inside a notification that has done its work: the notification is read.
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful } = event.detail;
  const item = elt.dataset?.done && successful ? elt.closest("[data-note]") : null;
  if (item) request("POST", elt.dataset.done, { target: item, swap: "outerHTML" });
});

// The centre by keys: j and k walk, o or Enter opens, u read or unread, e archives, s puts off.
const items = () => [...document.querySelectorAll("[data-notes] [data-note]")];
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const list = items();
  if (!list.length || document.querySelector("dialog[open], .menu:popover-open")) return;
  const here = document.activeElement?.closest("[data-note]");
  const step = { j: 1, k: -1 }[event.key];
  if (step) {
    const at = list.indexOf(here);
    list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + step))].focus();
    event.preventDefault();
  } else if (here && (event.key === "o" || (event.key === "Enter" && event.target === here))) {
    here.querySelector("[data-open]")?.click();
  } else if (here) {
    here.querySelector(`[data-note-key="${CSS.escape(event.key)}"]`)?.click();
  }
});

// Web push. Permission is asked only after a press on the button.
const CAN_PUSH = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const LATER = "push-later";
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const say = (method, url, body) =>
  fetch(url, {
    method,
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrf() },
  });

async function current(panel) {
  const registration = await navigator.serviceWorker.getRegistration(panel.dataset.pushWorker);
  return registration?.pushManager.getSubscription();
}

async function turnOn(panel) {
  if ((await Notification.requestPermission()) !== "granted") return show(panel);
  const registration = await navigator.serviceWorker.register(panel.dataset.pushWorker);
  await ready(registration);
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: toBytes(panel.dataset.pushKey),
  });
  const answer = await say("POST", panel.dataset.pushUrl, subscription.toJSON());
  if (!answer.ok) await subscription.unsubscribe();
  toast(answer.ok ? { text: word("saved"), tone: "good" } : { text: word("broken"), tone: "bad" });
  return show(panel);
}

/** A worker that was just registered takes a moment until it can hold a subscription. */
function ready(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (!worker || registration.active) return Promise.resolve();
  return new Promise((done) =>
    worker.addEventListener("statechange", () => worker.state === "activated" && done()),
  );
}

async function turnOff(panel) {
  const subscription = await current(panel);
  if (subscription) {
    await say("DELETE", panel.dataset.pushUrl, { endpoint: subscription.endpoint });
    await subscription.unsubscribe();
  }
  return show(panel);
}

async function show(panel) {
  const isOn = CAN_PUSH && Notification.permission === "granted" && !!(await current(panel));
  const state = !CAN_PUSH ? "none" : Notification.permission === "denied" ? "denied" : isOn ? "on" : "ask";
  for (const line of panel.querySelectorAll("[data-push-state]")) line.hidden = line.dataset.pushState !== state;
  for (const button of panel.querySelectorAll("[data-push-on]")) button.hidden = state !== "ask";
  for (const button of panel.querySelectorAll("[data-push-off]")) button.hidden = state !== "on";
  if (panel.dataset.pushAsk !== undefined) panel.hidden = state !== "ask" || !!localStorage.getItem(LATER);
}

const panelOf = (button) => button.closest("[data-push-panel], [data-push-ask]");
const failed = () => toast({ text: word("broken"), tone: "bad" });
each("[data-push-panel], [data-push-ask]", show);
on("click", "[data-push-on]", (button) => turnOn(panelOf(button)).catch(failed));
on("click", "[data-push-off]", (button) => turnOff(panelOf(button)).catch(failed));
on("click", "[data-push-later]", (button) => {
  localStorage.setItem(LATER, "1");
  panelOf(button).hidden = true;
});
