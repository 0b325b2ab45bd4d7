// Long lists that are new as a whole several times a second: while they are, as many of their items are made as can be seen,
// because the layout of the others would cost more than all else in a frame.

// So long nothing has changed before all is made, in milliseconds.
const CALM = 600;
// No row is lower than this, in pixels.
const LOWEST = 20;

const flows = new WeakMap();

/**
 * Draws the items of a list in its scroller: all of them, or, while it is `changed` as a whole again and again and is not
 * scrolled, the first. The others follow when it is calm, or with the first scroll.
 */
export function flow(scroller, items, changed, draw) {
  const state = flows.get(scroller) ?? begin(scroller);
  const now = performance.now();
  const rapid = changed && now - state.at < CALM;
  if (changed) state.at = now;
  clearTimeout(state.timer);
  state.rest = null;
  const seen = Math.ceil(scroller.clientHeight / LOWEST) + 1;
  if (!rapid || items.length <= seen || scroller.scrollTop > 0) return draw(items);
  draw(items.slice(0, seen));
  state.rest = () => {
    clearTimeout(state.timer);
    state.rest = null;
    draw(items);
  };
  state.timer = setTimeout(() => state.rest?.(), CALM);
}

function begin(scroller) {
  const state = { at: -Infinity, timer: 0, rest: null };
  flows.set(scroller, state);
  scroller.addEventListener("scroll", () => state.rest?.(), { passive: true });
  return state;
}
