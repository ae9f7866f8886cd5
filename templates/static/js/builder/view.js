// Looking at the canvas: zoom, fit, drag to pan, and a small map where it is large.
import { freshName } from "./h.js";

const LEAST = 0.3;
const MOST = 1.6;
const STEP = 1.2;
const MAP = { width: 168, height: 116 };

export class View {
  constructor(ed) {
    this.ed = ed;
    this.stage = ed.root.querySelector("[data-stage]");
    this.map = ed.root.querySelector("[data-map]");
    this.zoomWords = ed.root.querySelector("[data-zoom-now]");
    this.zoom = 1;
    this.dragToPan();
    this.stage.addEventListener("scroll", () => this.frame(), { passive: true });
    this.stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.map?.addEventListener("pointerdown", (event) => this.jump(event));
    new ResizeObserver(() => this.drawMap()).observe(this.stage);
    this.name = freshName("map");
  }

  set(zoom, around = null) {
    const next = Math.min(MOST, Math.max(LEAST, zoom));
    const { stage } = this;
    const [x, y] = around ?? [stage.clientWidth / 2, stage.clientHeight / 2];
    const ratio = next / this.zoom;
    const [left, top] = [(stage.scrollLeft + x) * ratio - x, (stage.scrollTop + y) * ratio - y];
    this.zoom = next;
    this.ed.canvas.style.zoom = next;
    stage.scrollTo(left, top);
    if (this.zoomWords) this.zoomWords.textContent = `${Math.round(next * 100)}%`;
    this.drawMap();
  }

  larger() {
    this.set(this.zoom * STEP);
  }

  smaller() {
    this.set(this.zoom / STEP);
  }

  /** All of it in sight, no larger than it is. */
  fit() {
    const { canvas } = this.ed;
    this.set(1);
    const ratio = Math.min(this.stage.clientWidth / canvas.scrollWidth, this.stage.clientHeight / canvas.scrollHeight, 1);
    this.set(ratio);
    this.centre();
    this.stage.scrollTop = 0;
  }

  /** The trigger in the middle. */
  centre() {
    this.stage.scrollLeft = (this.stage.scrollWidth - this.stage.clientWidth) / 2;
  }

  show(id) {
    this.ed.canvas.querySelector(`[data-card="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = this.stage.getBoundingClientRect();
    this.set(this.zoom * (event.deltaY < 0 ? 1.1 : 1 / 1.1), [event.clientX - box.left, event.clientY - box.top]);
  }

  // With a mouse the ground is dragged; fingers scroll by themselves.
  dragToPan() {
    const { stage } = this;
    stage.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button || event.target.closest("button, a, input, .flow-card, .flow-tools")) return;
      const from = { x: event.clientX + stage.scrollLeft, y: event.clientY + stage.scrollTop };
      const drag = (moved) => stage.scrollTo(from.x - moved.clientX, from.y - moved.clientY);
      const done = () => {
        stage.classList.remove("is-panning");
        stage.removeEventListener("pointermove", drag);
      };
      stage.classList.add("is-panning");
      stage.setPointerCapture(event.pointerId);
      stage.addEventListener("pointermove", drag);
      stage.addEventListener("pointerup", done, { once: true });
      stage.addEventListener("pointercancel", done, { once: true });
    });
  }

  // The map

  get scale() {
    return Math.min(MAP.width / this.stage.scrollWidth, MAP.height / this.stage.scrollHeight);
  }

  drawMap() {
    const { map, stage } = this;
    if (!map) return;
    const isLarge = stage.scrollWidth > stage.clientWidth * 1.4 || stage.scrollHeight > stage.clientHeight * 1.4;
    map.hidden = !isLarge || stage.clientWidth < 700;
    if (map.hidden) return;
    const origin = this.ed.canvas.getBoundingClientRect();
    const { scale } = this;
    const svg = map.querySelector("svg");
    const boxes = [...this.ed.canvas.querySelectorAll(".flow-card")].map((card) => {
      const box = card.getBoundingClientRect();
      return rect((box.left - origin.left) * scale, (box.top - origin.top) * scale, box.width * scale, box.height * scale,
        card.classList.contains("is-wrong") ? "bad" : card.classList.contains("is-open") ? "open" : "");
    });
    this.window = rect(0, 0, 0, 0, "window");
    svg.setAttribute("width", String(stage.scrollWidth * scale));
    svg.setAttribute("height", String(stage.scrollHeight * scale));
    svg.replaceChildren(...boxes, this.window);
    this.frame();
  }

  frame() {
    if (!this.window || this.map?.hidden) return;
    const { stage, scale } = this;
    const values = { x: stage.scrollLeft, y: stage.scrollTop, width: stage.clientWidth, height: stage.clientHeight };
    for (const [name, value] of Object.entries(values)) this.window.setAttribute(name, String(value * scale));
  }

  jump(event) {
    const { stage, scale } = this;
    const go = (at) => {
      const box = this.map.querySelector("svg").getBoundingClientRect();
      stage.scrollTo((at.clientX - box.left) / scale - stage.clientWidth / 2, (at.clientY - box.top) / scale - stage.clientHeight / 2);
    };
    go(event);
    this.map.setPointerCapture(event.pointerId);
    this.map.addEventListener("pointermove", go);
    this.map.addEventListener("pointerup", () => this.map.removeEventListener("pointermove", go), { once: true });
    event.preventDefault();
  }
}

function rect(x, y, width, height, name) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [key, value] of Object.entries({ x, y, width, height, rx: 1.5 })) made.setAttribute(key, String(value));
  made.setAttribute("class", name);
  return made;
}
