// The sentence of truth, the narrator's caption, and the badges of what is not as in Entra.

import { $, attribute, h, text, textOrHide } from "./dom.js";

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

/** Shows what the narrator said last. */
export function caption(part) {
  $("caption").hidden = !part;
  text($("caption").querySelector("p"), part?.text);
  text($("caption").querySelector("small"), part ? [part.at, part.place].filter(Boolean).join(" · ") : "");
}

/** Shows which run this is. */
export function run(part) {
  text($("title"), part.title || part.name);
  const about = [part.title, part.name, ...part.covers, `seed ${part.seed}`, part.replay].filter(Boolean).join("\n");
  attribute($("title"), "title", about);
  text($("run"), part.name);
  attribute($("run"), "title", about);
  document.title = `${part.name} · scimulator`;
  $("badges").replaceChildren(...part.badges.map(({ word, text: says }) => h("span", { class: "badge", title: says }, word)));
  textOrHide($("banner"), part.notice);
}
