// The expectations of the script: met and failed so far.

import { $, attribute, h, list, text } from "../dom.js";

/** Shows the expectations part of the state. */
export function show(part) {
  text($("expectations-sum"), part.says);
  attribute($("expectations"), "data-failed", part.failed > 0);
  list($("checks"), part.items, (item) => `${item.place} ${item.step} ${item.expected}`, make, fill);
}

function make() {
  return h("li", {}, h("b"), h("span", { class: "word" }), h("span", { class: "step" }), h("code"), h("em"));
}

function fill(element, item) {
  const [symbol, word, step, expected, actual] = element.children;
  attribute(element, "data-word", item.word);
  attribute(element, "title", [item.place, ...item.why].join("\n"));
  text(symbol, item.symbol);
  text(word, item.word);
  text(step, item.step);
  text(expected, item.expected);
  text(actual, item.actual);
}
