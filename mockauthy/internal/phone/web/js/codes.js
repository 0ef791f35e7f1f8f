import * as calls from './calls.js';

const patience = 5000; // milliseconds that a code may take to be copied

/**
 * Keeps the codes of the users, and of the factors, that are on the screen, and of nobody else. Each answer holds the
 * code of this step and of the next, so a step can end without a gap while the new ones are
 * fetched.
 *
 * A code is only shown while it is known to be right: not while there is no connection, and not
 * after a question for codes failed.
 * @param live says whether the page is connected.
 */
export function codeKeeper(api, time, live) {
  const known = new Map(); // `${id} ${family} ${device}` → {token, next, digits, period, expires}
  let shown = []; // ids of the users, and SIDs of the factors, on the screen
  let running = null;
  let wanted = false;
  let failed = false;
  let failedAt = -Infinity;

  /** Asks once; who wants it while an answer is on its way waits for one more. */
  function refresh() {
    wanted = true;
    running ??= ask().finally(() => {
      running = null;
      if (wanted && shown.length) refresh(); // somebody came as the last answer was put away
    });
    return running;
  }

  async function ask() {
    while (wanted && shown.length) {
      wanted = false;
      try {
        const answer = await api.send(calls.codes(shown));
        known.clear();
        for (const code of answer.items) known.set(`${code.factor ?? code.user} ${code.family} ${code.device ?? 0}`, { ...code, expires: Date.parse(code.expires_at) });
        failed = false;
      } catch {
        failed = true;
        failedAt = performance.now(); // tick tries again
        return;
      }
    }
  }

  return {
    /** Says who is on the screen. */
    show(ids) {
      if (ids.join() === shown.join()) return;
      shown = ids;
      refresh();
    },
    /** Asks anew: the clock was turned, or users changed. */
    refresh,
    /** Forgets all codes until they are asked for anew: they belong to a world that is gone. */
    forget: () => known.clear(),
    /**
     * {token, next, left, whole} of a family, and for the app's of a device, at this moment; null
     * while it is not known.
     */
    of(id, family, device = 0) {
      const code = live() && !failed && known.get(`${id} ${family} ${device}`);
      if (!code) return null;
      const whole = code.period * 1000;
      const left = code.expires - time.now();
      if (left > 0 && left <= whole) return { token: code.token, next: code.next, left, whole };
      if (left <= 0 && left > -whole) return { token: code.next, next: '', left: left + whole, whole };
      return null;
    },
    /**
     * The code that the server names now: what is copied must be right. Throws where there is none.
     */
    async fresh(id, family, device = 0) {
      const { items } = await api.send(calls.codes([id]), { signal: AbortSignal.timeout(patience) });
      const code = items.find((one) => one.family === family && (one.device ?? 0) === device);
      if (!code) throw new Error('it has no such code any more');
      return code.token;
    },
    /** Fetches when a step has ended. To be called often. */
    tick() {
      if (running || !shown.length || performance.now() - failedAt < 1000) return;
      if (failed) {
        refresh();
        return;
      }
      for (const code of known.values()) {
        const left = code.expires - time.now();
        if (left <= 0 || left > code.period * 1000) {
          refresh();
          return;
        }
      }
    },
  };
}
