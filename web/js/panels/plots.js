// The plots, as SVG that is drawn here: lines, bars that stand and bars that lie. Each has its words and a table beside it.

import { attribute, h, list, text } from "../dom.js";
import { go } from "../place.js";
import { head } from "../tabs.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 1000;
const HEIGHT = 300;

/** @type {any} */
let parts = null;

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Plots");
  const charts = h("div", { class: "charts" });
  charts.onclick = (event) => {
    const link = event.target.closest("[data-about]");
    if (link) go({ about: link.dataset.about });
  };
  root.append(top, h("div", { class: "body", tabindex: 0 }, charts));
  parts = { sum, charts };
}

/** Shows the part of the state. */
export function show(part) {
  parts.sum(part.says);
  list(parts.charts, part.charts, (chart) => chart.title, makeChart, fillChart);
}

function makeChart({ title, shape }) {
  const table = h("details", {}, h("summary", {}, "As a table"), h("div"));
  const drawing = shape === "rows" ? h("ul", { class: "lying" }) : h("div", { class: "drawing" },
    h("small", { class: "top" }), svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", role: "img" }), h("div", { class: "plot-ticks" }));
  return h("figure", { class: "chart", "data-shape": shape }, h("figcaption", {}, h("h3", {}, title), h("p")), h("ul", { class: "key" }), drawing, table);
}

function fillChart(element, chart) {
  const [caption, key, drawing, table] = element.children;
  text(caption.lastChild, chart.says);
  list(key, chart.series, (it) => it.name, makeKey, (item, it) => fillKey(item, it, chart.shape));
  if (chart.shape === "rows") list(drawing, chart.rows, (row) => row.about, makeBar, fillBar);
  else draw(drawing, chart);
  fillTable(table, chart);
}

// The mark before a name has the shape of its line, so that colour is never alone.
const DASHES = { entra: "", golinks: "14 7", bad: "3 5", warn: "", limit: "20 6 3 6", good: "", idle: "" };

const makeKey = () => h("li", {}, svg("svg", { viewBox: "0 0 28 10", "aria-hidden": "true" }, svg("path", {})), h("span"), h("b"));

function fillKey(element, { name, tone, last }, shape) {
  const [mark, words, value] = element.children;
  attribute(element, "data-tone", tone);
  const bars = shape === "bars";
  attribute(mark.firstChild, "d", bars ? `M4 0H24V10H4Z` : "M0 5H28");
  attribute(mark.firstChild, "class", bars ? "bar" : "line");
  attribute(mark.firstChild, "stroke-dasharray", bars ? null : DASHES[tone]);
  text(words, name);
  text(value, last);
}

function draw(drawing, { title, says, shape, top, ticks, series }) {
  const [most, picture, below] = drawing.children;
  text(most, top);
  attribute(picture, "aria-label", `${title}. ${says}`);
  const old = picture.children;
  while (old.length > series.length) old[old.length - 1].remove();
  // Bars stand on those before them: the highest is drawn first.
  const drawn = shape === "bars" ? series.toReversed() : series;
  for (const [nth, { tone, points }] of drawn.entries()) {
    const path = old[nth] ?? picture.appendChild(svg("path", {}));
    attribute(path, "data-tone", tone);
    attribute(path, "class", shape === "bars" ? "bar" : "line");
    attribute(path, "stroke-dasharray", shape === "bars" ? null : DASHES[tone]);
    attribute(path, "d", shape === "bars" ? bars(points) : steps(points));
  }
  list(below, ticks, (_, nth) => nth, () => h("span"), (label, { x, text: words }) => {
    text(label, words);
    label.style.left = x / 10 + "%";
  });
}

const height = (y) => (HEIGHT - 4 - ((HEIGHT - 8) * y) / 1000).toFixed(1);

/** A line that keeps each value until the next point. */
function steps(points) {
  if (points.length === 0) return "";
  const [[x, y], ...rest] = points;
  return `M${x} ${height(y)}` + rest.map(([x, y]) => `H${x}V${height(y)}`).join("");
}

function bars(points) {
  return points.map(([x, y]) => `M${x + 2} ${HEIGHT}V${height(y)}H${x + 14}V${HEIGHT}Z`).join("");
}

function makeBar({ about }) {
  return h("li", {}, h("button", { type: "button", class: "about", "data-about": about }), h("span", { class: "amount", "aria-hidden": "true" }, h("i")), h("span"));
}

function fillBar(element, { name, says, share, tone }) {
  const [who, bar, words] = element.children;
  text(who, name);
  attribute(bar, "data-tone", tone);
  bar.firstChild.style.width = share / 10 + "%";
  text(words, says);
}

// A table is filled only while it is open.
function fillTable(details, { columns, table }) {
  details.hidden = table.length === 0;
  details.ontoggle = () => fillTable(details, { columns, table });
  if (!details.open) return;
  details.lastChild.replaceChildren(h("table", { class: "table" },
    h("thead", {}, h("tr", {}, ...columns.map((word) => h("th", { scope: "col" }, word)))),
    h("tbody", {}, ...table.map((row) => h("tr", {}, ...row.map((cell, nth) => h("td", { "data-label": columns[nth] }, cell)))))));
}

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}
