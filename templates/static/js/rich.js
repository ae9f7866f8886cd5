// [data-rich]: a textarea becomes an editor for bold, lists, links and mentions; the textarea carries its HTML.
// What it may hold is decided by the server; here only what is pasted is made plain.
import { each, on } from "./dom.js";
import { Suggestions, line, listbox, pausing } from "./suggest.js";

const KEPT = new Set(["P", "BR", "B", "STRONG", "I", "EM", "U", "S", "A", "UL", "OL", "LI", "H2", "H3", "BLOCKQUOTE", "CODE", "PRE"]);
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "HEAD", "META", "TITLE", "LINK"]);
const BLOCKS = { heading: "h3", quote: "blockquote" };

each("[data-rich]", (box) => {
  const area = box.querySelector("textarea");
  const editor = document.createElement("div");
  editor.className = "rich-text written";
  editor.contentEditable = "true";
  editor.setAttribute("role", "textbox");
  editor.setAttribute("aria-multiline", "true");
  editor.setAttribute("aria-label", area.getAttribute("aria-label") ?? "");
  editor.dataset.placeholder = area.placeholder;
  editor.id = `${area.id}_rich`;
  if (area.dataset.focusKey) {
    editor.dataset.key = area.dataset.focusKey;
    editor.dataset.keyLabel = area.getAttribute("aria-label");
  }
  editor.replaceChildren(harmless(area.value));
  area.hidden = true;
  area.after(editor);
  for (const label of document.querySelectorAll(`label[for="${CSS.escape(area.id)}"]`))
    label.addEventListener("click", () => editor.focus());
  box.querySelector(".rich-tools").hidden = false;
  document.execCommand("defaultParagraphSeparator", false, "p");

  const keep = () => {
    const isEmpty = !editor.textContent.trim() && !editor.querySelector("li");
    area.value = isEmpty ? "" : editor.innerHTML;
    editor.classList.toggle("is-empty", isEmpty);
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  editor.classList.toggle("is-empty", !editor.textContent.trim());
  editor.addEventListener("input", keep);
  editor.addEventListener("blur", keep);
  editor.addEventListener("paste", (event) => paste(event, keep));
  editor.addEventListener("drop", (event) => event.dataTransfer?.files.length && event.preventDefault());
  box.addEventListener("rich:keep", keep);
  if (box.dataset.mentions) mentions(box, editor, keep);
});

function paste(event, keep) {
  const given = event.clipboardData;
  if (given.files.length) return event.preventDefault(); // attach.js takes them
  event.preventDefault();
  const html = given.getData("text/html");
  if (!html) return document.execCommand("insertText", false, given.getData("text/plain"));
  const holder = document.createElement("div");
  holder.append(harmless(html));
  document.execCommand("insertHTML", false, holder.innerHTML);
  keep();
}

/** Pasted or loaded HTML with nothing but plain tags, built anew. */
function harmless(html) {
  const found = document.createDocumentFragment();
  for (const node of new DOMParser().parseFromString(html, "text/html").body.childNodes) copy(node, found);
  return found;
}

function copy(node, into) {
  if (node.nodeType === Node.TEXT_NODE) return into.append(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.tagName)) return;
  let home = into;
  if (node.dataset?.mention) return into.append(mention(node.dataset.mention, node.textContent));
  if (KEPT.has(node.tagName)) {
    home = document.createElement(node.tagName);
    const href = node.tagName === "A" ? node.getAttribute("href") : "";
    if (/^(https?:|mailto:|tel:)/i.test(href ?? "")) home.setAttribute("href", href);
    into.append(home);
  }
  for (const child of node.childNodes) copy(child, home);
}

function mention(id, name) {
  const span = document.createElement("span");
  span.dataset.mention = id;
  span.contentEditable = "false";
  span.textContent = name;
  return span;
}

on("pointerdown", "[data-act]", (button, event) => event.preventDefault()); // the selection stays
on("click", "[data-act]", (button) => {
  const box = button.closest("[data-rich]");
  const editor = box.querySelector("[contenteditable]");
  editor.focus();
  act(button.dataset.act, box);
  box.dispatchEvent(new Event("rich:keep"));
});

let linkAt = null;

function act(name, box) {
  if (name === "bold" || name === "italic") document.execCommand(name);
  else if (name === "list") document.execCommand("insertUnorderedList");
  else if (name === "numbers") document.execCommand("insertOrderedList");
  else if (name in BLOCKS) toggleBlock(BLOCKS[name]);
  else if (name === "code") code();
  else if (name === "link") askLink(box);
}

function toggleBlock(tag) {
  const now = document.queryCommandValue("formatBlock").toLowerCase();
  document.execCommand("formatBlock", false, now === tag ? "p" : tag);
}

function code() {
  const text = getSelection().toString();
  if (text.includes("\n")) return document.execCommand("formatBlock", false, "pre");
  const holder = document.createElement("code");
  holder.textContent = text || "\u200b";
  document.execCommand("insertHTML", false, `${holder.outerHTML}&nbsp;`);
}

function askLink(box) {
  const selection = getSelection();
  linkAt = selection.rangeCount ? selection.getRangeAt(0).cloneRange() : null;
  const bar = box.querySelector(".rich-link");
  bar.hidden = !bar.hidden;
  if (bar.hidden) return;
  const input = bar.querySelector("input");
  input.value = selection.anchorNode?.parentElement?.closest("a")?.href ?? "";
  input.focus();
}

function setLink(box) {
  const bar = box.querySelector(".rich-link");
  const url = bar.querySelector("input").value.trim();
  bar.hidden = true;
  const editor = box.querySelector("[contenteditable]");
  editor.focus();
  if (linkAt) {
    getSelection().removeAllRanges();
    getSelection().addRange(linkAt);
  }
  if (!url) document.execCommand("unlink");
  else {
    const href = /^[a-z]+:/i.test(url) ? url : `https://${url}`;
    if (getSelection().isCollapsed) {
      const link = Object.assign(document.createElement("a"), { href, textContent: url });
      document.execCommand("insertHTML", false, link.outerHTML);
    } else document.execCommand("createLink", false, href);
  }
  box.dispatchEvent(new Event("rich:keep"));
}
on("click", "[data-link-set]", (button) => setLink(button.closest("[data-rich]")));
on("keydown", "[data-link]", (input, event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.stopPropagation();
  setLink(input.closest("[data-rich]"));
});

/** “@” and a part of a name: whom to mention. */
function mentions(box, editor, keep) {
  const list = listbox(`${editor.id}_people`, editor.getAttribute("aria-label"));
  box.append(list);
  editor.setAttribute("aria-haspopup", "listbox");
  const choices = new Suggestions(list, editor, (item) => {
    const found = typed();
    if (!found) return;
    found.range.deleteContents();
    const span = mention(item.dataset.value, `@${item.dataset.label}`);
    const space = document.createTextNode("\u00a0");
    found.range.insertNode(space);
    found.range.insertNode(span);
    const after = document.createRange();
    after.setStartAfter(space);
    getSelection().removeAllRanges();
    getSelection().addRange(after);
    keep();
  });
  const find = pausing(async (isNewest) => {
    const found = typed();
    if (!found) return choices.close();
    const answer = await fetch(`${box.dataset.mentions}?q=${encodeURIComponent(found.text)}`).catch(() => null);
    if (!answer?.ok || !isNewest()) return;
    const { items } = await answer.json();
    list.replaceChildren(...items.map((one) => line(one.name, one.id)));
    if (items.length && typed()) choices.open(found.range.getBoundingClientRect(), 200);
    else choices.close();
  }, 120);
  editor.addEventListener("input", find);
  editor.addEventListener("keydown", (event) => choices.press(event), true);
  editor.addEventListener("blur", () => choices.close());
}

/** The “@…” before the caret, as text and range. */
function typed() {
  const selection = getSelection();
  const node = selection.anchorNode;
  if (!selection.isCollapsed || node?.nodeType !== Node.TEXT_NODE) return null;
  const found = /(?:^|[\s(\u00a0])@([^\s@]{0,30}(?: [^\s@]{0,30})?)$/.exec(node.data.slice(0, selection.anchorOffset));
  if (!found) return null;
  const range = document.createRange();
  range.setStart(node, selection.anchorOffset - found[1].length - 1);
  range.setEnd(node, selection.anchorOffset);
  return { text: found[1], range };
}
