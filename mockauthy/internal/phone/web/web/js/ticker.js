/** Calls every listener about ten times a second while the page can be seen; `tick.now()` calls them at once. */
export function ticker() {
  const listeners = new Set();
  const all = () => { for (const listener of listeners) listener(); };
  let last = 0;
  const frame = (at) => {
    if (at - last >= 95) {
      last = at;
      all();
    }
    requestAnimationFrame(frame); // stops by itself while the page is hidden
  };
  requestAnimationFrame(frame);
  return {
    /** Gives a function that ends it. */
    each(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: all,
  };
}
