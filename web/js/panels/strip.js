// The strip of the whole run: a lane each for cycles, the story, faults and expectations, and where now is.

import { $, h } from "../dom.js";
import { post, curl } from "../api.js";
import { tip } from "../tip.js";

const LANES = { quarantine: "band", fault: "fault", cycle: "cycle", script: "script", expectation: "expectation" };
const SHAPES = { script: "▼", expectation: { good: "✓", bad: "✗", due: "◇" } };

let strip = null;
let place = 0;

/** Builds the empty strip and connects clicks and keys. */
export function start() {
  const nav = $("strip");
  nav.append(
    h("div", { class: "lanes", "aria-hidden": "true" }, ...["story", "cycles", "checks"].map((lane) => h("span", {}, lane))),
    h("div", { class: "track" }, h("div", { class: "gone" }), h("div", { class: "marks" }), h("div", { class: "now" })),
    h("div", { class: "ticks", "aria-hidden": "true" }),
  );
  nav.onclick = (event) => {
    const mark = event.target.closest(".mark");
    if (mark) jump(mark.dataset.jump);
    else if (event.target.closest(".track")) jump(instantAt(event.clientX));
  };
  nav.onkeydown = roam;
  tip(nav, (target) => {
    const mark = target.closest(".mark");
    if (!mark) return { says: strip?.capped ?? "The whole run. A click jumps there; what is past is played again from the start." };
    const to = mark.dataset.jump;
    return { says: mark.getAttribute("aria-label"), curl: to && curl("jump", { to }), key: to && "click jumps" };
  });
}

/** Shows the strip part of the state. */
export function show(part) {
  strip = part;
  const nav = $("strip");
  nav.querySelector(".marks").replaceChildren(...part.marks.map(mark));
  nav.querySelector(".ticks").replaceChildren(...part.ticks.map((tick) => {
    const element = h("span", {}, tick.text);
    element.style.left = tick.x / 10 + "%";
    return element;
  }));
  draw();
}

/** Shows where now is on the strip: it moves with the clock, the marks seldom do. */
export function now(clock) {
  place = clock.place;
  if (strip) draw();
}

function draw() {
  $("strip").querySelector(".now").style.left = place / 10 + "%";
  $("strip").querySelector(".gone").style.width = place / 10 + "%";
  for (const band of $("strip").querySelectorAll("[data-open]")) stretch(band);
}

/** What still goes on lasts until now. */
function stretch(band) {
  band.style.width = Math.max(0, place - Number(band.dataset.open)) / 10 + "%";
}

function mark(item) {
  const shape = SHAPES[item.kind];
  const element = h("span", {
    class: `mark ${LANES[item.kind] ?? "script"}`, "data-kind": item.kind, "data-tone": item.tone, "data-jump": item.jump,
    role: item.jump ? "button" : "img", tabindex: -1, "aria-label": item.says,
  }, typeof shape === "object" ? shape[item.tone] ?? "◇" : shape ?? "");
  element.style.left = item.x / 10 + "%";
  if (item.width) element.style.width = item.width / 10 + "%";
  if (item.open) {
    element.dataset.open = item.x;
    stretch(element);
  }
  return element;
}

function jump(to) {
  if (to) post("jump", { to });
}

function instantAt(clientX) {
  const { left, width } = $("strip").querySelector(".track").getBoundingClientRect();
  const share = Math.max(0, (clientX - left) / width);
  if (!strip) return null;
  return new Date(strip.from_ms + share * (strip.to_ms - strip.from_ms)).toISOString().slice(0, 19) + "Z";
}

/** Left and right go from mark to mark, Enter jumps. */
function roam(event) {
  const marks = [...$("strip").querySelectorAll(".mark")];
  const at = marks.indexOf(document.activeElement);
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by && marks.length) {
    event.preventDefault();
    marks[Math.max(0, Math.min(marks.length - 1, at + by))].focus();
  } else if (event.key === "Enter" && at >= 0) {
    jump(marks[at].dataset.jump);
  }
}
