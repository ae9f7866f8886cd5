// Which icons and CSS classes the sources name: templates, Python and our scripts.
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

const FOLDERS = ["templates", "tenants", "public_site", "billing", "saas"];
const ICON = [
  /\{%\s*icon\s+["']([a-z0-9-]+)["']/g,
  /\bicon\s*[=:]\s*["']([a-z0-9-]+)["']/g,
  /["']icon["']\s*:\s*["']([a-z0-9-]+)["']/g,
  /\bicon\(["']([a-z0-9-]+)["']/g,
  /_ICONS?\b[^=]*=\s*\{([^}]*)\}/g,
  /#([a-z0-9-]+)["']\s*\/?>\s*<\/use>/g,
];
const CLASS = [
  /\bclass=(?:"([^"]*)"|'([^']*)')/g,
  /["']class["']\s*:\s*["']([^"']*)["']/g,
  /class(?:List\.\w+\(|Name\s*=\s*)["'`]([^"'`]*)["'`]/g,
];

async function* filesUnder(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== "__pycache__") yield* filesUnder(full);
    else if (/\.(html|py|js|txt)$/.test(entry.name)) yield full;
  }
}

/** `{icons, classes}`: every name that stands literally in the sources. */
export async function namesInSources(root) {
  const icons = new Set();
  const classes = new Set();
  for (const folder of FOLDERS) {
    for await (const file of filesUnder(path.join(root, folder))) {
      const text = await readFile(file, "utf8");
      for (const pattern of ICON) {
        for (const found of text.matchAll(pattern)) {
          for (const name of found[1].match(/[a-z][a-z0-9-]+/g) ?? []) icons.add(name);
        }
      }
      for (const pattern of CLASS) {
        for (const found of text.matchAll(pattern)) {
          for (const name of (found[1] ?? found[2] ?? "").match(/[A-Za-z][\w-]*/g) ?? []) classes.add(name);
        }
      }
    }
  }
  const list = await readFile(path.join(root, "infra/assets/icons.txt"), "utf8");
  for (const line of list.split("\n")) if (line && !line.startsWith("#")) icons.add(line.trim());
  return { icons, classes };
}
