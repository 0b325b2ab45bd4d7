// The page: listens to the server and hands each panel of a frame to the module of its name. It decides nothing.

import { $, attribute, text } from "./dom.js";
import * as help from "./help.js";
import * as keys from "./keys.js";
import { place, watch } from "./place.js";
import { listen } from "./stream.js";
import * as tabs from "./tabs.js";
import { toast } from "./toast.js";

// The modules of the panels by name, as they are loaded. The server names the panels. A module has `start(root)` and
// `show(part, root)`; the root is the element of a panel that a tab opens.
const modules = new Map();

async function load(name) {
  if (!modules.has(name)) {
    const module = await import(`./panels/${name}.js`);
    module.start?.(tabs.root(name));
    modules.set(name, module);
  }
}

// Frames are shown one after the other, also while a module is loaded.
let shown = Promise.resolve();

// The last part of each panel. A panel passes over the answer to an earlier letter; when that letter is wanted again, the
// server has nothing new to send.
const last = new Map();

function onFrame({ seq, ...panels }) {
  shown = shown.then(() => show(panels)).catch(console.error);
}

// All parts of a frame are shown at once: what is read beside each other is of one instant.
async function show(panels) {
  if (panels.run) tabs.take(panels.run.tabs);
  for (const name of Object.keys(panels)) await load(name);
  for (const [name, part] of Object.entries(panels)) {
    last.set(name, part);
    modules.get(name).show(part, tabs.root(name));
  }
  attribute(document.body, "data-ready", "yes");
}

function onLink(word, reason) {
  if (word === "restarted") return toast(
    "The server was started again, and this is a new run: what was done by hand before, and where the run stood, are gone. A click closes this.", true);
  attribute(document.body, "data-link", word);
  text($("lost").firstElementChild, reason ? "Not shown:" : "Connection lost.");
  text($("lost").lastElementChild, `${reason ?? "What you see may be old"}. Trying again …`);
  $("lost").hidden = word !== "lost";
}

for (const part of [help, keys, tabs]) part.start();

const query = () => {
  const { app, filter, search, panel, narrow, about, at } = place();
  return String(new URLSearchParams({ app, filter, search, panel, narrow, about, at }));
};
const stream = listen(query, onFrame, onLink);
watch((now) => {
  attribute(document.body, "data-panel", now.panel);
  attribute(document.body, "data-present", Boolean(now.present));
  const part = last.get(now.panel);
  if (part && "narrow" in part) modules.get(now.panel).show(part, tabs.root(now.panel));
  stream.ask();
});
