// One tooltip for the whole page: what a thing is, its key, and the same as a command. It is shown to a pointer, to the keyboard's
// focus, and to a finger that rests on the thing; a tap on what does nothing shows it too.

import { $, h } from "./dom.js";

// How long a finger rests on a thing before it is told what that is.
const REST_MS = 450;

/** Gives an element a tooltip; `say` gets the element pointed at and answers { says, key, curl } or nothing. */
export function tip(element, say) {
  const showFor = (event) => show(event.target, say(event.target));
  element.addEventListener("mouseover", showFor);
  element.addEventListener("focusin", showFor);
  element.addEventListener("mouseout", hide);
  element.addEventListener("focusout", hide);
  let waiting;
  let told = false;
  const leave = () => clearTimeout(waiting);
  let from = [0, 0];
  element.addEventListener("pointerdown", ({ pointerType, target, clientX, clientY }) => {
    told = false;
    from = [clientX, clientY];
    leave();
    if (pointerType === "touch") {
      waiting = setTimeout(() => {
        const words = say(target);
        told = Boolean(words?.says);
        show(target, words);
      }, REST_MS);
    }
  });
  // A finger that moves drags or scrolls.
  element.addEventListener("pointermove", ({ clientX, clientY }) => {
    if (Math.hypot(clientX - from[0], clientY - from[1]) > 8) leave();
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) element.addEventListener(end, leave);
  element.addEventListener("contextmenu", (event) => told && event.preventDefault());
  // A finger that rested asked what the thing is: nothing is done.
  element.addEventListener("click", (event) => {
    if (told) {
      told = false;
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (doesSomething(event.target, element)) hide();
  }, true);
}

/** Whether a click does something; the words of what only says something stay. */
function doesSomething(target, element) {
  const part = target.closest("button, a, select, [tabindex='0']");
  return part === null || part === element || part.matches("button, a, select");
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
