// A recorded run: its strip and its two worlds at any moment, by the page's own modules, and its texts.

import { $, attribute, h, text, textOrHide } from "../js/dom.js";
import { place, watch } from "../js/place.js";
import * as strip from "../js/panels/strip.js";
import * as worlds from "../js/panels/worlds.js";
import { onJump } from "./api.js";

const run = JSON.parse($("data").textContent);
const LIST_MAX = 300;
const apps = [...new Set(run.moments.map((moment) => moment.of ?? ""))];
let app = apps[0] ?? "";
let moments = [];
const last = Math.max(1, run.end?.us ?? 0, ...run.moments.map((moment) => moment.us), ...run.log.map((line) => line.us));
let now = last;

function begin() {
  text($("title"), run.name + ": " + run.head.title);
  text($("verdict"), run.verdict + (run.end?.broken_off ? " · " + run.end.broken_off : ""));
  attribute($("verdict"), "data-green", run.green);
  attribute($("verdict"), "data-cut", run.outcome === "cut");
  text($("replay"), run.head.replay);
  text($("program"), run.head.program + ", seed " + run.head.seed + (run.end?.digest ? ", digest " + run.end.digest.slice(0, 8) : ""));
  textOrHide($("thinned"), run.thinned);
  textOrHide($("requests-capped"), run.exchanges_capped);
  textOrHide($("log-capped"), run.log_capped);
  story();
  checks();
  strip.start();
  worlds.start();
  if (run.end?.panels?.strip) strip.show(run.end.panels.strip);
  onJump((to) => show((Date.parse(to) - run.start) * 1000));
  $("scrub").oninput = () => show(($("scrub").value / 1000) * last);
  $("back").onclick = () => show(moments.findLast((moment) => moment.us < now)?.us ?? 0);
  $("on").onclick = () => show(moments.find((moment) => moment.us > now)?.us ?? last);
  $("app-label").hidden = apps.length < 2;
  $("app").replaceChildren(...apps.map((name) => h("option", { value: name }, name || "main")));
  $("app").onchange = () => pick($("app").value);
  watch(() => draw());
  pick(app);
}

function pick(name) {
  app = name;
  moments = run.moments.filter((moment) => (moment.of ?? "") === app);
  show(now);
}

/** Shows the moment so many microseconds after the start. */
function show(us) {
  now = Math.min(last, Math.max(0, us));
  $("scrub").value = Math.round((now / last) * 1000);
  const at = new Date(run.start + now / 1000);
  const midnight = new Date(run.start).setUTCHours(0, 0, 0, 0);
  const day = "Day " + Math.floor((at - midnight) / 86400000);
  text($("day"), day);
  text($("date"), at.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }));
  text($("time"), at.toISOString().slice(11, 19));
  attribute($("scrub"), "aria-valuetext", day + " " + at.toISOString().slice(11, 16));
  draw();
}

function draw() {
  const moment = moments.findLast((one) => one.us <= now) ?? moments[0];
  if (moment) {
    worlds.show(filtered(moment.panels.worlds));
    truth(moment.panels.truth);
  }
  const part = run.end?.panels?.strip;
  if (part) {
    const share = (run.start + now / 1000 - part.from_ms) / Math.max(1, part.to_ms - part.from_ms);
    strip.now({ place: Math.max(0, Math.min(1000, share * 1000)) });
  }
  requests();
  log();
}

/** The worlds with the filter and the search that the address holds; on the live page the server applies them. */
function filtered(part) {
  const { filter, search } = place();
  const needle = (search ?? "").toLowerCase();
  const same = new Set(["same", "outside"]);
  const found = (row) => (filter !== "differences" || !same.has(row.mark)) &&
    [row.name, row.handle, row.account].some((word) => (word ?? "").toLowerCase().includes(needle));
  return { ...part, rows: (part.rows ?? []).filter(found), dots: (part.dots ?? []).filter(found), groups: (part.groups ?? []).filter(found) };
}

function truth(part) {
  if (!part) return;
  const box = $("truth");
  attribute(box, "data-tone", part.tone);
  text(box.querySelector(".truth-symbol"), part.symbol);
  text(box.querySelector("strong"), part.word);
  text(box.querySelector("p span"), part.text);
  text(box.querySelector("em"), part.next);
}

function story() {
  const entries = run.end?.story ?? [];
  $("story").tBodies[0].replaceChildren(...entries.map((entry) =>
    h("tr", { "data-tone": entry.tone }, h("td", {}, entry.when), h("td", {}, entry.what), h("td", {}, entry.text))));
  text($("totals"), (run.end?.totals ?? []).join("\n"));
}

function checks() {
  const all = run.end?.checks ?? [];
  text($("checks-sum"), `${run.end?.met ?? 0} of ${all.length} met`);
  const ordered = [...all.filter((check) => !check.met), ...all.filter((check) => check.met)];
  $("verdicts").replaceChildren(...ordered.map((check) => h("li", { "data-met": String(check.met) },
    h("b", {}, check.met ? "✓ met " : "✗ FAILED "), h("small", {}, check.step + " "), h("code", {}, check.expected), h("small", {}, " " + check.place),
    check.met ? null : h("pre", {}, [check.actual, ...(check.why ?? []), check.more ? "more: " + check.more : ""].filter(Boolean).join("\n")))));
}

function requests() {
  const till = run.exchanges.filter((one) => one.us <= now);
  text($("requests-sum"), `${Math.min(till.length, LIST_MAX)} of ${till.length} shown`);
  $("requests").replaceChildren(...till.slice(-LIST_MAX).reverse().map((one) => {
    const element = h("details", { "data-failed": one.failed },
      h("summary", {}, `#${one.seq} ${clock(one.us)} ${one.method} ${one.target}${one.user ? " (" + one.user + ")" : ""} → ${one.says}`));
    element.ontoggle = () => element.open && element.children.length === 1 && element.append(...details(one));
    return element;
  }));
}

function details(one) {
  return [
    ...one.faults.map((fault) => h("p", {}, "⚡ " + fault)),
    ...body("sent", one.sent), ...body("answered", one.answer),
    ...one.did.map((deed) => h("p", {}, "GoLinks: " + deed.says)),
  ];
}

function body(word, content) {
  const heads = (content?.headers ?? []).map(([name, value]) => name + ": " + value);
  if (!content?.body && !heads.length) return [];
  let shown = content.body ?? "";
  try {
    shown = JSON.stringify(JSON.parse(shown), null, 2);
  } catch { /* it is no JSON, and is shown as it came */ }
  return [h("h3", {}, word), h("pre", {}, [...heads, ...(heads.length && shown ? [""] : []), shown].join("\n").trimEnd())];
}

function log() {
  const till = run.log.filter((line) => line.us <= now);
  text($("log-sum"), `${Math.min(till.length, LIST_MAX)} of ${till.length} shown`);
  $("log").replaceChildren(...till.slice(-LIST_MAX).reverse().map((line) => h("li", { "data-kind": line.kind }, line.says)));
}

function clock(us) {
  const at = new Date(run.start + us / 1000);
  const midnight = new Date(run.start).setUTCHours(0, 0, 0, 0);
  return `day ${Math.floor((at - midnight) / 86400000)} ${at.toISOString().slice(11, 19)}`;
}

begin();
