import * as calls from './calls.js';
import { address } from './address.js';
import { api } from './api.js';
import { value } from './value.js';
import { worldTime } from './time.js';
import { ticker } from './ticker.js';
import { codeKeeper } from './codes.js';
import { people } from './people.js';
import { shell } from './shell.js';
import { live } from './live.js';
import { top } from './top.js';
import { phones } from './phones.js';
import { inbox } from './inbox.js';
import { journal } from './journal.js';
import { faults } from './faults.js';
import { soon } from './soon.js';
import { complain } from './notice.js';

// The parts of the page, put together. `page` is what they all know of each other.
const state = { apps: value([]), key: value(''), missing: value(''), connection: value('connecting') };
const key = () => state.key.get();
const page = { state, api: api(key), time: worldTime(), tick: ticker(), load: {} };
// What is on the page is only known to be true while the server is heard.
page.live = () => state.connection.get() === 'live';
page.codes = codeKeeper(page.api, page.time, page.live);
page.people = people(page.api, () => {
  parts.inbox.rename();
  parts.journal.rename();
});
page.shell = shell(() => (key() === state.apps.get()[0]?.key ? '' : key()), page.tick);

page.takeClock = (clock, asked) => {
  page.time.take(clock, asked);
  page.codes.refresh();
  page.tick.now();
};
const named = address(() => page.turnTo(named.app()));
page.choose = (chosen) => {
  named.go(chosen);
  page.turnTo(chosen);
};
page.turnTo = (chosen) => {
  state.key.set(chosen);
  page.people.forget();
  for (const part of Object.values(parts)) part.clear();
  stream.restart();
};
page.resync = resync;
page.readApps = async () => {
  const before = key();
  await readApps();
  if (key() !== before) page.turnTo(key());
};

const parts = { phones: phones(page), inbox: inbox(page), journal: journal(page), faults: faults(page) };
page.load.phones = parts.phones.load;
document.getElementById('shell').append(page.shell.view());
top(page);

/**
 * Reads which apps there are, and takes the one that the address names. That one may be gone with
 * the server that had it: then the page keeps to the app it has, or takes the first, until the one
 * that is named is there again.
 */
async function readApps() {
  const { items } = await page.api.send(calls.apps.list());
  const has = (wanted) => items.some((app) => app.key === wanted);
  if (has(named.app())) state.key.set(named.app());
  else if (!has(key())) state.key.set(items[0]?.key ?? '');
  state.missing.set(has(named.app()) ? '' : named.app());
  state.apps.set(items);
}

/**
 * Reads everything: at the start, after a reset, and after every connect, when the server may be
 * another one.
 */
async function resync() {
  const asked = performance.now();
  page.takeClock(await page.api.send(calls.clock.get()), asked);
  page.people.forget();
  await Promise.all([parts.phones.load(), parts.inbox.load(), parts.inbox.pushes.load(), parts.journal.load(), parts.faults.load()]);
  await page.codes.refresh();
}

const users = soon(async () => {
  await parts.phones.load();
  await page.codes.refresh();
}, complain, 150);
const rules = soon(parts.faults.load, complain, 150);
const pushes = soon(parts.inbox.pushes.load, complain);

// What each kind of event of the server means for the page.
const events = {
  journal(entry) {
    parts.journal.add(entry);
    if (!entry.done_at) return;
    if (/^(verify|users\/|v2\/(factors|entities|services)\/(new|update|delete))/.test(entry.endpoint)) users(); // it may have made a user or a factor, or confirmed or suspended one
    if (entry.fault) rules(); // their hits are counted
  },
  outbox(message) {
    if (message.channel === 'push') pushes();
    else parts.inbox.add(message);
  },
  clock(clock) {
    page.takeClock(clock);
    pushes(); // one that had expired waits again when the clock is turned back
  },
  faults: (list) => parts.faults.set(list),
  users({ id }) {
    page.people.forget(id);
    users();
  },
  factors: users,
  settings: users,
  approvals: (push) => parts.inbox.pushes.set(push),
  reset() {
    page.codes.forget();
    reset();
  },
};
const reset = soon(async () => {
  await page.readApps(); // the app may be gone
  await resync();
}, complain);

const stream = live({
  kinds: Object.keys(events),
  key,
  tick: page.tick,
  prepare: readApps,
  resync,
  async check() {
    const asked = performance.now();
    page.takeClock(await page.api.send(calls.clock.get()), asked);
  },
  on: (kind, data) => events[kind](data),
  state(now) {
    state.connection.set(now);
    page.tick.now();
  },
});
