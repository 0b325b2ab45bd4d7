// Where a click on an instant leads: what is past is looked back at, and what is to come is jumped to.

import { post } from "./api.js";
import { isPast } from "./now.js";
import { go, place } from "./place.js";

/** Goes to an instant; what is `typed` takes the place of the instant looked at before. */
export function visit(instant, typed = false) {
  if (!instant) return;
  if (isPast(instant)) return go({ at: instant }, typed);
  toNow();
  post("jump", { to: instant });
}

/** Goes back to the run as it is now; where nothing is left to compare, the two worlds are shown again. */
export function toNow() {
  const { panel, narrow } = place();
  go(panel === "then_and_now" && !narrow ? { at: "", panel: "" } : { at: "" });
}
