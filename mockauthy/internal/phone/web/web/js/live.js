import * as calls from './calls.js';

/**
 * Keeps the stream of events open while the page is visible, and opens it anew when it breaks.
 *
 * Before every connect `prepare` finds out whom to ask, and after it `resync` reads everything again, since the server may
 * be a new one that counts from 1; events that come meanwhile wait for it.
 * @param kinds names of events; `on(kind, data)` gets each. `state` gets 'connecting', 'live' or 'lost'.
 */
export function live({ kinds, key, prepare, resync, on, state }) {
  let source = null;
  let timer = 0;
  let newest = 0;

  async function open(anew = true) {
    close();
    const mine = ++newest;
    if (anew) state('connecting');
    try {
      await prepare();
    } catch {
      if (mine === newest) again();
      return;
    }
    if (mine !== newest) return; // closed, or opened anew, meanwhile
    const stream = new EventSource(calls.events(key()).path);
    source = stream;
    let waiting = [];
    const take = (event) => {
      if (waiting) waiting.push(event);
      else on(event.type, JSON.parse(event.data));
    };
    for (const kind of kinds) stream.addEventListener(kind, take);
    stream.addEventListener('open', async () => {
      try {
        await resync();
      } catch {
        if (source === stream) again();
        return;
      }
      if (source !== stream) return;
      const late = waiting;
      waiting = null;
      late.forEach(take);
      state('live');
    });
    // The browser would try again by itself after some failures and give up after others. Here all are alike.
    stream.addEventListener('error', () => { if (source === stream) again(); });
  }

  function close() {
    clearTimeout(timer);
    newest++;
    source?.close();
    source = null;
  }

  function again() {
    close();
    state('lost');
    timer = setTimeout(() => open(false), 700);
  }

  // A page that nobody sees needs no connection, and a browser grants a server only six.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  if (!document.hidden) open();
  return {
    /** Begins again: another app was chosen. */
    restart: () => open(),
  };
}
