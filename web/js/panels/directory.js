// The directory: its users, and buttons that change it. What they did is in the list of what was done by hand.

import { attribute, h, list, text } from "../dom.js";
import { post } from "../api.js";
import { actionOn, wordsOf } from "../menu.js";
import { go, place } from "../place.js";
import { head } from "../tabs.js";

const HINT = "Narrow: a name, a department …";

/** @type {any} */
let parts = null;

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Directory");
  const field = h("input", { type: "search", placeholder: HINT, "aria-label": HINT, autocomplete: "off", spellcheck: "false" });
  field.oninput = () => go({ narrow: field.value.trim() }, true);
  const none = h("p", { class: "empty", hidden: true });
  const rows = h("tbody");
  const table = h("table", { class: "table directory" },
    h("thead", {}, h("tr", {}, ...["User", "Department", "Sign-in", "Assigned", "In scope", "Change"].map((word) => h("th", { scope: "col" }, word)))),
    rows);
  root.append(top, h("div", { class: "body", tabindex: 0 }, field, none, table));
  parts = { sum, field, none, rows, table };
}

/** Shows the part of the state. */
export function show({ says, narrow, rows }) {
  // An answer to an earlier letter comes late and is passed over.
  if (narrow !== place().narrow) return;
  parts.sum(says);
  if (document.activeElement !== parts.field) parts.field.value = narrow;
  parts.none.hidden = rows.length > 0;
  parts.table.hidden = rows.length === 0;
  text(parts.none, narrow ? `No user here is called “${narrow}”.` : "The directory has no users.");
  list(parts.rows, rows, (row) => row.handle, makeRow, fillRow);
}

function makeRow({ handle }) {
  const name = h("button", { type: "button", class: "about", "data-about": `user ${handle}` });
  name.onclick = () => go({ about: `user ${handle}` });
  return h("tr", { "data-handle": handle }, h("td", {}, name), h("td"), h("td"), h("td"), h("td"), h("td", {}, h("div", { class: "acts" })));
}

function fillRow(element, row) {
  const [name, department, signIn, assigned, scope, acts] = element.children;
  text(name.firstChild, row.name);
  text(department, row.department || "–");
  text(signIn, row.sign_in);
  text(assigned, row.assigned);
  text(scope, row.in_scope ? "✓ in scope" : `✕ ${row.scope}`);
  list(acts.firstChild, row.can, (verb) => verb, (verb) => makeButton(row.handle, verb), (button, verb) => {
    attribute(button, "aria-label", `${wordsOf(verb)}: ${row.name}`);
  });
}

function makeButton(handle, verb) {
  const button = h("button", { type: "button", "data-verb": verb }, wordsOf(verb));
  button.onclick = () => post("action", actionOn(handle, verb));
  return button;
}
