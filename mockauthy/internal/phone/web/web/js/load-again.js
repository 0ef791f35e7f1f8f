// A classic script, before all other parts: when one of them does not arrive, the page is loaded again. A server that
// restarts does that, and so does a container that comes or goes: the browser then drops what it was loading.
addEventListener('error', (event) => {
  if (event.target instanceof HTMLScriptElement || event.target instanceof HTMLLinkElement) setTimeout(() => location.reload(), 1000);
}, true);
