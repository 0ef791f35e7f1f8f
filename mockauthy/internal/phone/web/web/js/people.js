import * as calls from './calls.js';
import { called } from './words.js';

/** Knows users by id, for everything that only says an id. Asks for those it does not know, once, and tells `changed`. */
export function people(api, changed) {
  const users = new Map(); // id → user, or null where there is none or the answer is on its way
  return {
    learn(items) {
      for (const user of items) users.set(user.id, user);
    },
    known: (id) => users.get(id) ?? null,
    /** The name of a user, or "user 1000" until it is known. */
    name(id) {
      if (!id) return '';
      const user = users.get(id);
      if (user) return called(user);
      if (user === undefined) {
        users.set(id, null);
        api.send(calls.users.get(id)).then((found) => {
          users.set(id, found);
          changed();
        }, () => {});
      }
      return `user ${id}`;
    },
    /** Forgets a user, or everybody. */
    forget(id) {
      if (id) users.delete(id);
      else users.clear();
    },
  };
}
