// What is broken on purpose now: a chip each, with a way off.

import { $, attribute, h, list, text } from "../dom.js";
import { act, canBeCopied, curlAction } from "../api.js";
import { looksBack } from "../now.js";
import { tip } from "../tip.js";

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
  list($("chips"), part, (chip) => chip.off, make, fill);
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
