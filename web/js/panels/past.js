// At what instant the page looks: a bar that says so while it is not now, with the way back and on.

import { announce } from "../announce.js";
import { $, attribute, h, text, textOrHide } from "../dom.js";
import { curl } from "../api.js";
import { branch } from "../branch.js";
import { lookIs, runIsAt } from "../now.js";
import { go, place } from "../place.js";
import { tip } from "../tip.js";
import { toNow, visit } from "../visit.js";
import { relabel } from "./broken.js";
import * as strip from "./strip.js";

let past = null;
let parts = null;

/** Builds the bar. */
export function start() {
  // The last words of a label are left out where there is no room; they stay in its name.
  const button = (does, ...label) => {
    const made = h("button", { type: "button" }, ...label);
    made.onclick = does;
    return made;
  };
  const badge = h("strong", { class: "past-badge" });
  const says = h("p");
  const note = h("small");
  const bar = h("progress", { max: 1000, "aria-label": "Played again" });
  const rest = (words) => h("span", { class: "rest" }, words);
  const earlier = button(() => beside(-1), "◂", rest(" Earlier"));
  const later = button(() => beside(1), rest("Later "), "▸");
  const compare = button(() => go({ panel: "then_and_now", narrow: "" }), "Compare", rest(" with now"));
  const on = button(goOn, "Go on", rest(" from here"));
  const back = button(toNow, "Back to now");
  back.className = "primary";
  const acts = h("div", { class: "acts" }, earlier, later, compare, on, back);
  $("past").append(badge, h("div", { class: "past-words" }, says, note), bar, acts);
  $("earlier").onclick = () => beside(-1);
  tip($("earlier"), () => ({ says: "Look back at the event before; the run is not touched.", key: "," }));
  tip(earlier, () => ({ says: "Look at the event before.", key: "," }));
  tip(later, () => ({ says: "Look at the event after.", key: "." }));
  tip(on, () => ({
    says: "The run starts anew from this instant, with what was done by hand up to it. What came after it is left; the badge “branch” has the way back.",
    key: "b", curl: past && curl("branch", { from: past.instant }),
  }));
  tip(back, () => ({ says: "Back to the run as it is now.", key: "Esc" }));
  parts = { badge, says, note, bar, earlier, later, compare, on, back };
}

/** Shows the part of the state. */
export function show(part) {
  const before = past?.word ?? "now";
  past = part;
  const there = part.word === "past";
  lookIs(part.word, part.asked);
  if (part.now_instant) runIsAt(part.now_instant);
  attribute(document.body, "data-past", part.word === "now" ? null : part.word);
  relabel();
  $("past").hidden = part.word === "now";
  text(parts.badge, part.at ? `${BADGES[part.word]}: ${part.at}` : BADGES[part.word]);
  text(parts.says, part.says);
  textOrHide(parts.note, [part.note, part.now && `The run is at ${part.now}.`].filter(Boolean).join(" "));
  parts.bar.hidden = part.word !== "playing";
  parts.bar.value = part.played;
  for (const only of [parts.compare, parts.on]) only.hidden = !there;
  for (const only of [parts.earlier, parts.later]) only.hidden = !there && part.word !== "recorded";
  text(parts.back, part.word === "playing" ? "Leave" : "Back to now");
  strip.looksAt(part.instant && part.word !== "ahead" ? part : null);
  if (before !== part.word && SPOKEN[part.word]) announce(SPOKEN[part.word] + (part.at ? " " + part.at : "") + ".");
}

const BADGES = { past: "◂ The past", playing: "◂ The past", recorded: "◂ Recorded", ahead: "Still to come", refused: "Not shown", now: "" };
const SPOKEN = { past: "Looking back at", recorded: "Looking at what was recorded by", now: "Back to now", refused: "This instant is not shown" };

/** Looks at the event before or after; after the last one it is back to now. */
export function beside(by) {
  const to = strip.beside(by);
  if (to) visit(to, Boolean(place().at));
  else if (by > 0) toNow();
}

/** Has the run go on from the instant that is looked at. */
export function goOn() {
  if (past?.word === "past") branch(past.instant);
}
