// The job: its states with today's lit, what comes next, the ladder of a quarantine, the thresholds, the deletion guard,
// the mails and the credentials.

import { attribute, h, list, text } from "../dom.js";
import { go } from "../place.js";
import { jobEntries } from "../menu.js";
import { tableOf } from "../listed.js";
import { head } from "../tabs.js";

const RUNGS = { past: "○", next: "▶", later: "·", end: "■" };

/** @type {any} */
let parts = null;
let can = "";

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("Job");
  const made = {
    states: h("ol", { class: "states", "aria-label": "States of the job" }), next: h("div"), acts: h("div", { class: "acts" }),
    credentials: h("div"), quarantine: h("div"), ladder: h("ol", { class: "ladder" }), gauges: h("ul", { class: "gauges" }),
    guard: h("div"), guardGauge: h("ul", { class: "gauges" }), staged: h("div"), mailsSay: h("p"), mails: h("ul", { class: "mails" }),
  };
  made.staged.onclick = (event) => {
    const link = event.target.closest("[data-about]");
    if (link) go({ about: link.dataset.about });
  };
  root.append(top, h("div", { class: "body", tabindex: 0 },
    made.states, made.next, made.acts,
    h("h3", {}, "Credentials"), made.credentials,
    h("h3", {}, "Quarantine"), made.quarantine, made.ladder,
    h("h3", {}, "Escrow beside the thresholds of a quarantine"), made.gauges,
    h("h3", {}, "Deletion guard"), made.guard, made.guardGauge, made.staged,
    h("h3", {}, "Inbox"), made.mailsSay, made.mails));
  parts = { sum, ...made };
}

/** Shows the part of the state. */
export function show(part) {
  parts.sum(part.says);
  list(parts.states, part.states, (state) => state.name, makeState, fillState);
  for (const [element, said] of [[parts.next, part.next], [parts.credentials, part.credentials], [parts.quarantine, part.quarantine], [parts.guard, part.guard.says]]) {
    list(element, said, (_, nth) => nth, () => h("p"), text);
  }
  // The buttons stay while they are the same, so that one that has the focus keeps it.
  const offered = JSON.stringify(part.can);
  if (can !== offered) parts.acts.replaceChildren(...jobEntries(part));
  can = offered;
  list(parts.ladder, part.ladder, (rung) => rung.at + rung.says, makeRung, fillRung);
  list(parts.gauges, part.gauges, (gauge) => gauge.name, makeGauge, fillGauge);
  list(parts.guardGauge, part.guard.gauge ? [part.guard.gauge] : [], (gauge) => gauge.name, makeGauge, fillGauge);
  showStaged(part.guard.staged);
  text(parts.mailsSay, part.mails_say);
  list(parts.mails, part.mails, (mail, nth) => `${mail.at} ${mail.subject} ${part.mails.length - nth}`, makeMail, fillMail);
}

const makeState = () => h("li", {}, h("b"), h("span"), h("small"));

function fillState(element, { name, says, comes, on }) {
  attribute(element, "aria-current", on && "step");
  const [title, meaning, way] = element.children;
  text(title, `${on ? "◆" : "◇"} ${name}${on ? " · now" : ""}`);
  text(meaning, says);
  text(way, comes);
}

const makeRung = () => h("li", {}, h("span"), h("span"));

function fillRung(element, { at, says, place }) {
  attribute(element, "data-place", place);
  text(element.firstChild, `${RUNGS[place]} ${at}`);
  text(element.lastChild, says);
}

const makeGauge = () => h("li", {}, h("span"), h("span", { class: "amount", "aria-hidden": "true" }, h("i")), h("span"));

function fillGauge(element, { name, says, share, reached }) {
  const [title, bar, words] = element.children;
  text(title, name);
  attribute(bar, "data-tone", reached ? "bad" : "good");
  bar.firstChild.style.width = share / 10 + "%";
  text(words, reached ? `▲ reached: ${says}` : says);
}

let staged = "";

function showStaged(table) {
  const now = JSON.stringify(table.rows);
  if (now === staged) return;
  staged = now;
  parts.staged.replaceChildren(...(table.rows.length ? [tableOf(table)] : []));
}

const makeMail = () => h("li", {}, h("b"), h("small"), h("div"));

function fillMail(element, { at, to, subject, lines }) {
  const [title, detail, words] = element.children;
  text(title, subject);
  text(detail, ` ${at} · to ${to}`);
  list(words, lines, (_, nth) => nth, () => h("p"), text);
}
