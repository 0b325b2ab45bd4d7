// The cycles that have ended, newest first. A click on one looks back at its beginning, as a click on the strip does.

import { h, text, list, attribute } from "../dom.js";
import { head } from "../tabs.js";
import { visit } from "../visit.js";

const FIGURES = ["created", "updated", "disabled", "deleted", "skipped", "failed", "staged"];
const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** @type {any} */
let parts = null;

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Cycles");
  const running = h("div", { hidden: true }, h("p"), h("div", { class: "progress", role: "progressbar", "aria-label": "Progress of the cycle, in pages", "aria-valuemin": 0, "aria-valuemax": 100 }, h("i")));
  const none = h("p", { class: "empty" }, "No cycle has ended yet.");
  const rows = h("tbody");
  const heading = (word, figure) => h("th", { scope: "col", class: figure && "figure" }, word);
  const table = h("table", { class: "table spans" },
    h("thead", {}, h("tr", {}, ...["Cycle", "Began", "Kind"].map((word) => heading(word, false)),
      ...FIGURES.map((word) => heading(capital(word), true)),
      heading("Took", true), heading("Result", false))),
    rows);
  root.append(top, h("div", { class: "body", tabindex: 0 }, running, none, table));
  parts = { sum, running, none, rows, table };
}

/** Shows the part of the state. */
export function show({ says, running, rows }) {
  parts.sum(says);
  showRunning(running);
  parts.none.hidden = rows.length > 0;
  parts.table.hidden = rows.length === 0;
  list(parts.rows, rows, (row) => row.number, makeRow, fillRow);
}

function showRunning(running) {
  parts.running.hidden = !running;
  if (!running) return;
  const [says, bar] = parts.running.children;
  text(says, running.says);
  attribute(bar, "aria-valuenow", running.percent);
  bar.firstChild.style.width = running.percent + "%";
}

function makeRow() {
  const jump = h("button", { type: "button", class: "about" });
  jump.onclick = () => visit(jump.dataset.instant);
  const cell = (word, ...inside) => h("td", { "data-label": word }, ...inside);
  return h("tr", {}, cell("Cycle", jump), cell("Began", h("span", { class: "whole" }), h("span", { class: "whole" })), cell("Kind"), ...FIGURES.map((word) => h("td", { class: "figure", "data-label": capital(word) })),
    h("td", { class: "figure", "data-label": "Took" }, h("span"), h("span", { class: "amount", "aria-hidden": "true" }, h("i"))), cell("Result"));
}

function fillRow(element, row) {
  attribute(element, "data-tone", row.tone || null);
  const [jump, at, kind, ...rest] = element.children;
  const [took, result] = rest.slice(FIGURES.length);
  text(jump.firstChild, row.numbers);
  attribute(jump.firstChild, "data-instant", row.instant);
  attribute(jump.firstChild, "aria-label", `Look at cycle ${row.numbers}`);
  // A line may end between the first and the last of several.
  text(at.firstChild, row.at + (row.to ? "–" : ""));
  text(at.lastChild, row.to);
  text(kind, row.kind);
  for (const [nth, figure] of FIGURES.entries()) text(rest[nth], row[figure] || "–");
  text(took.firstChild, row.took);
  took.lastChild.hidden = row.share === 0;
  took.lastChild.firstChild.style.width = row.share / 10 + "%";
  text(result, row.result);
}
