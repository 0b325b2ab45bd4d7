// The clock bar: what time it is in the simulation, how fast it goes, and what comes next.

import { $, attribute, h, text } from "../dom.js";
import { post, curl } from "../api.js";
import { tip } from "../tip.js";
import { runIsAt } from "../now.js";
import { now } from "./strip.js";

let clock = null;

// What was chosen and is on its way to the server: until it answers, its frames still tell of the choice before.
const chosen = { speed: null, captions: null };

/** Connects the buttons. */
export function start() {
  $("pause").onclick = toggle;
  $("step").onclick = step;
  $("cycle").onclick = cycle;
  $("moment").onclick = moment;
  $("go-on").onclick = () => post("resume");
  $("captions").onchange = (event) => choose("captions", event.target.value);
  $("slower").onclick = slower;
  $("faster").onclick = faster;
  $("rerun").onclick = () => post("rerun");
  $("speed").onchange = (event) => setSpeed(event.target.value);
  tip($("pause"), () => ({
    says: clock?.word === "ended" ? "Let virtual time go on past the end of the story." : clock?.paused ? "Let virtual time go on." : "Stop virtual time; requests from outside are still answered.",
    key: "space", curl: curl(clock?.paused ? "resume" : "pause"),
  }));
  tip($("step"), () => ({ says: "Jump to the next thing that happens, then stop.", key: ".", curl: curl("step") }));
  tip($("cycle"), () => ({ says: "Jump to the end of the next provisioning cycle, then stop.", key: "c", curl: curl("cycle") }));
  tip($("moment"), () => ({ says: "Jump to the next moment of the story, then stop, so that a class can read it.", key: "n", curl: curl("moment") }));
  tip($("captions"), () => ({
    says: "What virtual time does while a caption is new: stand for as long as reading takes, pause, or run on. At full speed it runs on.",
    curl: curl("captions", { captions: $("captions").value }),
  }));
  tip($("go-on"), () => ({ says: "Time stands so that this can be read; this ends the reading.", curl: curl("resume") }));
  tip($("rerun"), () => ({ says: "Run the scenario again from the start.", curl: curl("rerun") }));
  tip($("slower"), () => ({ says: "Slower", key: "[", curl: speedCurl(-1) }));
  tip($("faster"), () => ({ says: "Faster", key: "]", curl: speedCurl(1) }));
}

/** Shows the clock part of the state. */
export function show(part) {
  clock = part;
  for (const name of Object.keys(chosen)) if (chosen[name] === part[name]) chosen[name] = null;
  const past = part.word === "past";
  if (!past) {
    now(part);
    runIsAt(part.instant);
  }
  text($("day"), part.day);
  text($("date"), part.date);
  text($("time"), part.time);
  text($("state"), part.word);
  attribute($("clock"), "data-word", part.word);
  attribute($("clock"), "title", part.instant);
  const pause = $("pause");
  text(pause, part.paused ? (part.word === "ended" ? "▶ Run on" : "▶ Resume") : "❚❚ Pause");
  attribute(pause, "aria-pressed", String(part.paused));
  text($("step").querySelector("small"), part.next_event ?? "nothing is due");
  text($("cycle").querySelector("small"), part.next_cycle ?? "none is due");
  showSpeeds(part);
  $("go-on").hidden = !part.reading;
  if (chosen.captions === null) $("captions").value = part.captions;
  for (const id of ["captions", "pause", "step", "moment", "cycle", "slower", "faster", "speed", "rerun"]) $(id).disabled = past;
  if (!part.moment_to_come) $("moment").disabled = true;
}

function showSpeeds(part) {
  const select = $("speed");
  const offered = part.speeds.some((speed) => speed.value === part.speed)
    ? part.speeds : [...part.speeds, { value: part.speed, says: part.speed }];
  if (select.length !== offered.length || offered.some((speed, n) => select.options[n].value !== speed.value)) {
    select.replaceChildren(...offered.map(({ value, says }) => h("option", { value }, says)));
  }
  if (chosen.speed === null && select.value !== part.speed) select.value = part.speed;
}

export const toggle = () => post(clock?.paused ? "resume" : "pause");
export const step = () => post("step");
export const cycle = () => post("cycle");
export const moment = () => clock?.moment_to_come !== false && post("moment");
export const slower = () => setSpeed(neighbour(-1));
export const faster = () => setSpeed(neighbour(1));

const setSpeed = (speed) => choose("speed", speed);

/** Sends a choice; when it is refused, the page shows the one before. */
async function choose(name, value) {
  chosen[name] = value;
  const taken = await post(name, { [name]: value });
  if (taken) await new Promise((resume) => setTimeout(resume, 1000));
  if (chosen[name] !== value) return;
  chosen[name] = null;
  show(clock);
}

function neighbour(by) {
  const speeds = clock.speeds.map((speed) => speed.value);
  const at = speeds.indexOf(chosen.speed ?? clock.speed);
  return speeds[Math.max(0, Math.min(speeds.length - 1, (at < 0 ? speeds.length - 1 : at) + by))];
}

const speedCurl = (by) => curl("speed", { speed: clock ? neighbour(by) : "600x" });
