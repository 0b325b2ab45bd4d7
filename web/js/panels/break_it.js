// Breaks things on purpose: on the way, the token, and the quirks of GoLinks by family.

import { attribute, h, list, text, textOrHide } from "../dom.js";
import { act, canBeCopied, copy, curlAction } from "../api.js";
import { head } from "../tabs.js";

let parts = null;

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Break it");
  const note = h("p", { class: "note" });
  const search = h("input", { type: "search", placeholder: "Search: a word, or B27", "aria-label": "Search what can be broken", autocomplete: "off" });
  const families = h("div");
  search.oninput = sieve;
  root.append(top, h("div", { class: "body", tabindex: 0 }, note, search, families));
  parts = { sum, note, search, families };
}

/** Shows the part of the state. */
export function show(part) {
  const on = part.families.flatMap((family) => family.switches).filter((it) => it.on).length;
  parts.sum(on === 0 ? "nothing is broken here" : `${on} on now`);
  textOrHide(parts.note, part.note);
  list(parts.families, part.families, (family) => family.title, makeFamily, fillFamily);
  sieve();
}

// The plain ones are open; the quirks of GoLinks wait for a click.
function makeFamily({ title }) {
  const family = h("details", { class: "family" }, h("summary", {}, title, " ", h("small")), h("ul"));
  family.open = /way|token/.test(title);
  return family;
}

function fillFamily(element, { switches }) {
  const on = switches.filter((it) => it.on).length;
  text(element.querySelector("small"), on > 0 ? `${on} of ${switches.length} on` : switches.length);
  list(element.lastChild, switches, (it) => it.name, makeSwitch, fillSwitch);
}

function makeSwitch() {
  const button = h("button", { type: "button", class: "switch", role: "switch" }, h("b", { "aria-hidden": "true" }), h("span"));
  const says = h("p");
  const asCurl = h("button", { type: "button", class: "copy" }, "curl");
  const asToml = h("button", { type: "button", class: "copy" }, "TOML");
  const item = h("li", {}, button, h("div", {}, says, h("small")), asCurl, asToml);
  button.onclick = () => act(item.it.on ? item.it.off : item.it.action);
  asCurl.onclick = () => copy(curlAction(item.it.action));
  asToml.onclick = () => copy(`do = ${item.it.action}`);
  return item;
}

function fillSwitch(element, it) {
  element.it = it;
  const [button, words, asCurl, asToml] = element.children;
  attribute(button, "aria-checked", String(it.on));
  text(button.firstChild, it.on ? "■" : "□");
  text(button.lastChild, it.name);
  text(words.firstChild, it.story);
  text(words.lastChild, it.bugs.length ? `${it.bugs.join(", ")} · reported: ${it.from}` : "");
  asCurl.hidden = asToml.hidden = !canBeCopied(it.action);
  attribute(asCurl, "aria-label", `Copy as curl: ${it.name}`);
  attribute(asToml, "aria-label", `Copy as TOML: ${it.name}`);
}

/** Shows the switches that speak of what is searched; a family that has some is open. */
function sieve() {
  const wanted = parts.search.value.trim().toLowerCase();
  for (const family of parts.families.children) {
    let any = false;
    for (const item of family.lastChild.children) {
      const told = [item.it.name, item.it.story, ...item.it.bugs].join(" ").toLowerCase();
      item.hidden = !told.includes(wanted);
      any ||= !item.hidden;
    }
    family.hidden = !any;
    if (wanted && any) family.open = true;
  }
}
