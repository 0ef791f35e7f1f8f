// Test against mockauthy from Node 18 or later, without packages.
// Run it with `node mockauthy.mjs`. It starts the program that MOCKAUTHY names, else the mockauthy on PATH, and ends it; with
// MOCKAUTHY_URL it asks the one that runs there.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Starts mockauthy on a free port, until the end of this program, and gives its URL. */
async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'mockauthy-'));
  const port = join(folder, 'port');
  const mock = spawn(process.env.MOCKAUTHY ?? 'mockauthy', ['--listen', '127.0.0.1:0', '--port-file', port, '--log-level', 'error'], { stdio: ['ignore', 'ignore', 'inherit'] });
  mock.unref();
  process.on('exit', () => mock.kill());
  for (;;) { // the file is there once the server accepts
    assert.equal(mock.exitCode, null, 'mockauthy ended');
    const text = await readFile(port, 'utf8').catch(() => '');
    if (text) {
      await rm(folder, { recursive: true });
      return `http://127.0.0.1:${text.trim()}`;
    }
    await sleep(10);
  }
}

const address = process.env.MOCKAUTHY_URL ?? await start();

/** Sends one request and gives status and JSON. */
async function call(method, path, { body, key } = {}) {
  const headers = {};
  if (key) headers['X-Authy-API-Key'] = key;
  if (body) headers['Content-Type'] = 'application/json';
  const reply = await fetch(address + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await reply.text();
  return { status: reply.status, json: text.startsWith('{') ? JSON.parse(text) : null };
}

// A key of its own gives this test its own users, clock, faults and journal: others may run at the same time.
const { key } = (await call('POST', '/_mock/apps', { body: { name: 'Node test' } })).json;
const ann = (await call('POST', '/_mock/users', { key, body: { name: 'ann', cellphone: '2015550123', country_code: 1 } })).json;

const code = async () => (await call('GET', `/_mock/users/${ann.id}/token`, { key })).json.token;
// This is what your program does.
const verify = (token) => call('GET', `/protected/json/verify/${token}/${ann.id}?force=true`, { key });

const right = await verify(await code());
assert.equal(right.status, 200);
assert.equal(right.json.token, 'is valid');

// An old code: turn the clock instead of waiting.
const old = await code();
await call('POST', '/_mock/clock', { key, body: { advance: '10m' } });
assert.equal((await verify(old)).json.error_code, '60020');

// Authy is in trouble, once.
await call('POST', '/_mock/faults', { key, body: { match: { endpoint: 'verify' }, effect: { error: 'rate_limited' }, times: 1 } });
assert.equal((await verify(await code())).status, 429);
assert.equal((await verify(await code())).status, 200);

// What was really asked, and why it was answered so.
const journal = (await call('GET', '/_mock/journal/wait?endpoint=verify&count=4&timeout=5s', { key })).json;
assert.equal(journal.items.filter((entry) => entry.decision === 'accepted').length, 2);

await call('DELETE', `/_mock/apps/${key}`);
console.log('ok');
