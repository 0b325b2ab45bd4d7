// All expectations as sentences: a click on the time of one leads to its moment.

import { attribute, h, list, text } from "../dom.js";
import { head } from "../tabs.js";
import { visit } from "../visit.js";

/** @type {any} */
let parts = null;

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Expectations");
  const none = h("p", { class: "empty" }, "This scenario expects nothing: it is played to be looked at.");
  const all = h("div");
  root.append(top, h("div", { class: "body", tabindex: 0 }, none, all));
  parts = { sum, none, all };
}

/** Shows the part of the state. */
export function show(part) {
  parts.sum(part.says);
  parts.none.hidden = part.parts.length > 0;
  list(parts.all, part.parts, (it) => it.title, makePart, fillPart);
}

const makePart = () => h("section", { class: "checked" }, h("h3"), h("ul"));

function fillPart(element, { title, tone, count, rows }) {
  const [heading, all] = element.children;
  text(heading, rows.length < count ? `${title}: ${count}, of which ${rows.length} are shown` : `${title}: ${count}`);
  attribute(element, "data-tone", tone);
  list(all, rows, (row, nth) => `${row.place} ${row.at} ${row.expected} ${nth}`, makeRow, fillRow);
}

function makeRow() {
  const at = h("button", { type: "button", class: "about" });
  const row = h("li", {}, h("b", { "aria-hidden": "true" }), h("span", {}, at, h("i")), h("div", {}, h("p"), h("code"), h("small"), h("ul")));
  at.onclick = () => visit(row.dataset.jump);
  return row;
}

function fillRow(element, row) {
  const [symbol, when, words] = element.children;
  const [at, fixed] = when.children;
  attribute(element, "data-jump", row.jump);
  text(symbol, row.symbol);
  at.hidden = !row.jump;
  text(at, row.jump ? row.at : "");
  attribute(at, "aria-label", row.jump && `Go to ${row.at}`);
  text(fixed, row.jump ? "" : row.at);
  const [sentence, written, place, why] = words.children;
  text(sentence, row.sentence);
  text(written, row.expected);
  text(place, ` ${row.place}`);
  list(why, row.why, (_, nth) => nth, () => h("li"), text);
}
