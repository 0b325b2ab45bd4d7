// The sentence of truth.

import { $, attribute, text } from "../dom.js";

/** Shows the sentence of truth. */
export function show(part) {
  const section = $("truth");
  // Said aloud when it becomes another matter, not at every minute of a countdown.
  if (section.dataset.tone !== part.tone) text($("announce"), `${part.word}: ${part.text}`);
  attribute(section, "data-tone", part.tone);
  text(section.querySelector(".truth-symbol"), part.symbol);
  text(section.querySelector("strong"), part.word + ":");
  text(section.querySelector("p span"), part.text);
  text(section.querySelector("em"), part.next);
}
