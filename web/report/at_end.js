// The page's panels of which a report holds one instant, its end: plots, job, directory, mappings and the scenario. They
// are the page's own, without what changes or tries something.

import { $, attribute, text } from "../js/dom.js";
import { place } from "../js/place.js";
import * as directory from "../js/panels/directory.js";
import * as file from "../js/panels/file.js";
import * as job from "../js/panels/job_state.js";
import * as mappings from "../js/panels/mappings.js";
import * as plots from "../js/panels/plots.js";

const MODULES = { plots, job_state: job, directory, mappings, file };

/** Builds the panels. */
export function start() {
  for (const [name, module] of Object.entries(MODULES)) {
    const root = $("panel-" + name);
    module.start(root);
    // The two lines above the fields of an expression are about it.
    const fields = root.querySelector(".try");
    const about = [fields?.previousElementSibling?.previousElementSibling, fields?.previousElementSibling];
    for (const does of [...about, fields, ...root.querySelectorAll(".forms, input[type=search]")]) does?.remove();
  }
}

/** Shows them for an application; a record that does not hold them has none. */
export function show(panels, app) {
  const parts = { ...panels?.apps?.[app], file: panels?.file };
  for (const [name, module] of Object.entries(MODULES)) {
    const [part, root] = [parts[name], $("panel-" + name)];
    // While it is hidden, the line of the scenario that is lit does not scroll the report to it.
    root.hidden = true;
    if (!part) continue;
    module.show(readOnly(part));
    root.hidden = false;
  }
  const [body, lit] = [$("panel-file").querySelector(".body"), $("panel-file").querySelector("[aria-current]")];
  if (lit) body.scrollTop += lit.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 2;
  for (const details of $("panel-plots").querySelectorAll("details")) attribute(details, "open", false);
  text($("at-end"), parts.job_state ? LIVE_ONLY : "This record does not hold the page's other panels.");
}

const LIVE_ONLY = "Plots, job, directory, mappings and scenario are as they were at the end of this report; sentence, worlds, expectations, log, cycles and requests follow the moment that is shown. " +
  "Break it, On demand, Then and now and trying an expression need the live page: “scimulator serve” with the same scenario.";

/** The part without what a press would do. */
function readOnly(part) {
  const idle = (rows) => rows?.map((row) => ({ ...row, can: [] }));
  const tables = part.tables?.map((table) => ({ ...table, rows: table.rows.map((row) => ({ ...row, expression: undefined })) }));
  return { ...part, says: `at the end of this report: ${part.says}`, can: [], narrow: place().narrow, rows: idle(part.rows), groups: idle(part.groups), tables };
}
