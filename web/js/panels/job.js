// The provisioning job in a line, with its commands.

import { $, text } from "../dom.js";
import { openJob } from "../menu.js";
import { tip } from "../tip.js";

let job = null;

/** Connects the button. */
export function start() {
  $("job").onclick = () => job && openJob($("job"), job);
  tip($("job"), () => ({ says: [job?.cycle, job?.test, job?.staged, "Start, stop or restart the provisioning job."].filter(Boolean).join("\n") }));
}

/** Shows the job part of the state. */
export function show(part) {
  job = part;
  text($("job"), `job: ${part.status} ▾`);
  $("job").disabled = false;
}
