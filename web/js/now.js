// Which instant the run has reached, and whether the page looks at another.

import { place } from "./place.js";

let reached = null;
let word = "now";
let answered = "";

/** Remembers the instant that the run has reached. */
export function runIsAt(instant) {
  reached = Date.parse(instant);
}

/**
 * Whether the run has reached this instant. An instant in the same millisecond counts as reached, so that a click never
 * takes the run back.
 */
export const isPast = (instant) => reached !== null && Date.parse(instant) <= reached;

/** The instant that the run has reached, in milliseconds; infinity when there is no run. */
export const runAt = () => reached ?? Infinity;

/** Whether it is known where the run is; a report has no run that goes on. */
export const hasNow = () => reached !== null;

/** Remembers at what the page looks, `now`, `ahead`, `playing`, `past` or `refused`, and what it had asked for. */
export function lookIs(what, asked) {
  [word, answered] = [what, asked];
}

/**
 * Whether the page looks at another instant than the run's own. The address decides: the answer to it may be on its way, and
 * a key that is pressed meanwhile is meant for what the address says.
 */
export function looksBack() {
  const { at } = place();
  const ofNow = answered === at && ["now", "ahead", "refused"].includes(word);
  return at !== "" && !ofNow;
}
