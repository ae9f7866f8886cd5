// <button data-copy="text"> or data-copy-from="#id".
import { announce, on, word } from "./dom.js";

on("click", "[data-copy], [data-copy-from]", async (button) => {
  const source = button.dataset.copyFrom && document.querySelector(button.dataset.copyFrom);
  const text = source ? (source.value ?? source.textContent) : button.dataset.copy;
  await navigator.clipboard.writeText(text.trim()).catch(() => {
    const area = Object.assign(document.createElement("textarea"), { value: text.trim() });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  });
  const use = button.querySelector("use");
  const href = use?.getAttribute("href");
  use?.setAttribute("href", href.replace(/#.*/, "#check"));
  announce(word("copied"));
  setTimeout(() => use?.setAttribute("href", href), 1400);
});
