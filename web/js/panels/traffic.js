// The last requests as short lines, newest first.

import { $, attribute, h, list, text, textOrHide } from "../dom.js";
import { go } from "../place.js";
import { tip } from "../tip.js";

/** Connects the tooltips. */
export function start() {
  $("lines").onclick = (event) => {
    const line = event.target.closest("li");
    if (line) go({ about: `request ${line.dataset.key}` });
  };
  tip($("lines"), (target) => ({ says: target.closest("li")?.dataset.says }));
}

/** Shows the traffic part of the state. */
export function show(part) {
  text($("traffic-sum"), part.says);
  attribute($("traffic-sum"), "title", `${part.says}\nAn idle write was answered with success and changed nothing.`);
  // Before the server has told anything, that there was no request is not known.
  $("lines").dataset.told = "";
  list($("lines"), part.lines, (line) => line.seq, make, fill);
  textOrHide($("traffic-capped"), part.capped);
}

function make() {
  return h("li", {}, h("time"), h("b"), h("button", { type: "button", class: "path" }), h("i"), h("em"));
}

function fill(element, line) {
  const [at, method, path, status, says] = element.children;
  attribute(element, "data-outcome", line.outcome);
  attribute(element, "data-from", line.from);
  attribute(element, "data-says", `${line.exactly} · from ${line.from}\n${line.method} ${line.path}\n${line.status} ${line.says}` +
    (line.times > 1 ? `\n${line.times} alike, the first at ${line.first}` : ""));
  text(at, line.at);
  text(method, line.method);
  text(path, line.who ?? line.path);
  text(status, line.status);
  text(says, line.times > 1 ? `${line.times} × ${line.says}` : line.says);
}
