// The scenario's file, with the line lit whose moment was played last.

import { attribute, h, list, text, textOrHide } from "../dom.js";
import { head } from "../tabs.js";

/** @type {any} */
let parts = null;
let shown = "";
let lit = null;

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Scenario");
  const note = h("p", { class: "note" }, "The lit line is the moment that was played last; ✓ and ✗ stand at expectations that were judged. Secrets are masked.");
  const changed = h("ul", { class: "note" });
  const capped = h("p", { class: "note", hidden: true });
  const lines = h("ol", { class: "file" });
  const body = h("div", { class: "body", tabindex: 0 }, note, changed, capped, lines);
  root.append(top, body);
  parts = { sum, changed, capped, lines, body };
}

/** Shows the part of the state. */
export function show(part) {
  parts.sum(part.says);
  textOrHide(parts.capped, part.capped);
  list(parts.changed, part.overrides, (_, nth) => nth, () => h("li"), (item, it) => text(item, `set on the command line: ${it}`));
  const now = JSON.stringify([part.first, part.lines]);
  if (now !== shown) {
    shown = now;
    lit = null;
    parts.lines.replaceChildren(...part.lines.map((line, nth) =>
      h("li", { "data-line": part.first + nth }, h("small", { "aria-hidden": "true" }, part.first + nth), h("b"), h("code", {}, line || " "))));
  }
  const [met, failed] = [new Set(part.met), new Set(part.failed)];
  for (const item of parts.lines.children) {
    const line = Number(item.dataset.line);
    const word = failed.has(line) ? "failed" : met.has(line) ? "met" : null;
    attribute(item, "data-word", word);
    text(item.children[1], word === "failed" ? "✗" : word ? "✓" : "");
    attribute(item.children[1], "aria-label", word);
    attribute(item.children[1], "role", word && "img");
    attribute(item, "aria-current", line === part.current && "step");
    attribute(item, "data-lit", line >= part.current && line <= part.until);
  }
  if (lit !== part.current) {
    lit = part.current;
    parts.lines.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }
}
