// The sentence of truth.

import { $, attribute, sentence, text } from "../dom.js";

/** Shows the sentence of truth. */
export function show(part) {
  const section = $("truth");
  // Said aloud when it becomes another matter, not at every minute of a countdown.
  if (section.dataset.tone !== part.tone) text($("announce"), `${part.word}: ${part.text}`);
  attribute(section, "data-tone", part.tone);
  text(section.querySelector(".truth-symbol"), part.symbol);
  sentence(section.querySelector("strong"), part.word + ":");
  sentence(section.querySelector("p > span"), part.text);
  sentence(section.querySelector("em"), part.next);
}
