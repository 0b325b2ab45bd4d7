// The start screen: before the first moment, what will be seen, and one big button.

import { $, attribute, h, list, text } from "../dom.js";
import { post } from "../api.js";
import { place, watch } from "../place.js";

let part = null;
let parts = null;
let dismissed = false;

/** Builds the screen. */
export function start() {
  const title = h("h2", { id: "start-title" });
  const says = h("ul");
  const play = h("button", { type: "button", class: "primary big" }, "▶ Play the story");
  const moment = h("button", { type: "button" }, "Go from moment to moment");
  const look = h("button", { type: "button" }, "Look around first");
  play.onclick = () => post("resume");
  moment.onclick = () => post("moment");
  look.onclick = () => {
    dismissed = true;
    draw();
    $("people").focus();
  };
  $("start").append(h("small", {}, "You will see"), title, says, play, h("p", { class: "acts" }, moment, look));
  attribute($("start"), "aria-labelledby", "start-title");
  parts = { title, says };
  watch(draw);
}

/** Shows the part of the state. */
export function show(now) {
  part = now;
  if (!part) dismissed = false;
  text(parts.title, part?.title);
  list(parts.says, part?.says ?? [], (line) => line, () => h("li"), (element, line) => text(element, line));
  draw();
}

/** The screen gives way to whatever else is opened. */
function draw() {
  const { panel, about, at, filter, search } = place();
  const shown = Boolean(part) && !dismissed && !(panel || about || at || filter || search);
  $("start").hidden = !shown;
  for (const beneath of document.querySelectorAll("main > :is(.worlds, .side)")) attribute(beneath, "inert", shown);
}
