// A short message at the foot of the page: a refusal, something copied.

import { $, text } from "./dom.js";

let timer;

/** Shows a message for a while, or until it is clicked; a screen reader says it. */
export function toast(message, stays = false) {
  const element = $("toast");
  text(element, message);
  element.hidden = false;
  element.onclick = () => { element.hidden = true; };
  clearTimeout(timer);
  if (!stays) timer = setTimeout(() => { element.hidden = true; }, 6000);
}
