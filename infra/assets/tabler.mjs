// The part of Tabler that our pages use: its base for elements, and those of its
// classes which a template names and our own style sheets do not define.
import { readFile } from "node:fs/promises";
import path from "node:path";

const CLASS = /\.((?:\\.|[\w-])+)/g;

export async function tablerSubset({ root, ownCss, usedClasses }) {
  const css = await readFile(path.join(root, "node_modules/@tabler/core/dist/css/tabler.css"), "utf8");
  const own = new Set([...ownCss.matchAll(CLASS)].map((found) => found[1]));
  const isKept = (selector) => {
    const names = [...selector.matchAll(CLASS)].map((found) => found[1].replaceAll("\\", ""));
    if (names.some((name) => own.has(name) || !usedClasses.has(name))) return false;
    return !/\[data-bs-theme/.test(selector);
  };
  const kept = filtered(parse(css.replace(/\/\*[\s\S]*?\*\//g, "")), isKept);
  return printed(withoutUnusedVariables(kept, ownCss));
}

/** A tree of `{head, body}`; body is text for declarations, a list for nested rules. */
function parse(css) {
  const rules = [];
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf("{", at);
    if (open < 0) break;
    const statement = css.slice(at, open);
    const head = statement.slice(statement.lastIndexOf(";") + 1).trim();
    const close = closing(css, open);
    const inner = css.slice(open + 1, close);
    rules.push({ head, body: /^@(?:media|supports|layer|container)/.test(head) ? parse(inner) : inner.trim() });
    at = close + 1;
  }
  return rules;
}

function closing(css, open) {
  let depth = 0;
  for (let at = open; at < css.length; at++) {
    if (css[at] === "{") depth++;
    else if (css[at] === "}" && --depth === 0) return at;
  }
  return css.length;
}

function filtered(rules, isKept) {
  return rules.flatMap(({ head, body }) => {
    if (Array.isArray(body)) {
      const inner = filtered(body, isKept);
      return inner.length && !head.includes("print") ? [{ head, body: inner }] : [];
    }
    if (head.startsWith("@")) return [];
    const selectors = splitSelectors(head).filter((selector) => !/^\d/.test(selector) && isKept(selector));
    return selectors.length ? [{ head: selectors.join(","), body }] : [];
  });
}

/** Splits at commas that stand outside brackets. */
function splitSelectors(head) {
  const parts = [""];
  let depth = 0;
  for (const sign of head) {
    if (sign === "(" || sign === "[") depth++;
    if (sign === ")" || sign === "]") depth--;
    if (sign === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts.map((part) => part.trim()).filter(Boolean);
}

/** Drops custom properties that nothing kept refers to, until none is left to drop. */
function withoutUnusedVariables(rules, ownCss) {
  for (;;) {
    const text = printed(rules) + ownCss;
    const used = new Set([...text.matchAll(/var\((--tblr-[\w-]+)/g)].map((found) => found[1]));
    let dropped = 0;
    const clean = (list) =>
      list.flatMap(({ head, body }) => {
        if (Array.isArray(body)) {
          const inner = clean(body);
          return inner.length ? [{ head, body: inner }] : [];
        }
        const lines = body
          .split(";")
          .map((line) => line.trim())
          .filter(Boolean);
        const left = lines.filter((line) => !line.startsWith("--tblr-") || used.has(line.split(":")[0].trim()));
        dropped += lines.length - left.length;
        return left.length ? [{ head, body: left.join(";") }] : [];
      });
    rules = clean(rules);
    if (!dropped) return rules;
  }
}

function printed(rules) {
  return rules.map(({ head, body }) => `${head}{${Array.isArray(body) ? printed(body) : body}}`).join("\n");
}
