// Which run this is, its badges, and what the server has to say about it.

import { $, attribute, h, text, textOrHide } from "../dom.js";
import { copy } from "../api.js";
import { toast } from "../toast.js";

let id = null;

function badge(word, says, byHand) {
  if (word !== "by hand" || !byHand) return h("span", { class: "badge", title: says }, word);
  const button = h("button", { type: "button", class: "badge", title: says }, word);
  button.onclick = () => copy(byHand);
  return button;
}

/** Shows the run part of the state. */
export function show(part) {
  if (id !== null && id !== part.id) toast("A new run has begun.");
  id = part.id;
  text($("title"), part.title || part.name);
  const about = [part.title, part.name, ...part.covers, `seed ${part.seed}`, part.replay].filter(Boolean).join("\n");
  attribute($("title"), "title", about);
  text($("run"), part.name);
  attribute($("run"), "title", about);
  document.title = `${part.name} · scimulator`;
  $("badges").replaceChildren(...part.badges.map(({ word, text: says }) => badge(word, says, part.by_hand)));
  textOrHide($("banner"), part.notice);
}
