// Which instant the run has reached, and whether the page looks at another.

let reached = null;
let word = "now";

/** Remembers the instant that the run has reached. */
export function runIsAt(instant) {
  reached = Date.parse(instant);
}

/**
 * Whether the run has reached this instant. An instant in the same millisecond counts as reached, so that a click never
 * takes the run back.
 */
export const isPast = (instant) => reached !== null && Date.parse(instant) <= reached;

/** Whether it is known where the run is; a report has no run that goes on. */
export const hasNow = () => reached !== null;

/** Remembers at what the page looks: `now`, `ahead`, `playing`, `past` or `refused`. */
export function lookIs(what) {
  word = what;
}

/** Whether the page shows another instant than the run's own. */
export const looksBack = () => word === "past" || word === "playing" || word === "refused";
