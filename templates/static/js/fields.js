// Fields that need a little help: files, colours, tags, passwords.
import { icon, on, word } from "./dom.js";

on("change", ".upload input[type=file]", (input) => {
  const box = input.closest(".upload");
  const file = input.files[0];
  if (!file) return;
  box.querySelector("[data-name]").textContent =
    input.files.length > 1 ? `${file.name} +${input.files.length - 1}` : file.name;
  const view = box.querySelector(".upload-view");
  if (!view || !file.type.startsWith("image/")) return;
  const picture = document.createElement("img");
  picture.alt = "";
  picture.src = URL.createObjectURL(file);
  picture.onload = () => URL.revokeObjectURL(picture.src);
  view.replaceChildren(picture);
});
on("dragenter", ".upload", (box) => box.classList.add("is-over"));
for (const type of ["dragleave", "drop"]) on(type, ".upload", (box) => box.classList.remove("is-over"));

// A colour has two inputs that follow each other; the text one is sent.
on("input", ".colour input", (input) => {
  const box = input.closest(".colour");
  const [swatch, text] = [box.querySelector("[type=color]"), box.querySelector("[type=text]")];
  if (input === swatch) text.value = swatch.value;
  else if (/^#[0-9a-f]{6}$/i.test(text.value)) swatch.value = text.value;
  else return;
  box.dispatchEvent(new CustomEvent("colour", { bubbles: true, detail: text.value }));
});

// Tags: the hidden inputs carry the values.
on("keydown", ".tag-input > input", (input, event) => {
  const box = input.parentElement;
  const value = input.value.trim().replace(/,$/, "");
  if ((event.key === "Enter" || event.key === ",") && value) {
    event.preventDefault();
    input.before(chosenTag(box.dataset.name, value));
    input.value = "";
    box.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (event.key === "Backspace" && !input.value) {
    input.previousElementSibling?.remove();
  }
});
on("click", ".tag-input .tag-x", (button) => button.closest(".tag").remove());
on("click", ".tag-input", (box, event) => event.target === box && box.querySelector("input:last-child")?.focus());

function chosenTag(name, value) {
  const tag = document.createElement("span");
  tag.className = "tag";
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "tag-x";
  remove.setAttribute("aria-label", `${word("remove")} ${value}`);
  remove.append(icon("x"));
  tag.append(value, hidden, remove);
  return tag;
}

on("click", "[data-reveal]", (button) => {
  const input = button.parentElement.querySelector("input");
  const isHidden = input.type === "password";
  input.type = isHidden ? "text" : "password";
  button.setAttribute("aria-pressed", String(isHidden));
});

// <select data-reveals="group">: shows [data-when="group:value"] only.
on("change", "[data-reveals]", (field) => {
  const name = field.dataset.reveals;
  for (const part of document.querySelectorAll(`[data-when^="${CSS.escape(name)}:"]`)) {
    part.hidden = part.dataset.when !== `${name}:${field.value}`;
  }
});
