// The builder of workflows, loaded on its page alone: <div data-module="builder.js" data-parts="…"> with its data as
// JSON in #flow-data. See builder/editor.js.
import { buttons, edits, keys, mouse } from "./builder/editing.js";
import { Editor } from "./builder/editor.js";
import { get } from "./builder/server.js";
import { tests } from "./builder/testing.js";

export async function start(root) {
  const data = JSON.parse(root.querySelector("#flow-data").textContent);
  const { ok, body } = await get(root.dataset.parts);
  root.querySelector("[data-loading]")?.remove();
  if (!ok) {
    root.querySelector("[data-broken]").hidden = false;
    return;
  }
  const ed = new Editor(root, data, body);
  edits(ed);
  mouse(ed);
  keys(ed);
  buttons(ed);
  tests(ed);
  leaving(ed);
  ed.view.centre();
  if (ed.view.stage.clientWidth > 700 && ed.canvas.scrollWidth > ed.view.stage.clientWidth) ed.view.fit();
  root.dataset.ready = "";
  get(data.urls.figures).then(({ ok: isThere, body: told }) => isThere && ed.showFigures(told.figures));
  if (!data.definition.steps.length && data.can_edit) ed.open("trigger");
}

/** Whatever way the page is left, the last edits are sent first. */
function leaving(ed) {
  addEventListener("pagehide", () => ed.root.isConnected && ed.saver.flush({ keepalive: true }));
  document.addEventListener("htmx:beforeSwap", () => ed.root.isConnected && ed.saver.flush());
  addEventListener("beforeunload", (event) => {
    if (ed.root.isConnected && ed.saver.isDirty && ed.saver.hasFailed) event.preventDefault();
  });
}
