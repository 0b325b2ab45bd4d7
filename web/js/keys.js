// Every control by keyboard.

import { $ } from "./dom.js";
import * as clock from "./panels/clock.js";
import * as past from "./panels/past.js";
import { toggle as help } from "./help.js";
import { looksBack } from "./now.js";
import { go, place } from "./place.js";
import { openNext } from "./tabs.js";
import { toNow } from "./visit.js";

/** Each key with what it does, for the help too. */
export const KEYS = [
  { key: " ", shown: "space", says: "pause and resume", does: clock.toggle },
  { key: ".", shown: ".", says: "jump to the next event", does: () => (looksBack() ? past.beside(1) : clock.step()) },
  { key: ",", shown: ",", says: "look back at the event before", does: () => past.beside(-1) },
  { key: "b", shown: "b", says: "go on from the past instant looked at", does: past.goOn },
  { key: "c", shown: "c", says: "jump to the end of the next cycle", does: clock.cycle },
  { key: "n", shown: "n", says: "jump to the next moment of the story", does: clock.moment },
  { key: "p", shown: "p", says: "presenter mode: large type, fewer columns", does: present },
  { key: "[", shown: "[", says: "slower", does: clock.slower },
  { key: "]", shown: "]", says: "faster", does: clock.faster },
  { key: "t", shown: "t", says: "the next panel", does: () => openNext(1) },
  { key: "T", shown: "T", says: "the panel before", does: () => openNext(-1) },
  { key: "d", shown: "d", says: "differences only, or everybody", does: () => $("differences").click() },
  { key: "/", shown: "/", says: "search a person", does: () => $("search").focus() },
  { key: "Escape", shown: "Esc", says: "close the drawer; then back to now; then all people again", does: everybody },
  { key: "?", shown: "?", says: "this help", does: help },
];

/** Closes the drawer; when it is closed, goes back to now; then shows all people again. */
function everybody() {
  if (place().about) return go({ about: "" });
  if (place().at) return toNow();
  $("search").value = "";
  $("search").blur();
  go({ filter: "", search: "" });
}

/** Switches presenter mode. */
function present() {
  go({ present: place().present ? "" : "yes" });
}

/** Listens for keys. */
export function start() {
  addEventListener("keydown", (/** @type {any} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && !document.querySelector("dialog[open], [popover]:popover-open")) return everybody();
    // In a field or on a focused button the key is not a command.
    if (event.target.matches("input[type=search], textarea, select")) return;
    if (event.key === " " && event.target.matches("button, input, summary")) return;
    if (document.querySelector("dialog[open], [popover]:popover-open") && event.key !== "?") return;
    const binding = KEYS.find(({ key }) => key === event.key);
    if (!binding) return;
    event.preventDefault();
    if (event.repeat && binding.key !== "." && binding.key !== "c") return;
    binding.does();
  });
}
