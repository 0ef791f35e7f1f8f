import * as calls from './calls.js';

/**
 * Keeps the codes of the users that are on the screen, and of nobody else. Each answer holds the code of this step and
 * of the next, so a step can end without a gap while the new ones are fetched.
 */
export function codeKeeper(api, time) {
  const known = new Map(); // `${user} ${family}` → {token, next, digits, period, expires}
  let shown = []; // ids of the users on the screen
  let busy = false;
  let again = false;
  let failedAt = -Infinity;

  async function fetchNow() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      do {
        again = false;
        if (!shown.length) break;
        const answer = await api.send(calls.codes(shown));
        known.clear();
        for (const code of answer.items) known.set(`${code.user} ${code.family}`, { ...code, expires: Date.parse(code.expires_at) });
      } while (again);
    } catch {
      failedAt = performance.now(); // the connection says so in the head of the page; this is tried again soon
    } finally {
      busy = false;
    }
  }

  return {
    /** Says which users are on the screen. */
    show(ids) {
      if (ids.join() === shown.join()) return;
      shown = ids;
      fetchNow();
    },
    /** Asks anew: the clock was turned, or users changed. */
    refresh: fetchNow,
    /** {token, next, left, whole} of a family at this moment, or null while it is not known. */
    of(user, family) {
      const code = known.get(`${user} ${family}`);
      if (!code) return null;
      const whole = code.period * 1000;
      const left = code.expires - time.now();
      if (left > 0 && left <= whole) return { token: code.token, next: code.next, left, whole };
      if (left <= 0 && left > -whole) return { token: code.next, next: '', left: left + whole, whole };
      return null;
    },
    /** Fetches when a step has ended. To be called often. */
    tick() {
      if (busy || !shown.length || performance.now() - failedAt < 1000) return;
      for (const code of known.values()) {
        const left = code.expires - time.now();
        if (left <= 0 || left > code.period * 1000) {
          fetchNow();
          return;
        }
      }
    },
  };
}
