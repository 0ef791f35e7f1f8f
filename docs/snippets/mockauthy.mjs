// Test against mockauthy from Node 18 or later, without packages.
// Start it with `mockauthy` (or set MOCKAUTHY_URL), then: node mockauthy.mjs

import assert from 'node:assert/strict';

const URL_ = process.env.MOCKAUTHY_URL ?? 'http://127.0.0.1:8880';

/** Sends one request and gives status and JSON. */
async function call(method, path, { body, key } = {}) {
  const headers = {};
  if (key) headers['X-Authy-API-Key'] = key;
  if (body) headers['Content-Type'] = 'application/json';
  const reply = await fetch(URL_ + path, { method, headers, body: body && JSON.stringify(body) });
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
