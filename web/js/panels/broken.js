// What is broken on purpose now: a chip each, with a way off.

import { announce } from "../announce.js";
import { $, attribute, h, list, text } from "../dom.js";
import { act, canBeCopied, curlAction } from "../api.js";
import { looksBack } from "../now.js";
import { tip } from "../tip.js";

// The chips of the run as it is now that were shown last: one that comes or goes is said aloud.
let known = null;

/** Connects the tooltips. */
export function start() {
  tip($("chips"), (target) => {
    const chip = target.closest("li")?.chip;
    if (!chip) return chip;
    if (looksBack()) return { says: `It was broken then. ${chip.says}` };
    return { says: chip.says, key: "click mends it", curl: canBeCopied(chip.off) ? curlAction(chip.off) : undefined };
  });
}

/** Shows the part of the state. */
export function show(part) {
  say(part);
  list($("chips"), part, (chip) => chip.off, make, fill);
}

function say(part) {
  if (looksBack()) return;
  const has = (chips, { off }) => chips.some((chip) => chip.off === off);
  for (const chip of known?.filter((old) => !has(part, old)) ?? []) announce(`No longer broken on purpose: ${chip.word}.`);
  for (const chip of known ? part.filter((one) => !has(known, one)) : []) announce(`Broken on purpose: ${chip.word}.`);
  known = part;
}

/** Says of each chip whether it can be mended: what was broken in the past cannot. */
export function relabel() {
  for (const item of $("chips").children) fill(item, item.chip);
}

function make() {
  const button = h("button", { type: "button", class: "chip" }, h("span"), h("b", { "aria-hidden": "true" }, "✕"));
  const item = h("li", {}, button);
  button.onclick = () => act(item.chip.off);
  return item;
}

function fill(element, chip) {
  element.chip = chip;
  text(element.firstChild.firstChild, chip.word);
  const now = !looksBack();
  attribute(element.firstChild, "aria-label", now ? `${chip.word} is broken on purpose. Mend it` : `${chip.word} was broken on purpose then`);
  attribute(element.firstChild, "aria-disabled", now ? null : "true");
}
