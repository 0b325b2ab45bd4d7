// A panel that lists rows: its heading, a field that narrows them, and a table. Names in it open the drawer.

import { attribute, h, text } from "./dom.js";
import { flow } from "./flow.js";
import { go, place } from "./place.js";
import { head } from "./tabs.js";

/** The `start` and `show` of such a panel. */
export function listed(title, hint) {
  /** @type {any} */
  let parts = null;

  function start(root) {
    const { head: top, sum } = head(title);
    const field = h("input", { type: "search", placeholder: hint, "aria-label": hint, autocomplete: "off", spellcheck: "false" });
    const rows = h("div");
    field.oninput = () => go({ narrow: field.value.trim() }, true);
    rows.onclick = (event) => {
      const link = event.target.closest("[data-about]");
      if (link) go({ about: link.dataset.about });
    };
    const body = h("div", { class: "body", tabindex: 0 }, field, rows);
    root.append(top, body);
    parts = { sum, field, rows, body, narrow: "" };
  }

  function show({ says, narrow, table }) {
    // An answer to an earlier letter comes late and is passed over.
    if (narrow !== place().narrow) return;
    parts.sum(says);
    if (document.activeElement !== parts.field) parts.field.value = narrow;
    const changed = parts.narrow === narrow;
    parts.narrow = narrow;
    if (table.rows.length === 0) parts.rows.replaceChildren(h("p", { class: "empty" }, narrow ? `Nothing here speaks of “${narrow}”.` : "Nothing yet."));
    else flow(parts.body, table.rows, changed, (rows) => draw({ ...table, rows }));
  }

  /** Puts the table in place of the one before; what has the focus keeps it. */
  function draw(table) {
    const focused = document.activeElement?.getAttribute("data-about");
    const held = parts.rows.contains(document.activeElement);
    parts.rows.replaceChildren(tableOf(table));
    if (held && focused) [...parts.rows.querySelectorAll("[data-about]")].find((it) => it.dataset.about === focused)?.focus();
  }

  return { start, show };
}

/** A table of rows of pieces. */
export function tableOf({ columns, rows }) {
  return h("table", { class: "table" },
    h("thead", {}, h("tr", {}, ...columns.map((column) => (column ? h("th", { scope: "col" }, column) : h("td"))))),
    h("tbody", {}, ...rows.map(({ tone, cells }) => h("tr", { "data-tone": tone || null }, ...cells.map((cell, nth) => h("td", { "data-label": columns[nth] || null }, piece(cell)))))));
}

/** A piece of text; a button when there is more to tell about it. */
export function piece({ tone, text: words, about }) {
  const shape = { strong: "strong", faint: "small" }[tone] ?? "span";
  if (about) return h("button", { type: "button", class: "about", "data-about": about }, words);
  const element = h(shape);
  text(element, words);
  if (tone && shape === "span") {
    attribute(element, "class", "tone");
    attribute(element, "data-tone", tone);
  }
  return element;
}
