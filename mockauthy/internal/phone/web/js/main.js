import * as calls from './calls.js';
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
import { complain } from './notice.js';

// The parts of the page, put together. `page` is what they all know of each other.
const state = { apps: value([]), key: value(''), connection: value('connecting') };
const key = () => state.key.get();
const page = { state, api: api(key), time: worldTime(), tick: ticker(), load: {} };
page.codes = codeKeeper(page.api, page.time);
page.people = people(page.api, () => {
  parts.inbox.rename();
  parts.journal.rename();
});
page.shell = shell(() => (key() === state.apps.get()[0]?.key ? '' : key()));

page.takeClock = (clock, asked) => {
  page.time.take(clock, asked);
  page.codes.refresh();
  page.tick.now();
};
page.choose = (chosen) => {
  state.key.set(chosen);
  page.people.forget();
  for (const part of Object.values(parts)) part.clear();
  stream.restart();
};
page.resync = resync;

const parts = { phones: phones(page), inbox: inbox(page), journal: journal(page), faults: faults(page) };
page.load.phones = parts.phones.load;
document.getElementById('shell').append(page.shell.view());
top(page);

/** Reads everything: at the start, after a reset, and after every connect, when the server may be another one. */
async function resync() {
  const { items } = await page.api.send({ ...calls.apps.list() });
  if (!items.some((app) => app.key === key())) state.key.set(items[0]?.key ?? ''); // the app is gone with the old server
  state.apps.set(items);
  const asked = performance.now();
  page.takeClock(await page.api.send(calls.clock.get()), asked);
  page.people.forget();
  await Promise.all([parts.phones.load(), parts.inbox.load(), parts.journal.load(), parts.faults.load()]);
  await page.codes.refresh();
}

const stream = live({
  kinds: [],
  key,
  resync,
  on() {},
  state: (now) => state.connection.set(now),
});
