// Which run this is, its badges, and what the server has to say about it.

import { $, attribute, h, text, textOrHide } from "../dom.js";
import { copy } from "../api.js";
import { openBranch } from "../branch.js";
import { handOut, handOutCurl } from "../hand_out.js";
import { go } from "../place.js";
import { column, meet } from "../server.js";
import { tip } from "../tip.js";
import { toast } from "../toast.js";

let id = null;
let branched = false;

// A badge that tells more, that can be copied or that has a way back is a button.
function badge({ word, text: says, about }, { by_hand: byHand, branch }) {
  if (word === "branch") {
    const button = h("button", { type: "button", class: "badge", title: says, "aria-haspopup": "dialog" }, word);
    button.onclick = () => openBranch(button, branch);
    return button;
  }
  const does = about ? () => go({ about }) : word === "by hand" && byHand ? () => copy(byHand) : null;
  if (!does) return h("span", { class: "badge", title: says }, word);
  const button = h("button", { type: "button", class: "badge", title: says }, word);
  button.onclick = does;
  return button;
}

/** Connects the choice of the application. */
export function start() {
  $("app").onchange = (event) => go({ app: event.target.value });
  $("report").onclick = handOut;
  tip($("report"), () => ({
    says: "Save the report of the run so far: one page to hand out, which shows the run at any moment and needs no server.",
    curl: handOutCurl(),
  }));
}

// The applications to choose from, when there are several: everything on the page is of the chosen one.
function showApps({ apps, app }) {
  $("app-label").hidden = apps.length === 0;
  const options = apps.map((name) => h("option", { value: name }, name));
  if (String(apps) !== String([...$("app").options].map((option) => option.value))) $("app").replaceChildren(...options);
  $("app").value = app;
}

/** The name of the application that the page shows; empty when it is the only one. */
export const shownApp = () => ($("app-label").hidden ? "" : $("app").value);

// What is said when another run takes the place of the one on the page, whoever asked for it.
function arrival({ branch }) {
  if (branch) return `${branch.text} The badge “branch” has the way back.`;
  return branched ? "The branch is left." : "A new run has begun.";
}

/** Shows the run part of the state. */
export function show(part) {
  if (id !== null && id !== part.id) toast(arrival(part));
  id = part.id;
  branched = Boolean(part.branch);
  showApps(part);
  text($("title"), part.title || part.name);
  const about = [part.title, part.name, ...part.covers, `seed ${part.seed}`, part.replay].filter(Boolean).join("\n");
  attribute($("title"), "title", about);
  // Of a server that is not the mock the page says where it is.
  const place = part.target?.replace(/^https?:\/\//, "");
  text($("run"), place ? `${part.name} → ${place}` : part.name);
  attribute($("run"), "data-target", place);
  meet(Boolean(place));
  text($("golinks-name"), column());
  attribute($("golinks-name"), "title", part.target);
  document.title = `${part.name} · scimulator`;
  $("badges").replaceChildren(...part.badges.map((it) => badge(it, part)));
  textOrHide($("banner"), part.notice);
}
