// Words from the server, while a page is open: <meta name="live"> says where. Others listen to `live:<kind>`,
// or `live:<topic>` after they have asked for a topic with `listen("workflow.runs")`.
// Without a socket `live:poll` is sent every minute: whoever shows something asks by itself then.
const PAUSES = [1000, 2000, 5000, 15000, 30000, 60000];
const POLL = 60000;
const LONG_ENOUGH = 20000;
const ADDRESS = document.querySelector("meta[name=live]")?.content;
const topics = new Map();
let socket = null;
let vain = 0;
let isOver = false; // signed out: the next page begins anew
let poll = null;

const tell = (name, detail = {}) => document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));

function connect() {
  const opened = Date.now();
  socket = new WebSocket(ADDRESS);
  socket.addEventListener("open", () => {
    stopPolling();
    for (const topic of topics.keys()) socket.send(JSON.stringify({ listen: topic }));
    if (vain) tell("poll"); // what was said meanwhile is lost
  });
  socket.addEventListener("message", (event) => {
    const { kind, topic, data } = JSON.parse(event.data);
    if (kind === "over") {
      isOver = true;
      socket?.close();
    }
    tell(topic || kind, topic ? { kind, ...data } : data);
  });
  socket.addEventListener("close", () => {
    socket = null;
    startPolling();
    if (isOver) return;
    vain = Date.now() - opened > LONG_ENOUGH ? 1 : vain + 1;
    const pause = PAUSES[Math.min(vain, PAUSES.length) - 1];
    setTimeout(connect, pause * (0.75 + Math.random() / 2)); // not all at once after a restart
  });
}

function startPolling() {
  poll ??= setInterval(() => document.visibilityState === "visible" && tell("poll"), POLL);
}

function stopPolling() {
  clearInterval(poll);
  poll = null;
}

const say = (word) => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(word));

/** Hear `live:<topic>` as long as the function that is given back has not been called. */
export function listen(topic) {
  topics.set(topic, (topics.get(topic) ?? 0) + 1);
  if (topics.get(topic) === 1) say({ listen: topic });
  return () => {
    topics.set(topic, topics.get(topic) - 1);
    if (topics.get(topic) > 0) return;
    topics.delete(topic);
    say({ leave: topic });
  };
}

// <div data-live-topic="workflow.runs">: listens while it is on the page.
document.addEventListener("htmx:load", () => {
  for (const element of document.querySelectorAll("[data-live-topic]")) {
    if (element.isListening) continue;
    element.isListening = true;
    const stop = listen(element.dataset.liveTopic);
    element.addEventListener("htmx:beforeCleanupElement", (event) => event.target === element && stop());
  }
});

if (ADDRESS) connect();
