// Builds the front end into static-build/: app.css, app.js, board.js, theme.js,
// icons.svg and fonts/. Run by `npm run build`; `npm run watch` repeats it.
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { watch } from "node:fs";
import { gzipSync } from "node:zlib";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { iconSprite } from "./icons.mjs";
import { namesInSources } from "./scan.mjs";
import { tablerSubset } from "./tabler.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const out = path.join(root, "static-build");
const sources = path.join(root, "templates/static");

const shared = {
  bundle: true,
  minify: true,
  target: ["chrome120", "firefox128", "safari17"],
  legalComments: "none",
  logLevel: "warning",
};

async function scripts() {
  const entry = (name) => path.join(sources, "js", name);
  await esbuild.build({ ...shared, entryPoints: [entry("app.js"), entry("theme.js")], outdir: out, format: "iife" });
  const lazy = ["board.js", "builder.js", "calendar.js", "map.js", "support.js"].map(entry);
  await esbuild.build({ ...shared, entryPoints: lazy, outdir: out, format: "esm", loader: { ".png": "empty" } });
  await copyFile(path.join(root, "node_modules/world-atlas/countries-50m.json"), path.join(out, "world.json"));
}

async function styles(names) {
  const own = await esbuild.build({
    ...shared,
    entryPoints: [path.join(sources, "css/app.css")],
    outdir: out,
    write: false,
    loader: { ".woff2": "file" },
    assetNames: "fonts/[name]",
  });
  const css = own.outputFiles.find((file) => file.path.endsWith(".css")).text;
  for (const file of own.outputFiles.filter((file) => file.path.endsWith(".woff2"))) {
    await mkdir(path.dirname(file.path), { recursive: true });
    await writeFile(file.path, file.contents);
  }
  const tabler = await tablerSubset({ root, ownCss: css, usedClasses: names.classes });
  const layer = await esbuild.transform(`@layer tabler{${tabler}}`, {
    loader: "css",
    minify: true,
    target: shared.target,
  });
  await writeFile(path.join(out, "app.css"), layer.code + css);
}

async function build() {
  const started = performance.now();
  const names = await namesInSources(root);
  await mkdir(out, { recursive: true });
  await Promise.all([
    scripts(),
    styles(names),
    iconSprite({ root, names: names.icons }).then((svg) => writeFile(path.join(out, "icons.svg"), svg)),
  ]);
  const sizes = await Promise.all(
    ["app.css", "app.js", "board.js", "builder.js", "calendar.js", "map.js", "world.json", "theme.js", "icons.svg"].map(async (name) => {
      const bytes = await readFile(path.join(out, name));
      return `${name} ${(gzipSync(bytes).length / 1024).toFixed(1)} KB`;
    }),
  );
  console.log(`built in ${Math.round(performance.now() - started)} ms (compressed: ${sizes.join(", ")})`);
}

async function watchSources() {
  let timer;
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(() => build().catch((error) => console.error(error.message)), 120);
  };
  for (const folder of ["templates", "tenants", "public_site", "billing"]) {
    watch(path.join(root, folder), { recursive: true }, (_, file) => /\.(html|py|css|js)$/.test(file ?? "") && again());
  }
}

const isWatching = process.argv.includes("--watch");
if (!isWatching) await rm(out, { recursive: true, force: true });
await build();
if (isWatching) await watchSources();
