/** A value that tells its watchers when it is set. */
export function value(current) {
  const watchers = new Set();
  return {
    get: () => current,
    set(next) {
      current = next;
      for (const watcher of [...watchers]) watcher(current);
    },
    /** Calls watcher now and at every change; returns a function that ends it. */
    watch(watcher) {
      watchers.add(watcher);
      watcher(current);
      return () => watchers.delete(watcher);
    },
  };
}
