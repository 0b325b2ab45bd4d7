// Provision on demand: whom it can be run for, and the last runs with the five steps of the portal.

import { attribute, h, list, text, textOrHide } from "../dom.js";
import { act, copy, curlAction } from "../api.js";
import { piece } from "../listed.js";
import { go, place } from "../place.js";
import { head } from "../tabs.js";

const HINT = "Find: a name, a department …";

/** @type {any} */
let parts = null;

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Provision on demand");
  const field = h("input", { type: "search", placeholder: HINT, "aria-label": HINT, autocomplete: "off", spellcheck: "false" });
  field.oninput = () => go({ narrow: field.value.trim() }, true);
  const found = h("ul", { class: "acts offers" });
  const more = h("p", { class: "note", hidden: true });
  const busy = h("p", { class: "note", role: "status", hidden: true });
  const none = h("p", { class: "empty" }, "No run yet. Choose a user above: one run sends what a cycle would send, at once and beside the cycles.");
  const runs = h("ol", { class: "runs" });
  runs.onclick = (event) => {
    const link = event.target.closest("[data-about]");
    if (link) go({ about: link.dataset.about });
  };
  root.append(top, h("div", { class: "body", tabindex: 0 }, field, found, more, busy, none, runs));
  parts = { sum, field, found, more, busy, none, runs };
}

/** Shows the part of the state. */
export function show(part) {
  if (part.narrow !== place().narrow) return;
  parts.sum(part.says);
  if (document.activeElement !== parts.field) parts.field.value = part.narrow;
  list(parts.found, part.found, (it) => it.action, makeFound, fillFound);
  textOrHide(parts.more, part.more);
  textOrHide(parts.busy, part.under_way.length > 0 && `Under way: ${part.under_way.join(", ")}.`);
  parts.none.hidden = part.runs.length > 0;
  list(parts.runs, part.runs, (run) => `${run.at} ${run.about} ${run.says}`, makeRun, fillRun);
}

function makeFound(it) {
  const does = h("button", { type: "button", class: "act" }, "Provision ", h("b"), h("small"));
  const asCurl = h("button", { type: "button", class: "copy", "aria-label": "Copy as curl" }, "curl");
  const asToml = h("button", { type: "button", class: "copy", "aria-label": "Copy as TOML" }, "TOML");
  does.onclick = () => act(it.action);
  asCurl.onclick = () => copy(curlAction(it.action));
  asToml.onclick = () => copy(`do = ${it.action}`);
  return h("li", { class: "entry" }, does, asCurl, asToml);
}

function fillFound(element, { name, kind }) {
  const [does] = element.children;
  text(does.querySelector("b"), name);
  text(does.querySelector("small"), kind === "user" ? "" : ` ${kind}`);
}

function makeRun() {
  return h("li", { class: "run-on-demand" },
    h("h3", {}, h("button", { type: "button", class: "about" }), h("span"), h("b", { class: "tone" })), h("p"), h("ol", { class: "cards" }));
}

function fillRun(element, run) {
  const [title, says, cards] = element.children;
  const [name, at, result] = title.children;
  text(name, run.name);
  attribute(name, "data-about", run.about);
  text(at, ` ${run.at} `);
  text(result, run.result);
  attribute(result, "data-tone", run.tone);
  text(says, run.says);
  list(cards, run.steps, (step) => step.title, makeStep, fillStep);
}

const makeStep = () => h("li", { class: "step-card" }, h("b"), h("span", { class: "tone" }), h("div"));

function fillStep(element, { title, symbol, word, tone, lines }) {
  const [name, how, told] = element.children;
  text(name, title);
  text(how, `${symbol} ${word}`);
  attribute(how, "data-tone", tone);
  const now = JSON.stringify(lines);
  if (told.dataset.told === now) return;
  told.dataset.told = now;
  told.replaceChildren(...lines.map((line) => h("p", {}, ...line.map(piece))));
}
