// A recorded run: its strip, sentence, worlds, log and cycles at any moment, by the page's own modules, and its texts.

import { $, attribute, h, text, textOrHide } from "../js/dom.js";
import { listed } from "../js/listed.js";
import { runIsAt } from "../js/now.js";
import { go, place, watch } from "../js/place.js";
import { column, meet } from "../js/server.js";
import * as caption from "../js/panels/caption.js";
import * as cycles from "../js/panels/cycle_list.js";
import * as drawer from "../js/panels/drawer.js";
import * as strip from "../js/panels/strip.js";
import * as truth from "../js/panels/truth.js";
import * as worlds from "../js/panels/worlds.js";
import * as atEnd from "./at_end.js";
import { drawerOf, unfolded } from "./details.js";

const run = JSON.parse($("data").textContent);
const LIST_MAX = 300;
const ROWS_MAX = 150;
const apps = [...new Set(run.moments.map((moment) => moment.of ?? ""))];
const last = Math.max(1, run.end?.us ?? 0, ...run.moments.map((moment) => moment.us), ...run.log.map((line) => line.us));
const provisioning = listed("Provisioning log", "Narrow: a name, failure, create …");
let app = apps[0] ?? "";
let moments = [];
let now = last;
// The application whose end is shown.
let ended = null;
// The instant of the address that is shown; a slider that is dragged shows others meanwhile.
let followed = null;

function begin() {
  meet(run.head.foreign);
  text($("golinks-name"), column());
  text($("title"), run.head.title);
  attribute($("title"), "title", run.name);
  const brokenOff = run.end?.broken_off;
  text($("verdict"), run.verdict + (brokenOff && !run.verdict.includes(brokenOff) ? " · " + brokenOff : ""));
  attribute($("verdict"), "data-green", run.green);
  // What was cut short has not failed.
  attribute($("verdict"), "data-cut", run.outcome === "cut" || run.outcome === "unfinished");
  textOrHide($("note"), run.head.note);
  text($("replay"), (run.head.by_hand ?? run.head).replay);
  $("by-hand").hidden = !run.head.by_hand;
  text($("by-hand-name"), run.head.by_hand?.name);
  text($("by-hand-file"), run.head.by_hand?.file);
  text($("program"), run.name + ", " + run.head.program + ", seed " + run.head.seed + (run.end?.digest ? ", digest " + run.end.digest.slice(0, 8) : ""));
  textOrHide($("thinned"), run.thinned);
  textOrHide($("requests-capped"), run.exchanges_capped);
  textOrHide($("log-capped"), run.log_capped);
  story();
  // All of the run is past: a click on the strip looks back, as on the page.
  runIsAt(instant(last));
  strip.start();
  worlds.start();
  drawer.start();
  provisioning.start($("panel-log"));
  cycles.start($("panel-cycles"));
  atEnd.start();
  if (run.end?.panels?.strip) strip.show(run.end.panels.strip);
  $("scrub").oninput = () => show(($("scrub").value / 1000) * last);
  $("scrub").onchange = () => goTo(now);
  $("back").onclick = () => beside(-1);
  $("on").onclick = () => beside(1);
  addEventListener("keydown", onKey);
  $("app-label").hidden = apps.length < 2;
  $("app").replaceChildren(...apps.map((name) => h("option", { value: name }, name || "main")));
  $("app").onchange = () => go({ app: $("app").value });
  watch(follow);
}

/** Shows what the address says. */
function follow(where) {
  const before = ended;
  app = apps.includes(where.app) ? where.app : apps[0] ?? "";
  $("app").value = app;
  ended = app;
  if (before !== app) atEnd.show(run.end?.panels, app);
  moments = run.moments.filter((moment) => (moment.of ?? "") === app);
  if (where.at === followed) return draw();
  followed = where.at;
  show(read(where.at));
}

/** An instant of the address, in microseconds after the start: `2026-03-05T07:12:00Z`, `day 3 15:00` or `3d 7h`; else the end. */
function read(at) {
  if (/^\d{4}-/.test(at) && !Number.isNaN(Date.parse(at))) return (Date.parse(at) - run.start) * 1000;
  const [, day, hours, minutes, seconds] = /^day (\d+) (\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?$/i.exec(at) ?? [];
  if (day) return (new Date(run.start).setUTCHours(0, 0, 0, 0) - run.start) * 1000 + (((Number(day) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds ?? 0)) * 1e6;
  const spans = { d: 86400, h: 3600, m: 60, s: 1 };
  const parts = [...at.matchAll(/(\d+)\s*([dhms])/g)];
  return parts.length ? parts.reduce((sum, [, count, unit]) => sum + Number(count) * spans[unit] * 1e6, 0) : last;
}

/** The same as an instant; a part of a millisecond is rounded up, so that what happened then is past. */
const instant = (us) => new Date(run.start + Math.ceil(us / 1000)).toISOString();

/** Puts an instant into the address, so that it can be passed on; the end needs none. */
function goTo(us) {
  go({ at: us >= last ? "" : instant(us) }, Boolean(place().at));
}

/** Shows the moment before or after the one shown. */
function beside(by) {
  const at = moments.findLastIndex((moment) => moment.us <= now) + by;
  goTo(at < 0 ? 0 : moments[at]?.us ?? last);
}

function onKey(event) {
  if (event.target.matches?.("input[type=search]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === ",") beside(-1);
  if (event.key === ".") beside(1);
  if (event.key === "Escape") go({ about: "" });
}

/** Shows the moment so many microseconds after the start. */
function show(us) {
  now = Math.min(last, Math.max(0, us));
  $("scrub").value = Math.round((now / last) * 1000);
  const at = new Date(run.start + now / 1000);
  const midnight = new Date(run.start).setUTCHours(0, 0, 0, 0);
  const day = "Day " + Math.floor((at.getTime() - midnight) / 86400000);
  text($("day"), day);
  text($("date"), at.toLocaleDateString("en-GB", { weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }));
  text($("time"), at.toISOString().slice(11, 19));
  attribute($("scrub"), "aria-valuetext", day + " " + at.toISOString().slice(11, 16));
  draw();
}

const upTo = (list) => list.filter((one) => one.us <= now);
const ofApp = (one) => (one.of ?? "") === app;

function draw() {
  const moment = moments.findLast((one) => one.us <= now) ?? moments[0];
  if (moment) {
    worlds.show(filtered(moment.panels.worlds));
    truth.show(asOf(moment));
    caption.show(moment.panels.caption);
  }
  strip.looksAt({ instant: now < last ? instant(now) : null, now_instant: instant(last) });
  checks();
  requests();
  log();
  provisioningLog();
  cycleList();
  const { about } = place();
  if (about) {
    const rows = upTo(run.rows).filter(ofApp);
    drawer.show(drawerOf(about, { worlds: moment?.panels.worlds ?? {}, truth: moment && asOf(moment), rows, exchanges: upTo(run.exchanges), clock }));
  }
}

function provisioningLog() {
  const { narrow } = place();
  const words = narrow.toLowerCase().split(/\s+/).filter(Boolean);
  const columns = ["Date", "Identity", "Action", "Target", "Status", "More"];
  const cells = (row) => [clock(row.us), row.handle, row.action, row.target || "–", row.status, row.more];
  const till = upTo(run.rows).filter(ofApp);
  const holds = (row) => words.every((word) => cells(row).join(" ").toLowerCase().includes(word));
  const shown = till.filter(holds).slice(-ROWS_MAX).reverse();
  const rows = shown.map((row) => ({
    tone: row.tone,
    cells: cells(row).map((cell, nth) => ({ tone: nth === 4 ? row.tone : "", text: cell, about: nth === 1 ? `${row.kind} ${row.handle}` : undefined })),
  }));
  const capped = run.rows_capped ? " · " + run.rows_capped : "";
  provisioning.show({ says: `${shown.length} of ${till.length} rows up to this moment${capped}`, narrow, table: { columns, rows } });
}

function cycleList() {
  const all = run.end?.panels?.cycle_lists?.[app];
  $("panel-cycles").hidden = !all;
  if (!all) return;
  const till = run.start + Math.ceil(now / 1000);
  // Of several in a row that share a line, it is not known here which had begun by a moment among them.
  const begun = (row) => (row.until && Date.parse(row.until) > till ? { ...row, result: "some of these, as far as they had begun" } : row);
  const rows = all.rows.filter((row) => Date.parse(row.instant) <= till).map(begun);
  cycles.show({ says: now < last ? `those begun by this moment; at the end ${all.says}` : all.says, running: null, rows });
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

function story() {
  const switched = [...run.head.switched_on ?? [], ...run.end?.switched_later ?? []].map((it) => [
    it.later ? `set ${it.later}: ` : "switched on: ", h("code", {}, it.what),
    it.bugs?.length ? ` (${it.bugs.join(", ")})` : "", it.says ? " – " + it.says : ""]);
  const about = [...run.about.map((it) => [it]), ...switched];
  $("about").hidden = about.length === 0;
  $("about").replaceChildren(...about.map((parts) => h("li", {}, ...parts)));
  const entries = run.end?.story ?? [];
  $("story").tBodies[0].replaceChildren(...entries.map((entry) =>
    h("tr", { "data-tone": entry.tone }, h("td", {}, entry.when), h("td", {}, entry.what), h("td", {}, entry.text))));
  text($("totals"), (run.end?.totals ?? []).join("\n"));
}

/**
 * The sentence of a moment, or as it was while time passed after it. Where the minute shown is a later one it is named, and
 * what would come next had its time; those who could still get in are told of all the same.
 */
function asOf(moment) {
  const passed = run.passing.findLast((one) => ofApp(one) && one.us <= now && one.us > moment.us);
  const { us, panels: { truth } } = passed ?? moment;
  const said = clock(us).slice(0, -3);
  return said === clock(now).slice(0, -3) ? truth : { ...truth, next: truth.exposed, word: `As of ${said}: ${truth.word}` };
}

function checks() {
  const whole = run.end?.checks ?? [];
  // What must always hold is judged at its first breach, or at the end of the story: before that it is kept.
  const isKept = (check) => check.kept || (check.step === "always" && check.us > now);
  const all = upTo(whole).filter((check) => !isKept(check));
  const kept = whole.filter(isKept);
  const met = all.filter((check) => check.met);
  const failed = all.filter((check) => !check.met);
  const later = whole.length - all.length - kept.length;
  text($("checks-sum"), [
    `${met.length} met`, failed.length && `${failed.length} failed`, kept.length && `${kept.length} kept so far`,
    later && `${later} after this moment`, run.end?.left_out && `${run.end.left_out} not judged: this record ends before`,
  ].filter(Boolean).join(", "));
  const ordered = [...failed.map((it) => [it, "✗ FAILED "]), ...kept.map((it) => [it, "◇ kept "]), ...met.map((it) => [it, "✓ met "])];
  $("verdicts").replaceChildren(...ordered.map(([check, word]) => h("li", { "data-met": String(!failed.includes(check)) },
    h("b", {}, word), moment(check), expected(check), h("small", {}, " " + check.place),
    failed.includes(check) ? h("pre", {}, [check.actual, ...(check.why ?? []), check.more ? "more: " + check.more : ""].filter(Boolean).join("\n")) : null)));
}

/** What was expected, in the page's sentence where the record has it; the code is in the tooltip then. */
function expected(check) {
  const said = run.end?.panels?.expectations?.items?.find((it) => it.expected === check.expected && it.step === check.step);
  return said ? h("span", { title: check.expected }, said.sentence) : h("code", {}, check.expected);
}

/** When an expectation was judged, with the date; a click shows that moment. */
function moment({ step, us }) {
  const button = h("button", { type: "button", class: "about", title: "Show this moment" }, step);
  button.onclick = () => goTo(us);
  return h("small", {}, button, ` ${new Date(run.start + us / 1000).toISOString().slice(0, 10)} `);
}

function requests() {
  const till = upTo(run.exchanges);
  text($("requests-sum"), `${Math.min(till.length, LIST_MAX)} of ${till.length} shown`);
  $("requests").replaceChildren(...till.slice(-LIST_MAX).reverse().map((one) => {
    const element = h("details", { "data-failed": one.failed },
      h("summary", {}, `#${one.seq} ${clock(one.us)} ${one.method} ${one.target}${one.user ? " (" + one.user + ")" : ""} → ${one.says}`));
    element.ontoggle = () => element.open && element.children.length === 1 && element.append(...unfolded(one));
    return element;
  }));
}

function log() {
  const till = upTo(run.log);
  text($("log-sum"), `${Math.min(till.length, LIST_MAX)} of ${till.length} shown`);
  $("log").replaceChildren(...till.slice(-LIST_MAX).reverse().map((line) => h("li", { "data-kind": line.kind }, line.says)));
}

function clock(us) {
  const at = new Date(run.start + us / 1000);
  const midnight = new Date(run.start).setUTCHours(0, 0, 0, 0);
  return `day ${Math.floor((at - midnight) / 86400000)} ${at.toISOString().slice(11, 19)}`;
}

begin();
