// What a screen reader is to say. What becomes known at once, such as the parts of one frame, is said together.

import { $, text } from "./dom.js";

let waiting = [];

/** Has this said, after what else was to be said at this moment. */
export function announce(words) {
  waiting.push(words);
  if (waiting.length > 1) return;
  queueMicrotask(() => {
    text($("announce"), waiting.join(" "));
    waiting = [];
  });
}
