// Listens to /api/events. Frames are put together until the browser paints, so that fast-forward costs no more than
// a slow run; a lost connection is taken up again where it ended.

const RETRY_MS = [250, 500, 1000, 2000, 4000];

/**
 * Listens until told otherwise. `query` answers what to ask for; `onFrame` gets the parts that changed since it was last
 * called; `onLink` gets "connected" or "lost".
 */
export function listen(query, onFrame, onLink) {
  let attempt = 0;
  let lastId = null;
  let stop = new AbortController();
  const gather = perPaint(onFrame);

  async function run(signal) {
    while (!signal.aborted) {
      try {
        const headers = lastId === null ? {} : { "Last-Event-ID": lastId };
        const answer = await fetch("/api/events?" + query(), { headers, signal, cache: "no-store" });
        if (!answer.ok) throw new Error(String(answer.status));
        attempt = 0;
        onLink("connected");
        await read(answer.body, ({ id, data }) => {
          if (id !== null) lastId = id;
          gather(JSON.parse(data));
        });
      } catch (error) {
        if (signal.aborted) return;
      }
      onLink("lost");
      const wait = RETRY_MS[Math.min(attempt++, RETRY_MS.length - 1)];
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }

  run(stop.signal);
  return {
    /** Asks anew, with what `query` answers now. */
    again() {
      stop.abort();
      stop = new AbortController();
      run(stop.signal);
    },
  };
}

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
      const now = waiting;
      waiting = null;
      use(now);
    };
    // A hidden page never paints; it is served now and then instead.
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
