// A banner while the network is gone. Forms stay as they are: what is sent meanwhile is held back here,
// before a browser could leave the page for its own page of errors, with a toast that offers to try again.
import { word } from "./dom.js";
import { toast } from "./toasts.js";

let banner = null;

function show() {
  if (banner) return;
  banner = document.createElement("div");
  banner.className = "offline";
  banner.setAttribute("role", "status");
  banner.popover = "manual";
  banner.textContent = word("gone");
  document.body.append(banner);
  banner.showPopover?.();
}

// Above a dialog that opens meanwhile.
function restack(event) {
  if (!banner || event.target === banner || event.newState !== "open") return;
  banner.hidePopover?.();
  banner.showPopover?.();
}

function hide() {
  banner?.remove();
  banner = null;
}

window.addEventListener("offline", show);
window.addEventListener("online", hide);
document.addEventListener("toggle", restack, true);
if (!navigator.onLine) show();

document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (navigator.onLine || form.method === "dialog") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const run = () => form.isConnected && form.requestSubmit(submitter);
    toast({ text: word("offline"), tone: "bad", action: { label: word("retry"), run } });
  },
  true,
);
