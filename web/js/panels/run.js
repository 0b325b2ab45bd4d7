// Which run this is, its badges, and what the server has to say about it.

import { $, attribute, h, text, textOrHide } from "../dom.js";
import { copy, scenarioSize } from "../api.js";
import { openBranch } from "../branch.js";
import { handOut, handOutCurl } from "../hand_out.js";
import { go, place, watch } from "../place.js";
import { column, meet } from "../server.js";
import { tip } from "../tip.js";
import { toast } from "../toast.js";

let id = null;
let aboutRun = "";
let branched = false;

// The application of the address that there is none of, once that was said.
let unknown = "";

// A badge that tells more, that can be copied or that has a way back is a button.
function badge({ word, text: says, about }, { by_hand: byHand, branch }) {
  if (word === "branch") {
    const button = h("button", { type: "button", class: "badge", "data-says": says, "aria-haspopup": "dialog" }, word);
    button.onclick = () => openBranch(button, branch);
    return button;
  }
  const does = about ? () => go({ about }) : word === "by hand" && byHand ? () => copy(byHand, { what: scenarioSize(byHand) }) : null;
  if (!does) return h("span", { class: "badge", "data-says": says, tabindex: 0 }, word);
  const button = h("button", { type: "button", class: "badge", "data-says": says }, word);
  button.onclick = does;
  return button;
}

/** Connects the choice of the application. */
export function start() {
  $("app").onchange = (event) => go({ app: event.target.value });
  watch(checkApp);
  $("report").onclick = handOut;
  tip($("badges"), (target) => ({ says: target.closest(".badge")?.dataset.says }));
  tip($("title"), () => ({ says: aboutRun }));
  tip($("report"), () => ({
    says: "Save the report of the run so far: one page to hand out, which shows the run at any moment and needs no server.",
    curl: handOutCurl(),
  }));
}

// The part of the state that says which applications there are.
/** @type {any} */
let told = null;

// An address may ask for an application that there is none of.
function checkApp() {
  if (!told) return;
  const { app: wanted } = place();
  const known = told.apps.length ? told.apps : ["main"];
  const none = !wanted || known.includes(wanted) ? "" : wanted;
  if (none && none !== unknown) toast(`There is no application called “${none}”: ${told.app || "the only one"} is shown.`);
  unknown = none;
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
  told = part;
  checkApp();
  text($("title"), part.title || part.name);
  aboutRun = [part.title, part.name, ...part.covers, `seed ${part.seed}`, part.replay].filter(Boolean).join("\n");
  // Of a server that is not the mock the page says where it is.
  const target = part.target?.replace(/^https?:\/\//, "");
  text($("run"), target ? `${part.name} → ${target}` : part.name);
  attribute($("run"), "data-target", target);
  meet(Boolean(target));
  $("pages").hidden = Boolean(target);
  text($("golinks-name"), column());
  attribute($("golinks-name"), "title", part.target);
  document.title = `${part.name} · scimulator`;
  $("badges").replaceChildren(...part.badges.map((it) => badge(it, part)));
  textOrHide($("banner"), part.notice);
}
