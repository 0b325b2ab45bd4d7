// The narrator's caption.

import { $, text } from "../dom.js";

/** Shows what the narrator said last. */
export function show(part) {
  $("caption").hidden = !part;
  text($("caption").querySelector("p"), part?.text);
  text($("caption").querySelector("small"), part ? [part.at, part.place].filter(Boolean).join(" · ") : "");
}
