// htmx under a strict content security policy, and what happens when a request fails.
import htmx from "htmx.org/dist/htmx.esm.js";
import { csrf, word } from "./dom.js";
import { toast } from "./toasts.js";

window.htmx = htmx;

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: true,
  selfRequestsOnly: true,
  historyCacheSize: 0, // nothing of a company's is kept in the browser's storage
  refreshOnHistoryMiss: true,
  scrollIntoViewOnBoost: false,
  defaultSwapStyle: "innerHTML",
  defaultSettleDelay: 0,
  attributesToSettle: ["class"], // a style attribute would be refused by the content security policy
  // Forms with errors (422) and conflicts (409) come back as pages to show.
  responseHandling: [
    { code: "204", swap: false },
    { code: "[23]..", swap: true },
    { code: "409|422", swap: true, error: false },
    { code: "[45]..", swap: false, error: true },
  ],
});

document.addEventListener("htmx:configRequest", (event) => {
  const { headers, verb } = event.detail;
  if (verb !== "get") headers["X-CSRFToken"] = csrf();
});

// Downloads and links that leave the shell are the browser's own business.
document.addEventListener("htmx:confirm", (event) => {
  const link = event.detail.elt;
  if (link instanceof HTMLAnchorElement && (link.hasAttribute("download") || link.dataset.plain !== undefined)) {
    event.preventDefault();
    location.assign(link.href);
  }
});

// A boosted link may lead to a PDF or a CSV: let the browser have it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  const kind = xhr.getResponseHeader("Content-Type") ?? "text/html";
  if (requestConfig?.boosted && !kind.includes("html")) {
    event.detail.shouldSwap = false;
    location.assign(xhr.responseURL || requestConfig.path);
  }
  // A whole error page answers a link: show it in place of the page.
  if (requestConfig?.boosted && xhr.status >= 400 && /<html/i.test(xhr.responseText)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

function retry({ elt, requestConfig }) {
  if (!requestConfig || !elt?.isConnected) return null;
  const { verb, path, parameters, target } = requestConfig;
  return () => htmx.ajax(verb.toUpperCase(), path, { source: elt, target, values: parameters });
}

function failed(event, text) {
  const again = retry(event.detail);
  toast({ text, tone: "bad", action: again && { label: word("retry"), run: again } });
}

document.addEventListener("htmx:sendError", (event) => failed(event, word("offline")));
document.addEventListener("htmx:timeout", (event) => failed(event, word("offline")));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, elt } = event.detail;
  if (elt.closest("[data-own-errors]")) return;
  if (xhr.status === 401) return location.reload();
  const text = { 403: word("forbidden"), 404: word("missing"), 429: word("slow") }[xhr.status];
  if (text) toast({ text, tone: "bad" });
  else failed(event, word("broken"));
});

export default htmx;
