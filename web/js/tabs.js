// The tabs of the page. Each opens a panel: over the whole lower half of the page, or beside the two worlds. The server
// names them; a panel is built here when it is first opened.

import { $, attribute, h, text } from "./dom.js";
import { go, place, watch } from "./place.js";
import { toast } from "./toast.js";

// The tabs as the server names them: { name, title, wide }.
let tabs = [];

// The panel of the address that there is none of, once that was said.
let unknown = "";

/** Connects the keys and the address. */
export function start() {
  $("tabs").onkeydown = roam;
  $("tab-choice").onchange = (event) => open(event.target.value);
  watch(showPlace);
}

/** Takes the tabs of the server. */
export function take(named) {
  if (String(named.map((tab) => tab.title)) === String(tabs.map((tab) => tab.title))) return;
  tabs = named;
  const all = [{ name: "", title: "Overview" }, ...tabs];
  // Where there is no room for the tabs, they are chosen from a list.
  $("tab-choice").replaceChildren(...all.map(({ name, title }) => h("option", { value: name }, title)));
  $("tabs").replaceChildren(...all.map(({ name, title }) => {
    const button = h("button", { type: "button", "data-name": name }, title);
    button.onclick = () => open(name);
    return button;
  }));
  showPlace(place());
}

/** Opens the panel of this name; none for an empty one. */
export function open(name) {
  go({ panel: name, narrow: "" });
}

/** Opens a neighbour of the tab that is open. */
export function openNext(by) {
  const names = ["", ...tabs.map((tab) => tab.name)];
  open(names[(names.indexOf(place().panel) + by + names.length) % names.length]);
}

/** The element of an opened panel, which is made when it is first asked for; `null` for a panel without a tab. */
export function root(name) {
  const tab = tabs.find((tab) => tab.name === name);
  if (!tab) return null;
  const id = `panel-${name}`;
  const there = document.getElementById(id);
  if (there) return there;
  const section = h("section", { id, class: "card panel", "aria-label": tab.title });
  $("panels").append(section);
  showPlace(place());
  return section;
}

/** The tab of this name; a link may also have the word that stands on it: `panel=Cycles`. */
const named = (panel) => tabs.find((tab) => tab.name === panel) ?? tabs.find((tab) => letters(tab.title) === letters(panel));
const letters = (words) => words.toLowerCase().replace(/[^a-z]+/g, "_");

function showPlace({ panel }) {
  const open = named(panel);
  if (open && open.name !== panel) return go({ panel: open.name }, true);
  for (const button of $("tabs").children) {
    attribute(button, "aria-current", button.dataset.name === (open?.name ?? "") && "page");
  }
  if (tabs.length) {
    const none = open || panel === "help" ? "" : panel;
    if (none && none !== unknown) toast(`There is no panel called “${none}”: the overview is shown.`);
    unknown = none;
  }
  attribute(document.body, "data-open", open && (open.wide ? "wide" : "side"));
  for (const section of $("panels").children) section.hidden = section.id !== `panel-${open?.name}`;
  $("tab-choice").value = open?.name ?? "";
}

/** Left and right go from tab to tab. */
function roam(event) {
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!by) return;
  event.preventDefault();
  const all = [...$("tabs").children];
  const at = all.indexOf(document.activeElement);
  all[(at + by + all.length) % all.length].focus();
}

/** The head of a panel: its title and a line of figures. */
export function head(title) {
  const sum = h("span");
  return { head: h("div", { class: "card-head" }, h("h2", {}, title), sum), sum: (words) => text(sum, words) };
}
