// What the page can ask of the server, and the same as a shell command or a scenario line.

import { looksBack } from "./now.js";
import { toast } from "./toast.js";

/** Where the control API is. */
export const API = "/api/v1/";

/** Sends a command to the control API and says so when it is refused. */
export const post = (command, body) =>
  send(command, body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

/** Carries out an action that is written as a scenario writes it. */
export const act = (action) => send("action", { headers: { "Content-Type": "application/toml" }, body: action });

// What may be done while the page looks at another instant: nothing that would change the run which it does not show.
const NOT_OF_NOW = new Set(["branch", "unbranch", "rerun"]);

async function send(command, sent) {
  if (looksBack() && !NOT_OF_NOW.has(command)) {
    toast("The page looks at the past, where nothing can be done: Esc goes back to now, “Go on from here” makes a branch.");
    return false;
  }
  try {
    const answer = await fetch(API + command, { method: "POST", ...sent });
    if (answer.ok) {
      const { test } = await answer.json();
      if (test) toast(test.says);
      return true;
    }
    toast(await refusal(answer));
  } catch {
    toast("The server does not answer.");
  }
  return false;
}

/** What the server says about a request that it refused. */
export async function refusal(answer) {
  const said = await answer.text();
  try {
    const { message, help } = JSON.parse(said).error;
    return [message, help].filter(Boolean).join("; ") || said;
  } catch {
    return said || `The server refused: ${answer.status}`;
  }
}

/** The same command for a shell. */
export function curl(command, body) {
  const start = `curl -X POST ${location.origin}${API}${command}`;
  if (body === undefined) return start;
  const json = JSON.stringify(body).replaceAll("'", "'\\''");
  return `${start} -H 'Content-Type: application/json' -d '${json}'`;
}

/** An action in TOML as a command for a shell. */
export const curlAction = (action) =>
  `curl -X POST ${location.origin}${API}action -d '${action.replaceAll("'", "'\\''")}'`;

/** Whether an action can be copied: the page is not told a secret, which `***` stands for. */
export const canBeCopied = (action) => !action.includes('"***"');

/** The same action as a line of a scenario: `do = { disable = "ann" }`. */
export function toml(action) {
  if (typeof action === "string") return `do = ${quoted(action)}`;
  const pairs = Object.entries(action).map(([verb, value]) => `${verb} = ${quoted(value)}`);
  return `do = { ${pairs.join(", ")} }`;
}

// JSON's escapes of a string are also those of a basic string in TOML.
function quoted(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return JSON.stringify(value);
  return `{ ${Object.entries(value).map(([key, it]) => `${key} = ${quoted(it)}`).join(", ")} }`;
}

// What a screen reader is to say as a whole; of a longer text it says how it begins.
const SAID_MAX = 200;

function brief(words) {
  if (words.length <= SAID_MAX) return words;
  const lines = words.trimEnd().split("\n").length;
  const how = lines > 1 ? `${lines} lines` : `${words.length} characters`;
  return `${words.split("\n", 1)[0].slice(0, SAID_MAX)} … (${how} in all)`;
}

/** How much a scenario holds: "a scenario with 41 moments". */
export function scenarioSize(file) {
  const moments = file.match(/^\[\[at\]\]/gm)?.length ?? 0;
  return `a scenario with ${moments} ${moments === 1 ? "moment" : "moments"}`;
}

/**
 * Copies a text and says so: what it is where it is long, and first what has to be done before it is of use.
 * @param {string} words
 * @param {{ what?: string, first?: string }} [said]
 */
export async function copy(words, { what = brief(words), first = "" } = {}) {
  try {
    await navigator.clipboard.writeText(words);
    toast([first, "Copied: " + what].filter(Boolean).join(" "));
  } catch {
    toast(words.length <= SAID_MAX ? words : `Not copied, because the browser refuses it: ${what}`);
  }
}
