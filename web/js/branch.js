// The run goes on from a past instant, or back to the run that was left for that.

import { $, attribute, h } from "./dom.js";
import { curl, post } from "./api.js";
import { toNow } from "./visit.js";

/** Has the run go on from this instant. The page says so when it sees the new run, as every other viewer's does. */
export async function branch(instant) {
  if (await post("branch", { from: instant })) toNow();
}

/** Opens the way back beside the badge of a branch. */
export function openBranch(button, { text, back }) {
  const menu = $("menu");
  const entry = (label, command) => {
    const act = h("button", { type: "button", class: "act", title: curl(command) }, label);
    act.onclick = () => {
      menu.hidePopover();
      post(command);
    };
    return h("div", { class: "entry" }, act);
  };
  attribute(menu, "aria-labelledby", "menu-title");
  menu.replaceChildren(
    h("h2", { id: "menu-title" }, "A branch"), h("small", {}, text),
    entry(back, "unbranch"), entry("Run again from the start, as the file says", "rerun"),
  );
  menu.onkeydown = null;
  menu.showPopover();
  const at = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  menu.style.left = Math.max(6, Math.min(innerWidth - size.width - 6, at.right - size.width)) + "px";
  menu.style.top = Math.max(6, Math.min(innerHeight - size.height - 6, at.bottom + 4)) + "px";
  menu.querySelector("button").focus();
}
