// mockauthy in a container, for Node's tests: npm install testcontainers; node --test testcontainers.mjs
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GenericContainer, Wait } from 'testcontainers';

// A mock with one user: alice, with the Authy id 4815162.
const startMockauthy = () =>
  new GenericContainer(process.env.MOCKAUTHY_IMAGE ?? 'sftpgo-authy/mockauthy') // what `make image` builds
    .withExposedPorts(8880)
    // Under localhost /_mock/ answers anyway. These are names of the engine where tests run in a container.
    .withEnvironment({ MOCKAUTHY_ALLOW_HOST: 'docker,172.17.0.1' })
    .withWaitStrategy(Wait.forHttp('/_mock/readyz', 8880))
    .start();

const get = async (url) => {
  const reply = await fetch(url, { headers: { 'X-Authy-API-Key': 'mock-api-key' } });
  return (await reply.text()).trim();
};

// Stands for your code: it asks Authy.
const codeIsRight = async (url, code) =>
  (await get(`${url}/protected/json/verify/${code}/4815162?force=true`)).includes('"token":"is valid"');

test('login', async () => {
  const mock = await startMockauthy();
  try {
    const url = `http://${mock.getHost()}:${mock.getMappedPort(8880)}`;
    const code = await get(`${url}/_mock/users/alice/code`); // what her phone shows
    assert.ok(await codeIsRight(url, code));
    assert.ok(!(await codeIsRight(url, code)), 'the same code was good twice');
  } finally {
    await mock.stop();
  }
});
