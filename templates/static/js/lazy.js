// Parts that are loaded where they are used: <div data-module="/static/board.js">.
import { each } from "./dom.js";

each("[data-module]", async (element) => {
  const part = await import(element.dataset.module);
  part.start(element);
});
