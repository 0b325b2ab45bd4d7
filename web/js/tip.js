// One tooltip for the whole page: what a thing is, its key, and the same as a command.

import { $, h } from "./dom.js";

/** Gives an element a tooltip; `say` gets the element pointed at and answers { says, key, curl } or nothing. */
export function tip(element, say) {
  const showFor = (event) => show(event.target, say(event.target));
  element.addEventListener("mouseover", showFor);
  element.addEventListener("focusin", showFor);
  element.addEventListener("mouseout", hide);
  element.addEventListener("focusout", hide);
  element.addEventListener("click", hide);
}

function show(target, words) {
  if (!words?.says) return hide();
  const box = $("tip");
  box.replaceChildren(
    ...words.says.split("\n").map((line) => h("div", {}, line)),
    words.key ? h("kbd", {}, words.key) : "",
    words.curl ? h("code", {}, words.curl) : "",
  );
  box.hidden = false;
  const at = target.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const below = at.bottom + 6 + height < innerHeight;
  box.style.left = Math.max(6, Math.min(innerWidth - width - 6, at.left + at.width / 2 - width / 2)) + "px";
  box.style.top = (below ? at.bottom + 6 : Math.max(6, at.top - height - 6)) + "px";
}

/** Hides the tooltip. */
export function hide() {
  $("tip").hidden = true;
}
