// The sentence of truth.

import { announce } from "../announce.js";
import { $, attribute, sentence, text } from "../dom.js";

// The users of whom was said last that they can still use the target.
let exposed = null;

/** Shows the sentence of truth. */
export function show(part) {
  const section = $("truth");
  // Said aloud when it becomes another matter, not at every minute of a countdown. Those who can still get in are one.
  if (section.dataset.tone !== part.tone || exposed !== part.exposed) announce([`${part.word}: ${part.text}`, part.exposed].filter(Boolean).join(" "));
  exposed = part.exposed;
  attribute(section, "data-tone", part.tone);
  text(section.querySelector(".truth-symbol"), part.symbol);
  sentence(section.querySelector("strong"), part.word + ":");
  sentence(section.querySelector("p > span"), part.text);
  sentence(section.querySelector("em"), part.next);
}
