// The two worlds side by side: a row a person, or a grid of dots when there are many; groups below.

import { $, attribute, h, list, text, textOrHide } from "../dom.js";
import { flow } from "../flow.js";
import { legend } from "../help.js";
import { go, watch } from "../place.js";
import { named } from "../server.js";
import { tip } from "../tip.js";
import { open } from "../menu.js";

let counts = new Map();

/** Connects filter, search, dots and menus. */
export function start() {
  watch(where);
  $("differences").onchange = (event) => go({ filter: event.target.checked ? "differences" : "" });
  $("search").oninput = (event) => go({ search: event.target.value.trim() }, true);
  $("people").onclick = (event) => {
    const dot = event.target.closest(".dot");
    if (dot) go({ about: `user ${dot.dataset.handle}` });
  };
  tip($("people"), (target) => {
    const dot = target.closest(".dot");
    if (dot) return { says: `${dot.dataset.handle}: ${counts.get(dot.dataset.mark)?.word ?? ""}`, key: "click tells everything" };
    const mark = target.closest(".mark-cell");
    return mark?.dataset.why ? { says: mark.dataset.why } : null;
  });
  tip($("groups"), (target) => {
    const mark = target.closest(".mark-cell");
    return mark?.dataset.why ? { says: mark.dataset.why } : null;
  });
  tip($("legend"), (target) => ({ says: target.closest("li")?.dataset.says }));
}

/** Shows filter and search as the address has them. */
function where({ filter, search }) {
  $("differences").checked = filter === "differences";
  if (document.activeElement !== $("search")) $("search").value = search;
}

/** Whether most of the first rows stood not there before. */
function areNew(people, rows) {
  const stood = new Set([...people.children].map((row) => row.dataset.key));
  const first = rows.slice(0, 20).map((row) => String(keyOf(row)));
  return first.filter((key) => !stood.has(key)).length > first.length / 2;
}

/** The figures of a world, each whole: where there is no room for the second, it is not shown at all. */
function sum(element, words) {
  if (element.textContent === words) return;
  element.replaceChildren(...words.split(" · ").map((part, nth) => h("i", {}, nth > 0 ? ` · ${part}` : part)));
}

/** Shows the worlds part of the state. */
export function show(part) {
  legend(part);
  counts = new Map(part.counts.map((count) => [count.mark, count]));
  sum($("entra-sum"), part.entra);
  sum($("golinks-sum"), part.golinks);
  for (const id of ["entra-sum", "golinks-sum"]) {
    attribute($(id), "title", $(id).textContent);
    // From a thousand people or accounts on the figures take the room that the words of the link have before.
    attribute($(id).parentElement, "data-long", $(id).textContent.length > 24);
  }
  list($("legend"), part.counts, (count) => count.mark, legendItem, fillLegend);
  const people = $("people");
  if (people.dataset.shape !== part.shape) {
    people.dataset.shape = part.shape;
    people.replaceChildren();
  }
  const dots = part.shape === "dots";
  attribute(people, "role", dots ? "img" : "list");
  attribute(people, "aria-label", dots ? `${part.dots.length} people as marks; filter or search to read them` : "People");
  if (part.empty) people.replaceChildren(h("p", { class: "empty", "data-key": "" }, part.empty));
  else if (part.shape === "dots") list(people, part.dots, (dot) => dot.handle, makeDot, fillDot);
  else flow(people, part.rows, areNew(people, part.rows), (rows) => list(people, rows, keyOf, makeRow, fillRow));
  textOrHide($("worlds-capped"), part.capped);
  const groups = $("groups");
  groups.hidden = part.groups.length === 0;
  list(groups, part.groups, (group) => group.handle, makeRow, fillGroup);
  textOrHide($("groups-capped"), part.groups_capped);
}

// An account that belongs to no user may be called as a person is.
const keyOf = (row) => (row.mark === "extra" ? "account " : "user ") + row.handle;

function legendItem({ mark, symbol, word, says }) {
  return h("li", { "data-mark": mark, "data-says": says, tabindex: 0 },
    h("b", { "aria-hidden": "true" }, symbol), h("span", {}, word), h("i"));
}

function fillLegend(element, { count }) {
  text(element.lastChild, count.toLocaleString("en"));
  attribute(element, "data-none", count === 0);
}

function makeDot({ handle }) {
  return h("span", { class: "dot", "data-handle": handle });
}

function fillDot(element, { mark }) {
  if (element.dataset.mark === mark) return;
  element.dataset.mark = mark;
  text(element, counts.get(mark)?.symbol);
}

function makeRow() {
  const row = h("div", { class: "row", role: "listitem" },
    h("div", { class: "person" }, h("button", { type: "button", class: "name" }), h("small")),
    h("div", { class: "scope" }, h("span"), h("small")),
    h("div", { class: "mark-cell" }, h("b", { "aria-hidden": "true" }), h("span")),
    h("div", { class: "account" }, h("small"), h("span", { class: "status" })),
    h("button", { class: "more", type: "button", "aria-haspopup": "dialog" }, "⋯"),
  );
  row.querySelector(".more").onclick = (event) => open(event.currentTarget, row.person);
  // The whole row is the button's target; its menu is another one.
  row.onclick = (event) => event.target.closest(".more") ?? go({ about: row.about });
  return row;
}

function fillRow(element, row) {
  element.person = row;
  element.about = row.about ?? (row.mark === "extra" ? `account ${row.account}` : `user ${row.handle}`);
  const [person, scope, mark, account, more] = element.children;
  if (element.dataset.mark && element.dataset.mark !== row.mark) flash(element);
  attribute(element, "data-mark", row.mark);
  attribute(element, "data-scope", row.in_scope ? "in" : "out");
  text(person.firstChild, row.name);
  text(person.lastChild, row.detail);
  attribute(person, "title", row.handle);
  text(scope.firstChild, row.scope);
  text(scope.lastChild, row.intended);
  attribute(scope, "title", row.entra ? `${row.scope}; ${row.entra} in Entra` : `${row.scope}; ${named("GoLinks")} should hold: ${row.intended}`);
  text(mark.firstChild, row.symbol);
  text(mark.lastChild, row.says);
  attribute(mark, "data-why", row.why.join("\n"));
  text(account.firstChild, row.account);
  attribute(account, "title", row.account);
  text(account.lastChild, row.status);
  attribute(account, "data-status", row.status);
  attribute(more, "aria-label", `Change ${row.name}`);
  more.hidden = row.can.length === 0;
}

/** Fills a row with a group: its members stand where a person has the department and the account. */
function fillGroup(element, group) {
  fillRow(element, {
    ...group, about: `group ${group.handle}`, detail: "group", scope: group.scope, intended: group.entra,
    account: "", status: group.golinks,
  });
}

function flash(element) {
  element.classList.remove("changed");
  void element.offsetWidth; // restarts the animation
  element.classList.add("changed");
}
