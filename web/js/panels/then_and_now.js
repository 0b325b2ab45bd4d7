// Two instants beside each other: what differs between them, person by person.

import { attribute, h, list, text, textOrHide } from "../dom.js";
import { go, place } from "../place.js";
import { head } from "../tabs.js";

let parts = null;
let part = null;

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Then and now");
  const other = h("input", { type: "text", placeholder: "now", "aria-label": "The other instant: day 3 15:00, 3d 7h after the start, or 2026-03-05T07:12:00Z; empty for now", size: 22, autocomplete: "off", spellcheck: "false" });
  other.onchange = () => go({ narrow: other.value.trim() });
  const note = h("p", { class: "note" });
  const run = table("The run");
  const people = table("Who");
  const choose = h("p", {}, h("label", {}, "Compare with ", other));
  root.append(top, h("div", { class: "body", tabindex: 0 }, choose, note, run.table, people.table));
  parts = { sum, other, note, run, people };
}

function table(first) {
  const [then, later] = [h("th", { scope: "col" }), h("th", { scope: "col" })];
  const rows = h("tbody");
  const heads = h("tr", {}, h("th", { scope: "col" }, first), h("th", { scope: "col" }, "What"), then, later);
  return { table: h("table", { class: "table beside" }, h("thead", {}, heads), rows), rows, then, later };
}

/** Shows the part of the state. */
export function show(now) {
  part = now;
  parts.sum(now.says);
  if (document.activeElement !== parts.other) parts.other.value = place().narrow;
  textOrHide(parts.note, now.note);
  const run = now.run.map((difference) => ({ name: "", about: "", difference }));
  const people = now.people.flatMap(({ name, about, differences }) =>
    differences.map((difference, nth) => ({ name: nth ? "" : name, about, difference })));
  fill(parts.run, run);
  fill(parts.people, people);
}

function fill({ table, rows, then, later }, all) {
  table.hidden = all.length === 0;
  text(then, part.then);
  text(later, part.later);
  list(rows, all, ({ about, difference }) => `${about} ${difference.what}`, makeRow, fillRow);
}

function makeRow({ about }) {
  const name = about ? h("button", { type: "button", class: "about" }) : h("span");
  name.onclick = () => about && go({ about });
  return h("tr", {}, h("td", {}, name), h("td"), h("td"), h("td", {}, h("strong")));
}

function fillRow(element, { name, difference }) {
  const [who, what, then, later] = element.children;
  text(who.firstChild, name);
  who.firstChild.hidden = !name;
  text(what, difference.what);
  attribute(what, "data-label", "What");
  attribute(then, "data-label", part.then);
  attribute(later, "data-label", part.later);
  text(then, difference.then);
  text(later.firstChild, difference.later);
}
