// A banner while the network is gone. Forms stay as they are; what is sent meanwhile fails with a
// toast that offers to try again (htmx.js).
import { word } from "./dom.js";

let banner = null;

function show() {
  if (banner) return;
  banner = document.createElement("div");
  banner.className = "offline";
  banner.setAttribute("role", "status");
  banner.textContent = word("gone");
  document.body.append(banner);
}

function hide() {
  banner?.remove();
  banner = null;
}

window.addEventListener("offline", show);
window.addEventListener("online", hide);
if (!navigator.onLine) show();
