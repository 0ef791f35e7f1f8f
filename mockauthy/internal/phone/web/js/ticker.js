/**
 * Calls every listener about ten times a second while the page can be seen; `tick.now()` calls them
 * at once.
 */
export function ticker() {
  const listeners = new Set();
  const all = () => { for (const listener of listeners) listener(); };
  // Asking for every frame would have the browser prepare sixty a second to show ten.
  const frame = () => {
    all();
    setTimeout(() => requestAnimationFrame(frame), 90); // no frame comes while the page is hidden
  };
  requestAnimationFrame(frame);
  return {
    /** Returns a function that ends it. */
    each(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: all,
  };
}
