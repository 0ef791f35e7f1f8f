/**
 * The app that the page's address names, so that a reload, a bookmark and the back button lead to
 * it. An address without one means the server's first app. `changed` is called when the browser
 * went to another app by itself.
 */
export function address(changed) {
  const read = () => new URLSearchParams(location.search).get('app') ?? '';
  let app = read();
  addEventListener('popstate', () => {
    if (read() === app) return; // a part of the same page
    app = read();
    changed();
  });
  return {
    /** The key that is named, whether or not there is such an app; '' for none. */
    app: () => app,
    /** Names another app, in a new entry of the browser's history. */
    go(key) {
      if (key === app) return;
      app = key;
      history.pushState(null, '', `?${new URLSearchParams({ app })}`);
    },
  };
}
