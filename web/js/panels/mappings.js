// The attribute mappings, the scoping filters, and an expression that is tried on a user.

import { attribute, h, list, text, textOrHide } from "../dom.js";
import { piece } from "../listed.js";
import { go, place } from "../place.js";
import { head } from "../tabs.js";

const COLUMNS = ["Source", "Target", "Type", "Matching precedence", "Apply this mapping", "Default if null"];

/** @type {any} */
let parts = null;
let shown = "";

// Stands for the user while none is chosen, so that the expression keeps its place.
const NOBODY = "-";

function narrowOf(user, expression) {
  const name = user.trim().replaceAll(" ", ".");
  if (!name && !expression.trim()) return "";
  return `${name || NOBODY} ${expression.trim()}`.trim();
}

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Mappings and scope");
  const user = h("input", { type: "search", id: "try-user", placeholder: "ann", autocomplete: "off", spellcheck: "false" });
  const expression = h("input", { type: "search", id: "try-expression", placeholder: "ToLower([mail])", autocomplete: "off", spellcheck: "false" });
  const form = h("div", { class: "try", role: "group", "aria-label": "Try an expression on a user" },
    h("label", {}, "User ", user), h("label", {}, "Expression ", expression));
  const ask = () => go({ narrow: narrowOf(user.value, expression.value) }, true);
  user.oninput = expression.oninput = ask;
  const made = {
    user, expression, refused: h("pre", { hidden: true, tabindex: 0 }), steps: h("div", { class: "steps" }), scopeTitle: h("h3", { hidden: true }), scope: h("div", { class: "steps" }),
    filtersSay: h("p"), filters: h("ul", { class: "filters" }), tables: h("div"),
  };
  root.append(top, h("div", { class: "body", tabindex: 0 },
    h("h3", {}, "Try an expression on a user"),
    h("p", { class: "note" }, "It is evaluated as in a cycle, and nothing is sent. The user is called as in the directory; “Try” in a row below takes its source."),
    form, made.refused, made.steps, made.scopeTitle, made.scope,
    h("h3", {}, "Source object scope"), made.filtersSay, made.filters, made.tables));
  parts = { sum, ...made };
}

/** Shows the part of the state. */
export function show(part) {
  if (part.narrow !== place().narrow) return;
  parts.sum(part.says);
  showTried(part);
  text(parts.filtersSay, part.filters_say);
  list(parts.filters, part.filters, (_, nth) => nth, () => h("li", {}, h("b"), h("small"), h("ol")), fillFilter);
  const now = JSON.stringify(part.tables);
  if (now === shown) return;
  shown = now;
  parts.tables.replaceChildren(...part.tables.flatMap(tableOf));
}

function showTried({ narrow, tried }) {
  const [user, ...rest] = narrow.split(" ");
  if (document.activeElement !== parts.user) parts.user.value = user === NOBODY ? "" : user;
  if (document.activeElement !== parts.expression) parts.expression.value = rest.join(" ");
  textOrHide(parts.refused, tried?.refused);
  lines(parts.steps, tried?.steps ?? []);
  textOrHide(parts.scopeTitle, tried?.user && `Scope of ${tried.user}, clause by clause`);
  lines(parts.scope, tried?.scope ?? []);
}

function lines(element, said) {
  element.replaceChildren(...said.map((line) => h("p", {}, ...line.map(piece))));
}

function fillFilter(element, { title, of, clauses }) {
  const [name, what, all] = element.children;
  text(name, title);
  text(what, of && ` ${of}`);
  list(all, clauses, (_, nth) => nth, () => h("li"), text);
}

function tableOf({ title, rows }) {
  return [h("h3", {}, title), h("table", { class: "table mapped" },
    h("thead", {}, h("tr", {}, ...[...COLUMNS, "On a user"].map((word) => h("th", { scope: "col" }, word)))),
    h("tbody", {}, ...rows.map(rowOf)))];
}

function rowOf(row) {
  const cells = [h("code", {}, row.source || "–"), h("code", {}, row.target + (row.required ? " *" : "")), row.kind, row.matching ?? "–", row.applies, row.default ?? "–"];
  return h("tr", {}, ...cells.map((cell, nth) => h("td", { "data-label": COLUMNS[nth] }, cell)), h("td", {}, row.expression ? tryButton(row) : null));
}

function tryButton({ expression, target }) {
  const button = h("button", { type: "button", "aria-label": `Try the source of ${target}` }, "Try");
  button.onclick = () => {
    parts.expression.value = expression;
    parts.expression.oninput();
    if (!parts.user.value) parts.user.focus();
    parts.user.scrollIntoView({ block: "nearest" });
  };
  return button;
}
