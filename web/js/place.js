// Where one is on the page: application, filter, search and panel, held in the address so that it can be passed on.

const KNOWN = ["app", "filter", "search", "panel"];
const watchers = [];

/** The place as the address says it. */
export function place() {
  const hash = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(KNOWN.map((key) => [key, hash.get(key) ?? ""]));
}

/** Changes part of the place; all watchers are told. */
export function go(change) {
  const now = { ...place(), ...change };
  const hash = new URLSearchParams(Object.entries(now).filter(([, value]) => value));
  history.replaceState(null, "", hash.size ? "#" + hash : location.pathname + location.search);
  tell();
}

/** Calls `watcher` with the place now and whenever it changes. */
export function watch(watcher) {
  watchers.push(watcher);
  watcher(place());
}

function tell() {
  for (const watcher of watchers) watcher(place());
}

addEventListener("hashchange", tell);
