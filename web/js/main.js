// The page: listens to the server and hands each part of the state to the module that shows it. It decides nothing.

import { $, attribute } from "./dom.js";
import * as clock from "./clock.js";
import * as expectations from "./expectations.js";
import * as help from "./help.js";
import * as job from "./job.js";
import * as keys from "./keys.js";
import { place, watch } from "./place.js";
import { listen } from "./stream.js";
import * as strip from "./strip.js";
import { toast } from "./toast.js";
import * as traffic from "./traffic.js";
import * as truth from "./truth.js";
import * as worlds from "./worlds.js";

const PARTS = {
  run: [newRun, truth.run],
  clock: [clock.show, strip.now],
  strip: [strip.show],
  truth: [truth.show],
  caption: [truth.caption],
  job: [job.show],
  worlds: [worlds.show, help.legend],
  traffic: [traffic.show],
  expectations: [expectations.show],
};

let runId = null;

function newRun(part) {
  if (runId !== null && runId !== part.id) toast("A new run has begun.");
  runId = part.id;
}

function onFrame(parts) {
  for (const [name, shows] of Object.entries(PARTS)) {
    if (name in parts) for (const show of shows) show(parts[name]);
  }
  attribute(document.body, "data-ready", "yes");
}

function onLink(word) {
  attribute(document.body, "data-link", word);
  $("lost").hidden = word !== "lost";
}

for (const part of [clock, strip, worlds, job, traffic, help, keys]) part.start();

let asked = null;
const query = () => {
  const { filter, search } = place();
  return String(new URLSearchParams({ filter, search }));
};
const stream = listen(query, onFrame, onLink);
watch((now) => {
  worlds.where(now);
  attribute(document.body, "data-panel", now.panel);
  if (asked !== null && asked !== query()) stream.again();
  asked = query();
});
