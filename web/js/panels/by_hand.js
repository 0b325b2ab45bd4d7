// Everything that was done by hand, and the scenario that does the same.

import { h, list, text, textOrHide } from "../dom.js";
import { canBeCopied, copy, curlAction, scenarioSize } from "../api.js";
import { save as saveFile } from "../hand_out.js";
import { wordsOf } from "../menu.js";
import { named } from "../server.js";
import { head } from "../tabs.js";
import { visit } from "../visit.js";

let parts = null;
let part = null;

const NONE = "Nothing was done by hand: the run goes as its file says. What you do to a person, to the job or to GoLinks, here or on GoLinks' own pages, is " +
  "listed here, and can be saved as a scenario that does the same.";

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Done by hand");
  const save = h("button", { type: "button", class: "primary" }, "Save as a scenario");
  const copyFile = h("button", { type: "button" }, "Copy the scenario");
  const command = h("code");
  const none = h("p", { class: "note" });
  const rows = h("tbody");
  const table = h("table", { class: "table" },
    h("thead", {}, h("tr", {}, ...["When", "What", "Copy as"].map((word) => h("th", { scope: "col" }, word)))), rows);
  const note = h("p", { class: "note" });
  const how = h("p", { class: "note" }, "The file runs with ", command, ". Expectations of the story may fail in it, because more happens.");
  save.onclick = download;
  copyFile.onclick = () => copy(part.file, { what: scenarioSize(part.file) });
  root.append(top, h("div", { class: "body", tabindex: 0 }, none, table, note, h("p", { class: "acts" }, save, " ", copyFile), how));
  parts = { sum, none, rows, table, note, save, copyFile, how, command };
}

/** Shows the part of the state. */
export function show(now) {
  part = now;
  parts.sum(now.says);
  const any = now.rows.length > 0;
  parts.none.hidden = any;
  text(parts.none, named(NONE));
  for (const element of [parts.table, parts.save, parts.copyFile, parts.how]) element.hidden = !any;
  textOrHide(parts.note, now.note);
  text(parts.command, now.command);
  list(parts.rows, now.rows, (row, nth) => `${row.instant} ${row.action} ${nth}`, makeRow, fillRow);
}

function makeRow(row) {
  const at = h("button", { type: "button", class: "about" });
  at.onclick = () => visit(row.instant);
  const asCurl = h("button", { type: "button", class: "copy" }, "curl");
  asCurl.onclick = () => copy(curlAction(row.action));
  const asToml = h("button", { type: "button", class: "copy" }, "TOML");
  asToml.onclick = () => copy(`do = ${row.action}`);
  const copies = canBeCopied(row.action) ? [asCurl, " ", asToml] : [h("small", {}, "It holds a secret, which this page is not told: the saved scenario has it.")];
  return h("tr", {}, h("td", {}, at), h("td", {}, h("strong"), " ", h("code"), " ", h("small")), h("td", {}, ...copies));
}

function fillRow(element, row) {
  const [at, what] = element.children;
  text(at.firstChild, row.at);
  text(what.firstChild, wordsOf(row.verb));
  text(what.querySelector("code"), row.action);
  text(what.lastChild, [named(row.place), row.ahead ? "still to come again" : ""].filter(Boolean).join(" · "));
}

const download = () => saveFile(new Blob([part.file], { type: "application/toml" }), part.name);
