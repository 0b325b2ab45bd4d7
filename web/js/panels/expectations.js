// The expectations of the script: met and failed so far.

import { $, attribute, h, list, text } from "../dom.js";
import { visit } from "../visit.js";

/** Shows the expectations part of the state. */
export function show(part) {
  text($("expectations-sum"), part.says);
  attribute($("expectations"), "data-failed", part.failed > 0);
  list($("checks"), part.items, (item) => `${item.place} ${item.step} ${item.expected}`, make, fill);
}

function make() {
  const at = h("button", { type: "button", class: "about" });
  const item = h("li", {}, h("b"), h("span", { class: "word" }), h("span", { class: "step" }, at), h("span"), h("em"));
  at.onclick = () => visit(item.instant);
  return item;
}

function fill(element, item) {
  const [symbol, word, step, expected, actual] = element.children;
  attribute(element, "data-word", item.word);
  attribute(element, "title", [item.expected, item.place, ...item.why].join("\n"));
  text(symbol, item.symbol);
  text(word, item.word);
  text(step.firstChild, item.step);
  attribute(step.firstChild, "aria-label", `Go to ${item.step}`);
  element.instant = item.instant;
  text(expected, item.sentence);
  text(actual, item.actual);
}
