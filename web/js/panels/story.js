// The story so far: every caption with its instant. A click looks back at it.

import { h, list, text } from "../dom.js";
import { head } from "../tabs.js";
import { visit } from "../visit.js";

let parts = null;

/** Builds the panel. */
export function start(root) {
  const { head: top, sum } = head("The story so far");
  const said = h("ol", { class: "said" });
  root.append(top, h("div", { class: "body", tabindex: 0 }, said));
  parts = { sum, said };
}

/** Shows the part of the state. */
export function show(part) {
  parts.sum(part.says);
  list(parts.said, part.said, (it, nth) => nth, make, fill);
}

function make() {
  const at = h("button", { type: "button", class: "about" });
  const item = h("li", {}, at, h("p"));
  at.onclick = () => visit(item.instant);
  return item;
}

function fill(element, { at, instant, text: says }) {
  element.instant = instant;
  text(element.firstChild, at);
  text(element.lastChild, says);
}
