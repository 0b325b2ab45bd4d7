// The help: what the marks mean, the keys, and every button as a command.

import { $, attribute, h } from "./dom.js";
import { copy, curl } from "./api.js";
import { KEYS } from "./keys.js";
import { go, place, watch } from "./place.js";
import { named } from "./server.js";

/** @type {[string, string, any?][]} */
const COMMANDS = [
  ["Pause", "pause"],
  ["Resume", "resume"],
  ["Speed", "speed", { speed: "600x" }],
  ["Next event", "step"],
  ["Next moment", "moment"],
  ["Next cycle", "cycle"],
  ["Run again", "rerun"],
  ["Jump", "jump", { to: "2026-04-01T08:00:00Z" }],
  ["Act on a person", "action", { disable: "ann" }],
  ["Act on the job", "action", "restart"],
  ["Break GoLinks", "action", "down"],
];

const STRIP = [
  ["▼", "story: a moment of the story; grey while it is still to come"],
  ["▽", "story: something that was done by hand"],
  ["━", "story, a bar on top: a fault is on; dashed where it is still to come"],
  ["❘", "cycles: a cycle that did something, red where it failed; a line is a time of cycles without a write"],
  ["▒", "a red field: the job is in quarantine"],
  ["✓ ✗ ◇", "checks: an expectation was met, has failed, is still to come"],
];

let counts = [];

// The panel that was open before the help.
let before = "";

/** Connects the button and the address. */
export function start() {
  $("help-open").onclick = toggle;
  $("help").addEventListener("close", () => place().panel === "help" && go({ panel: before }));
  $("help").onclick = (event) => event.target === $("help") && $("help").close();
  watch(({ panel }) => {
    const dialog = $("help");
    if (panel === "help" && !dialog.open) {
      fill(dialog);
      dialog.showModal();
    } else if (panel !== "help" && dialog.open) {
      dialog.close();
    }
  });
}

/** Remembers the legend, which the help shows in full. */
export function legend(part) {
  counts = part.counts;
  if ($("help").open && !$("help").querySelector("dl").childElementCount) fill($("help"));
}

/** Opens or closes the help. */
export function toggle() {
  const { panel } = place();
  if (panel !== "help") before = panel;
  go({ panel: panel === "help" ? before : "help" });
}

function fill(dialog) {
  const close = h("button", { type: "button", class: "round", "aria-label": "Close" }, "✕");
  close.onclick = () => dialog.close();
  attribute(dialog, "aria-labelledby", "help-title");
  dialog.replaceChildren(
    h("header", {}, h("h2", { id: "help-title" }, "What you see"), close),
    h("p", {}, named("A mock Entra tenant provisions people into GoLinks, in virtual time. On the left what Entra intends, on the " +
      "right what GoLinks holds; the mark between says how they compare.")),
    h("dl", { class: "marks" }, ...counts.flatMap(({ mark, symbol, word, says }) => [
      h("dt", { "data-mark": mark }, h("b", {}, symbol), " " + word), h("dd", {}, says)])),
    h("h3", {}, "The strip of the whole run"),
    h("dl", { class: "marks" }, ...STRIP.flatMap(([shape, says]) => [h("dt", {}, h("b", {}, shape)), h("dd", {}, says)])),
    h("h3", {}, "Keys"),
    h("ul", { class: "keys" }, ...KEYS.map(({ shown, says }) => h("li", {}, h("kbd", {}, shown), " " + says))),
    h("h3", {}, "Every button is a command"),
    h("div", { class: "commands" }, ...COMMANDS.flatMap(command)),
    h("p", {}, "The menu ⋯ of a person copies its action as curl or as a line for a scenario file."),
  );
}

/** @param {[string, string, any?]} row */
function command([label, path, body]) {
  const words = curl(path, body);
  const button = h("button", { type: "button", "aria-label": `copy as curl: ${named(label)}` }, "copy as curl");
  button.onclick = () => copy(words);
  return [h("span", {}, named(label)), h("code", {}, words), button];
}
