// One SVG sprite of the Tabler outline icons that are really used.
import { readFile } from "node:fs/promises";
import path from "node:path";

const SHAPE = /<(path|circle|rect|line|polyline|ellipse)\b[^>]*\/>/g;

/** The sprite's text. Names that Tabler does not have are skipped: they are no icons. */
export async function iconSprite({ root, names }) {
  const folder = path.join(root, "node_modules/@tabler/icons/icons/outline");
  const symbols = await Promise.all(
    [...names].sort().map(async (name) => {
      const svg = await readFile(path.join(folder, `${name}.svg`), "utf8").catch(() => null);
      if (svg === null) return "";
      const shapes = (svg.match(SHAPE) ?? []).filter((shape) => !shape.includes('d="M0 0h24v24H0z"'));
      return `<symbol id="${name}" viewBox="0 0 24 24">${shapes.join("")}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.filter(Boolean).join("\n")}</svg>\n`;
}
