// Listens to the events of the control API. Frames are put together until the browser paints, so that fast-forward costs no more than
// a slow run; a lost connection is taken up again where it ended. With more windows than a browser has connections for,
// the rest ask once a second.

import { API, refusal } from "./api.js";
import { takeSeat } from "./seats.js";

const RETRY_MS = [250, 500, 1000, 2000, 4000];

// How often a page without a connection of its own asks.
const ASK_MS = 1000;

/**
 * Listens for as long as the page is open. `query` returns what to ask for; `onFrame` gets the parts that changed since it
 * was last called; `onLink` gets "connected", "lost" with the reason, or "restarted" when another server has taken the place.
 */
export function listen(query, onFrame, onLink) {
  let attempt = 0;
  let lastId = null;
  let viewer = null; // the number by which the server knows this page
  let asked = null; // what the server last heard that the page wants to see
  let asking = false;
  /** @type {(value?: any) => void} */
  let wake = () => {};
  const gather = perPaint(onFrame);

  async function run() {
    for (;;) {
      let reason = null;
      await seen();
      const leave = await takeSeat();
      if (leave === null) {
        await look();
        await pause(ASK_MS);
        continue;
      }
      const hidden = whenHidden();
      try {
        asked = query();
        const headers = lastId === null ? {} : { "Last-Event-ID": lastId };
        const answer = await fetch(API + "events?" + asked, { headers, signal: hidden.signal, cache: "no-store" });
        if (!answer.ok) {
          reason = await refusal(answer);
          throw new Error(reason);
        }
        attempt = 0;
        viewer = Number(answer.headers.get("scimulator-viewer"));
        onLink("connected");
        ask();
        await read(answer.body, ({ id, data }) => {
          if (id !== null) {
            if (lastId !== null && serverOf(lastId) !== serverOf(id)) onLink("restarted");
            lastId = id;
          }
          gather(JSON.parse(data));
        });
      } catch {
        // The banner says it; the next attempt follows.
      }
      viewer = null;
      hidden.stop();
      leave();
      if (hidden.signal.aborted) continue;
      onLink("lost", reason);
      await pause(RETRY_MS[Math.min(attempt++, RETRY_MS.length - 1)]);
    }
  }

  /** Asks once for everything that the page shows. */
  async function look() {
    lastId = null;
    try {
      const answer = await fetch(API + "state?" + query(), { cache: "no-store" });
      if (!answer.ok) return onLink("lost", await refusal(answer));
      const whole = await answer.json();
      onLink("connected");
      gather(whole);
    } catch {
      onLink("lost", null);
    }
  }

  /** Waits for so long, or until the page wants to see something else. */
  function pause(span) {
    return new Promise((resume) => {
      wake = resume;
      setTimeout(resume, span);
    });
  }

  /** Tells the server what the page wants to see now: on the connection it has, and one request at a time. */
  async function ask() {
    wake();
    if (viewer === null || asking) return;
    asking = true;
    while (viewer !== null && asked !== query()) {
      asked = query();
      const body = JSON.stringify({ viewer, ...Object.fromEntries(new URLSearchParams(asked)) });
      try {
        const answer = await fetch(API + "view", { method: "POST", headers: { "Content-Type": "application/json" }, body });
        if (!answer.ok) asked = null;
      } catch {
        asked = null;
      }
      if (asked === null) await new Promise((resume) => setTimeout(resume, RETRY_MS[0]));
    }
    asking = false;
  }

  run();
  return { ask };
}

// A browser has six connections for all its tabs, and a page that listens holds one. So a page that is not seen lets its
// go; when it is shown again it goes on where it was.
const HIDDEN_MS = 2000;

// The id of a frame is the number of its last record, the server's own number, and the run's.
const serverOf = (id) => id.split(/[-.]/)[1];

/** Waits until the page can be seen. */
async function seen() {
  while (document.hidden) await new Promise((resume) => addEventListener("visibilitychange", resume, { once: true }));
}

/** A signal that is aborted when the page has been hidden for a while. */
function whenHidden() {
  const control = new AbortController();
  let timer;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => control.abort(), HIDDEN_MS);
  };
  addEventListener("visibilitychange", look);
  look();
  return {
    signal: control.signal,
    stop() {
      clearTimeout(timer);
      removeEventListener("visibilitychange", look);
    },
  };
}

// Between the press and the release of a pointer nothing is shown anew: what is pressed would be replaced, and the click
// would be lost. A drag over the strip is followed as it goes.
const PRESSED_MAX_MS = 1000;
let pressed = null;
addEventListener("pointerdown", (event) => {
  if (event.target instanceof Element && !event.target.closest("#strip")) pressed = Date.now();
}, true);
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => { pressed = null; }, true);

/** Merges what comes until the next paint, then hands it on once. */
function perPaint(use) {
  let waiting = null;
  return (parts) => {
    if (waiting) {
      Object.assign(waiting, parts);
      return;
    }
    waiting = { ...parts };
    const flush = () => {
      if (pressed !== null && Date.now() - pressed < PRESSED_MAX_MS) return setTimeout(flush, 20);
      const now = waiting;
      waiting = null;
      use(now);
    };
    // A hidden page never paints.
    if (document.hidden) setTimeout(flush, 1000);
    else requestAnimationFrame(flush);
  };
}

/** Reads server-sent events from a body and calls `use` for each. */
async function read(body, use) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value.replaceAll("\r\n", "\n")).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = parse(block);
      if (event.data) use(event);
    }
  }
}

function parse(block) {
  const event = { id: null, data: "" };
  for (const line of block.split("\n")) {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") event.id = value;
    if (field === "data") event.data += (event.data ? "\n" : "") + value;
  }
  return event;
}
