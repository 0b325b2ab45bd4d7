// The strip of the whole run: a lane each for cycles, the story, faults and expectations, and where now is. A click or a
// drag looks back; a click on what is to come jumps there.

import { $, h } from "../dom.js";
import { curl } from "../api.js";
import { hasNow, isPast, runAt } from "../now.js";
import { place as address } from "../place.js";
import { tip } from "../tip.js";
import { toNow, visit } from "../visit.js";

const LANES = { quarantine: "band", fault: "fault", cycle: "cycle", script: "script", hand: "script", expectation: "expectation" };
const SHAPES = { script: "▼", hand: "▽", expectation: { good: "✓", bad: "✗", due: "◇" } };

let strip = null;
let place = 0;
// The instant that is looked at, when it is not now, and where the run itself is then.
let looked = null;
let reached = null;

/** Builds the empty strip and connects clicks and keys. */
export function start() {
  const nav = $("strip");
  nav.append(
    h("div", { class: "lanes", "aria-hidden": "true" }, ...["story", "cycles", "checks"].map((lane) => h("span", {}, lane))),
    h("div", { class: "track" }, h("div", { class: "gone" }), h("div", { class: "marks" }), h("div", { class: "later", hidden: true }), h("div", { class: "now" }),
      h("div", { class: "then", hidden: true })),
    h("div", { class: "ticks", "aria-hidden": "true" }),
  );
  nav.onclick = (event) => {
    if (drag.ended(event)) return;
    // A mark that stands for many instants has none of its own: there the pointer says which.
    const mark = event.target.closest(".mark[data-jump]");
    if (mark) visit(mark.dataset.jump);
    else if (event.target.closest(".track")) visit(instantAt(event.clientX));
  };
  drag.start(nav.querySelector(".track"));
  nav.onkeydown = roam;
  tip(nav, (target) => {
    const mark = target.closest(".mark");
    if (!mark) return { says: strip?.capped ?? "The whole run. A click or a drag looks back, and the run is not touched; a click on what is to come jumps there." };
    const to = mark.dataset.jump;
    const past = to && isPast(to);
    return { says: mark.getAttribute("aria-label"), curl: to && !past && curl("jump", { to }), key: to && (past ? "click looks back" : "click jumps") };
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

/** Shows which past instant is looked at; `null` for now. */
export function looksAt(past) {
  looked = past?.instant ?? null;
  reached = past?.now_instant ?? null;
  if (strip) draw();
}

function placeOf(instant) {
  const share = (Date.parse(instant) - strip.from_ms) / Math.max(1, strip.to_ms - strip.from_ms);
  return Math.max(0, Math.min(1000, share * 1000));
}

/** The instant of the next mark before or after the one looked at; `null` when there is none in the past. */
export function beside(by) {
  const instants = (strip?.marks ?? []).map((mark) => mark.jump).filter((jump) => jump && isPast(jump));
  const from = aimed() ?? runAt();
  const beyond = instants.filter((jump) => (Date.parse(jump) - from) * by > 0);
  beyond.sort((a, b) => (Date.parse(a) - Date.parse(b)) * by);
  return beyond[0] ?? null;
}

/** The instant that the page looks at, or is about to; `null` for now. */
function aimed() {
  const { at } = address();
  if (!at) return null;
  const instant = /^\d{4}-/.test(at) ? at : looked;
  return instant && Date.parse(instant);
}

function draw() {
  const then = $("strip").querySelector(".then");
  then.hidden = !looked;
  // What came after the instant that is looked at is drawn faintly: it had not happened then.
  const later = $("strip").querySelector(".later");
  later.hidden = !looked;
  if (looked) then.style.left = later.style.left = placeOf(looked) / 10 + "%";
  if (reached) place = placeOf(reached);
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

// A drag over the strip looks at each instant under the pointer; beyond now it is back to now.
const drag = (() => {
  const FAR = 4; // pixels that a click may slip
  const OFTEN_MS = 120; // a browser takes only so many addresses a second
  let from = null;
  let at = 0;
  let dragged = false;
  let last = 0;
  const look = () => {
    last = Date.now();
    const instant = instantAt(at);
    if (instant && (isPast(instant) || !hasNow())) visit(instant, Boolean(address().at));
    else toNow();
  };
  return {
    start(track) {
      track.onpointerdown = (event) => {
        [from, dragged] = [event.button === 0 ? event.clientX : null, false];
      };
      track.onpointermove = (event) => {
        if (from === null) return;
        at = event.clientX;
        if (!dragged && Math.abs(at - from) <= FAR) return;
        if (!dragged) track.setPointerCapture(event.pointerId);
        dragged = true;
        if (Date.now() - last >= OFTEN_MS) look();
      };
      track.onpointerup = () => {
        if (dragged) look();
        from = null;
      };
      track.onpointercancel = () => { from = null; };
    },
    /** Whether this click is the end of a drag. */
    ended: (event) => event.detail > 0 && dragged,
  };
})();

function instantAt(clientX) {
  const { left, width } = $("strip").querySelector(".track").getBoundingClientRect();
  const share = Math.max(0, (clientX - left) / width);
  if (!strip) return null;
  return new Date(strip.from_ms + share * (strip.to_ms - strip.from_ms)).toISOString().slice(0, 19) + "Z";
}

/** Left and right go from mark to mark by time, Enter goes there; with shift they look back step by step. */
function roam(event) {
  const marks = [...$("strip").querySelectorAll(".mark[data-jump]")];
  marks.sort((a, b) => Date.parse(a.dataset.jump) - Date.parse(b.dataset.jump));
  const step = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10 }[event.key];
  if (step && (event.shiftKey || !event.key.startsWith("Arrow"))) {
    event.preventDefault();
    return scrub(step);
  }
  if (event.key === "End") return toNow();
  const at = marks.indexOf(document.activeElement);
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (by && marks.length) {
    event.preventDefault();
    marks[Math.max(0, Math.min(marks.length - 1, at < 0 ? entered(marks, by) : at + by))].focus();
  } else if (event.key === "Enter" && at >= 0) {
    visit(marks[at].dataset.jump);
  }
}

/** The place among the marks of the one before or after the instant looked at: there the keys enter the strip. */
function entered(marks, by) {
  const from = aimed() ?? runAt();
  const instants = marks.map((mark) => Date.parse(mark.dataset.jump));
  const after = instants.findIndex((at) => at > from);
  if (by < 0) return instants.findLastIndex((at) => at < from);
  return after < 0 ? marks.length - 1 : after;
}

/** Looks so many hundredths of the whole run before or after the instant that is looked at. */
function scrub(hundredths) {
  if (!strip) return;
  const [from, span] = [strip.from_ms, strip.to_ms - strip.from_ms];
  const at = aimed() ?? from + (place / 1000) * span;
  const to = new Date(Math.max(from, at + (hundredths / 100) * span)).toISOString();
  if (isPast(to)) visit(to, Boolean(address().at));
  else toNow();
}
