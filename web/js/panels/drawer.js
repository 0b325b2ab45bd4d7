// The drawer beside the two worlds: everything about one user, account, group or request. Whatever it names can be opened in it too.

import { $, attribute, h } from "../dom.js";
import { piece, tableOf } from "../listed.js";
import { copy } from "../api.js";
import { entries } from "../menu.js";
import { go, place, watch } from "../place.js";

// What had the focus before the drawer was opened; it gets it back.
let before = null;
let shown = null;
// The last part that came: the server does not send again what has not changed since.
let last = null;
// Which of its tabs is open, where it has some.
let tab = 0;

/** Connects the address and the keys. */
export function start() {
  watch(({ about }) => {
    if (!about) close();
    else if (about === last?.about && shown !== about) show(last);
  });
  $("drawer").onclick = (event) => {
    const link = event.target.closest("[data-about]");
    if (link) go({ about: link.dataset.about });
  };
}

/** Shows the drawer part of the state. */
export function show(part) {
  last = part;
  if (part.about !== place().about) return;
  const drawer = $("drawer");
  const opens = drawer.hidden;
  const other = shown !== part.about;
  if (opens) before = document.activeElement;
  const stays = opens ? anchor(before) : null;
  // What is open, scrolled or focused in it stays so while the same thing is told about.
  const top = other ? 0 : drawer.querySelector(".body")?.scrollTop ?? 0;
  const focused = drawer.contains(document.activeElement) ? [...drawer.querySelectorAll("button")].indexOf(document.activeElement) : -1;
  if (other) tab = 0;
  const shownSections = part.tabs ? [section({ ...part.sections[tab], title: "" }, 1)] : part.sections.flatMap((it, nth) => (nth === 0 ? [section(it, nth), acts(part)] : [section(it, nth)]));
  drawer.replaceChildren(head(part), ...(part.tabs ? [tabsOf(part)] : []), h("div", { class: "body", tabindex: 0 }, ...shownSections));
  drawer.hidden = false;
  attribute(drawer, "aria-labelledby", "drawer-title");
  attribute(document.body, "data-drawer", true);
  stays?.();
  drawer.querySelector(".body").scrollTop = top;
  if (opens || (other && focused >= 0)) drawer.querySelector("h2").focus();
  else if (focused >= 0) drawer.querySelectorAll("button")[focused]?.focus();
  shown = part.about;
}

/** Keeps a row where it stands while the drawer takes room from its table, or gives it back. */
function anchor(element) {
  const scrolled = element?.isConnected && element.closest(".panel .body");
  if (!scrolled) return null;
  const stood = element.getBoundingClientRect().top;
  return () => { scrolled.scrollTop += element.getBoundingClientRect().top - stood; };
}

function close() {
  const drawer = $("drawer");
  if (drawer.hidden) return;
  const had = drawer.contains(document.activeElement);
  const stays = anchor(before);
  drawer.hidden = true;
  attribute(drawer, "aria-labelledby", null);
  attribute(document.body, "data-drawer", null);
  stays?.();
  shown = null;
  if (had && before?.isConnected) before.focus();
}

function head({ title, kind, detail }) {
  const button = h("button", { type: "button", class: "round", "aria-label": "Close" }, "✕");
  button.onclick = () => go({ about: "" });
  return h("header", {},
    h("h2", { id: "drawer-title", tabindex: -1 }, title || "Nothing found", h("small", {}, [kind, detail].filter(Boolean).join(" · "))),
    button);
}

/** The tabs of a drawer that shows one section at a time. */
function tabsOf(part) {
  const choose = (nth) => {
    tab = nth;
    show(part);
    $("drawer").querySelectorAll(".drawer-tabs button")[nth].focus();
  };
  return h("nav", { class: "drawer-tabs", "aria-label": "Details" }, ...part.sections.map(({ title }, nth) => {
    const button = h("button", { type: "button", "aria-current": nth === tab && "true" }, title);
    button.onclick = () => choose(nth);
    return button;
  }));
}

function acts(part) {
  if (part.can.length === 0) return null;
  return h("div", { class: "acts" }, ...entries(part));
}

function section({ title, lines, table, code, copy: words }, nth) {
  const button = words && h("button", { type: "button" }, words.label);
  if (button) button.onclick = () => copy(words.text.replaceAll("{origin}", location.origin), { first: words.first });
  return h("section", {},
    title ? h("h3", {}, title) : null,
    ...lines.map((line, at) => h("p", { class: nth === 0 && at === 0 && "first" }, ...line.map(piece))),
    table ? tableOf(table) : null,
    code ? h("pre", { tabindex: 0 }, code) : null,
    button ?? null,
    words?.first ? h("p", { class: "note" }, words.first) : null);
}
