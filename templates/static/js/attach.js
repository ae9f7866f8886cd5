// Files sent at once, each with its progress: [data-attaches="/contacts/…/files/"] around an <input data-attach>.
// In a form each becomes a hidden "file"; [data-kept] keeps one as its value; [data-then] names an event for the page.
import htmx from "./htmx.js";
import { announce, csrf, icon, on, word } from "./dom.js";

on("change", "[data-attach]", (input) => {
  send(input.closest("[data-attaches]"), [...input.files]);
  input.value = "";
});

for (const type of ["dragover", "drop"]) {
  on(type, "[data-attaches]", (box, event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    box.classList.toggle("is-over", type === "dragover");
    if (type === "drop") send(box, [...event.dataTransfer.files]);
  });
}
on("dragleave", "[data-attaches]", (box, event) => {
  if (!box.contains(event.relatedTarget)) box.classList.remove("is-over");
});
on("paste", "[data-attaches]", (box, event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (files.length) send(box, files);
});

async function send(box, files) {
  if (!box) return;
  box.classList.add("is-open");
  const wanted = box.dataset.kept === undefined ? files : files.slice(0, 1);
  const sent = await Promise.all(wanted.map((file) => sendOne(box, file)));
  if (box.dataset.then && sent.some(Boolean)) htmx.trigger(document.body, box.dataset.then);
}

function sendOne(box, file) {
  const row = rowFor(box, file);
  const body = new FormData();
  body.append("file", file);
  const request = new XMLHttpRequest();
  row.querySelector("button").addEventListener("click", () => {
    request.abort();
    row.remove();
  });
  return new Promise((done) => {
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) row.querySelector("progress").value = event.loaded / event.total;
    });
    request.addEventListener("load", () => done(arrived(box, row, request)));
    request.addEventListener("error", () => done(failed(row, word("offline"))));
    request.addEventListener("abort", () => done(false));
    request.open("POST", box.dataset.attaches);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.send(body);
  });
}

function arrived(box, row, request) {
  let told = {};
  try {
    told = JSON.parse(request.responseText);
  } catch {
    // an answer that is no JSON is an error below
  }
  if (request.status !== 201) return failed(row, told.error ?? word("broken"));
  row.querySelector("progress").remove();
  row.classList.add("is-done");
  announce(told.name);
  if (box.dataset.kept !== undefined) keep(box, row, told);
  else if (box.matches("form")) {
    row.append(Object.assign(document.createElement("input"), { type: "hidden", name: "file", value: told.id }));
  } else row.remove();
  return true;
}

function keep(box, row, told) {
  const hidden = box.querySelector("input[type=hidden]");
  hidden.value = told.id;
  hidden.dispatchEvent(new Event("input", { bubbles: true }));
  box.querySelector("[data-name]").textContent = told.name;
  box.querySelector("[data-clear-file]").hidden = false;
  row.remove();
}
on("click", "[data-clear-file]", (button) => {
  const box = button.closest("[data-kept]");
  box.querySelector("input[type=hidden]").value = "";
  box.querySelector("[data-name]").textContent = word("chooseFile");
  button.hidden = true;
});

function failed(row, text) {
  row.querySelector("progress")?.remove();
  row.classList.add("is-wrong");
  row.querySelector("span").append(Object.assign(document.createElement("small"), { textContent: text }));
  row.setAttribute("role", "alert");
  return false;
}

function rowFor(box, file) {
  const row = document.createElement("li");
  const name = document.createElement("span");
  const stop = document.createElement("button");
  name.append(Object.assign(document.createElement("b"), { textContent: file.name }));
  stop.type = "button";
  stop.className = "btn ghost square small";
  stop.setAttribute("aria-label", `${word("remove")} ${file.name}`);
  stop.append(icon("x"));
  const progress = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  progress.setAttribute("aria-label", file.name);
  row.append(icon("paperclip"), name, progress, stop);
  box.querySelector("[data-attached]").append(row);
  return row;
}
