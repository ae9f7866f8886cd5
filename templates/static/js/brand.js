// Live preview of a brand colour: <form data-brand-preview="#frame"> with a .colour field inside
// sets the variables on that element. The server's brand.css remains the true one.
import { on } from "./dom.js";

function hsl(hex) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);
  const [high, low] = [Math.max(r, g, b), Math.min(r, g, b)];
  const light = (high + low) / 2;
  const spread = high - low;
  if (!spread) return [0, 0, light * 100];
  const hue = high === r ? ((g - b) / spread) % 6 : high === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
  return [(hue * 60 + 360) % 360, (spread / (1 - Math.abs(2 * light - 1))) * 100, light * 100];
}

function luminance(hex) {
  const [r, g, b] = [1, 3, 5]
    .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Sets the brand variables of one element (or the page) from a hex colour. */
export function preview(element, hex) {
  const [hue, saturation, light] = hsl(hex);
  const ink = `hsl(${hue} ${saturation}% ${Math.min(light, 36)}%)`;
  const variables = {
    "--brand-h": hue.toFixed(0),
    "--tint": `${Math.min(14, saturation * 0.5).toFixed(0)}%`,
    "--tint-text": `${Math.min(9, saturation * 0.32).toFixed(0)}%`,
    "--brand": hex,
    "--brand-hover": `hsl(${hue} ${saturation}% ${Math.max(0, light - 5)}%)`,
    "--on-brand": 1.05 / (luminance(hex) + 0.05) >= 3.7 ? "#ffffff" : "#17161c",
    "--brand-ink": ink,
    "--brand-line": light > 55 ? ink : hex,
    "--brand-soft": `hsl(${hue} ${Math.min(80, saturation * 1.3)}% 96.5%)`,
  };
  for (const [name, value] of Object.entries(variables)) element.style.setProperty(name, value);
}

on("colour", "[data-brand-preview]", (form, event) => {
  const frame = document.querySelector(form.dataset.brandPreview);
  if (frame && event.target.dataset.brand !== undefined) preview(frame, event.detail);
});
window.brandPreview = preview;
