import * as calls from './calls.js';

const quiet = 4000; // milliseconds after which a server that says nothing is asked whether it is there
const patience = 10_000; // milliseconds that a stream may take to begin
const asleep = 5000; // a page that was not called for so long stood still, and its computer with it

/**
 * Keeps the stream of events open while the page is visible, and opens it anew when it breaks.
 *
 * Before every connect `prepare` finds out whom to ask, and after it `resync` reads everything
 * again, since the server may be a new one that counts from 1; events that come meanwhile wait for
 * it. A server that hangs, or a network that is gone, does not break the stream: `check` asks now
 * and then, and throws where nobody answers.
 * @param kinds names of events; `on(kind, data)` gets each. `state` gets 'connecting', 'live' or 'lost'.
 */
export function live({ kinds, key, tick, prepare, resync, check, on, state }) {
  let source = null;
  let timer = 0;
  let newest = 0;
  let seen = moment();

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
      clearTimeout(timer);
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
      watch(stream);
    });
    // The browser would try again by itself after some failures and give up after others. Here all
    // are alike.
    stream.addEventListener('error', () => { if (source === stream) again(); });
    timer = setTimeout(() => { if (source === stream) again(); }, patience);
  }

  /** Asks now and then whether the server is there. */
  function watch(stream) {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      try {
        await check();
      } catch {
        if (source === stream) again();
        return;
      }
      if (source === stream) watch(stream);
    }, quiet);
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

  // After a sleep the connection may be dead without having broken, and time went on that the
  // steady clock did not count.
  tick.each(() => {
    const now = moment();
    const gap = Math.max(now.wall - seen.wall, now.steady - seen.steady);
    seen = now;
    if (gap > asleep && source) open();
  });

  // A page that nobody sees needs no connection, and a browser grants a server only six.
  document.addEventListener('visibilitychange', () => {
    seen = moment();
    if (document.hidden) close();
    else open();
  });
  if (!document.hidden) open();
  return {
    /** Begins again: another app was chosen. */
    restart: () => open(),
  };
}

const moment = () => ({ wall: Date.now(), steady: performance.now() });
