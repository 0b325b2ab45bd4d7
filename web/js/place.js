// Where one is on the page: application, filter, search, panel, drawer and instant, held in the address so that it can be
// passed on, and so that Back goes back.

const KNOWN = ["app", "filter", "search", "panel", "narrow", "about", "at", "present"];
const watchers = [];

/**
 * The place as the address says it.
 * @returns {any} a text for each of `KNOWN`
 */
export function place() {
  const hash = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(KNOWN.map((key) => [key, hash.get(key) ?? ""]));
}

/** The address of this page with part of the place changed, for a link. */
export function address(change) {
  const now = { ...place(), ...change };
  const hash = new URLSearchParams(Object.entries(now).filter(([, value]) => value));
  return hash.size ? "#" + hash : location.pathname + location.search;
}

/**
 * Changes part of the place; all watchers are told. Back returns from it, but not from each letter of a search: what is
 * `typed` takes the place of what was typed there before.
 */
export function go(change, typed = false) {
  const was = place();
  const now = { ...was, ...change };
  if (KNOWN.every((key) => now[key] === was[key])) return;
  const goesOn = typed && Object.keys(change).every((key) => was[key] !== "");
  if (goesOn) history.replaceState(null, "", address(change));
  else history.pushState(null, "", address(change));
  tell();
}

/**
 * Calls `watcher` with the place now and whenever it changes.
 * @param {(place: any) => void} watcher
 */
export function watch(watcher) {
  watchers.push(watcher);
  watcher(place());
}

function tell() {
  for (const watcher of watchers) watcher(place());
}

addEventListener("hashchange", tell);
