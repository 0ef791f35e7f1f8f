// Drives Twilio's library of npm, unmodified, through every call of Verify that the mock has: each once right, and where
// it can be, once wrong. The variables are those that mockauthy env prints; CLIENTS is where the library is installed.
'use strict'

const assert = require('assert')
const { createRequire } = require('module')
const twilio = createRequire(process.env.CLIENTS + '/package.json')('twilio')

const verify = twilio().verify.v2
const service = verify.services(process.env.VERIFY_SERVICE_SID)
const entity = identity => service.entities(identity)
const same = assert.strictEqual

let failed = 0
async function step (name, run) {
  try {
    await run()
    console.log('ok   ' + name)
  } catch (err) {
    failed++
    console.log('FAIL ' + name + ': ' + (err.stack || JSON.stringify(err)))
  }
}

// refused waits for a call to fail with Twilio's error of that status and code; without, with any error.
async function refused (promise, status, code) {
  let error
  try {
    await promise
  } catch (err) {
    error = err
  }
  assert(error, 'the call was answered with success')
  if (status) same(`${error.status} ${error.code}`, `${status} ${code}`)
  assert(error.message && error.moreInfo, 'an error without a text: ' + error.stack)
}

// mock calls the control API, as any test does that wants to know a code or turn the clock.
async function mock (method, path, body) {
  const reply = await fetch(`${process.env.MOCKAUTHY_URL}/_mock/${path}`, { method,
    headers: { 'Content-Type': 'application/json' },
    body: body && JSON.stringify(body) })
  const text = await reply.text()
  assert(reply.ok, `${method} ${path}: ${reply.status} ${text}`)
  return text && JSON.parse(text)
}

const code = async factor => (await mock('GET', `factors/${factor}/token`)).token
const other = code => (Number(code[0]) + 5) % 10 + code.slice(1)
const wrong = async factor => other(await code(factor))
const later = time => mock('POST', 'clock', { advance: time })
const sent = async (to, channel = 'sms') =>
  (await mock('GET', 'outbox')).items.findLast(m => m.to === to && m.channel === channel).code

const unknown = prefix => prefix + '0'.repeat(32)
const newFactor = (more) => ({ friendlyName: "ann's phone", factorType: 'totp', ...more })

// verified makes a factor that may be used, and returns its SID.
async function verified (identity) {
  const { sid } = await entity(identity).newFactors.create(newFactor())
  same((await entity(identity).factors(sid).update({ authPayload: await code(sid) })).status, 'verified')
  await later('31s')
  return sid
}

async function services () {
  await step('services', async () => {
    const made = await verify.services.create({ friendlyName: 'Driven by Node', codeLength: 5, 'totp.issuer': 'Files',
      'totp.timeStep': 60, 'totp.codeLength': 8, 'totp.skew': 2 })
    assert.match(made.sid, /^VA[0-9a-f]{32}$/)
    same(made.codeLength, 5)
    assert.deepStrictEqual(made.totp, { issuer: 'Files', time_step: 60, code_length: 8, skew: 2 })
    same((await verify.services(made.sid).update({ friendlyName: 'Renamed' })).friendlyName, 'Renamed')
    same((await verify.services(made.sid).fetch()).friendlyName, 'Renamed')
    same((await verify.services.list()).filter(s => s.sid === made.sid).length, 1)
    await verify.services(made.sid).remove()
    await refused(verify.services(made.sid).fetch(), 404, 20404)
  })
  await step('entities', async () => {
    const made = await service.entities.create({ identity: 'node-entity-1' })
    assert.match(made.sid, /^YE/)
    await refused(service.entities.create({ identity: 'node-entity-1' }), 409, 60301)
    same((await entity('node-entity-1').fetch()).sid, made.sid)
    const { sid } = await entity('node-entity-1').newFactors.create(newFactor())
    await entity('node-entity-1').remove()
    await refused(entity('node-entity-1').fetch(), 404, 20404)
    await refused(entity('node-entity-1').factors(sid).fetch(), 404, 20404)
    await refused(service.entities.create({ identity: 'short' }))
  })
}

async function factors () {
  const ann = entity('node-factor-1')
  await step('factors', async () => {
    const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
    const made = await ann.newFactors.create(newFactor({ 'binding.secret': secret, metadata: { os: 'Android' } }))
    same(made.status, 'unverified')
    same(made.binding.secret, secret)
    assert.match(made.binding.uri, /^otpauth:\/\/totp\/.*secret=JBSWY3DP.*&algorithm=SHA1&digits=6&period=30$/)
    assert.deepStrictEqual(made.config, { alg: 'sha1', skew: 1, code_length: 6, time_step: 30 })
    assert(made.dateCreated instanceof Date && !isNaN(made.dateCreated))
    const factor = ann.factors(made.sid)
    same((await factor.fetch()).binding, undefined)
    same((await factor.update({ authPayload: await wrong(made.sid) })).status, 'unverified')
    same((await factor.update({ authPayload: await code(made.sid) })).status, 'verified')
    same((await factor.update({ friendlyName: 'tablet' })).friendlyName, 'tablet')
    same((await ann.factors.list())[0].status, 'verified')
    await factor.remove()
    await refused(factor.fetch(), 404, 20404)
    await refused(ann.newFactors.create(newFactor({ 'binding.secret': 'not base32!' })), 400, 60314)
  })
  await step('a factor after five wrong codes', async () => {
    const { sid } = await ann.newFactors.create(newFactor())
    for (let n = 0; n < 5; n++) await ann.factors(sid).update({ authPayload: await wrong(sid) })
    await refused(ann.factors(sid).update({ authPayload: await code(sid) }), 429, 60310)
  })
}

async function challenges () {
  const ann = entity('node-challenge-1')
  const factorSid = await verified('node-challenge-1')
  await step('challenges', async () => {
    const used = await code(factorSid)
    const right = await ann.challenges.create({ factorSid, authPayload: used })
    same(right.status, 'approved')
    same(right.identity, 'node-challenge-1')
    same(right.respondedReason, 'none')
    same(right.expirationDate - right.dateCreated, 300000)
    same((await ann.challenges.create({ factorSid, authPayload: used })).status, 'pending')
    same((await ann.challenges.create({ factorSid, authPayload: await wrong(factorSid) })).status, 'pending')
    await later('31s')
    const asked = await ann.challenges.create({ factorSid, hiddenDetails: { ip: '192.0.2.7' } })
    same(asked.status, 'pending')
    assert.deepStrictEqual(asked.hiddenDetails, { ip: '192.0.2.7' })
    const challenge = ann.challenges(asked.sid)
    same((await challenge.update({ authPayload: await wrong(factorSid) })).status, 'pending')
    same((await challenge.update({ authPayload: await code(factorSid) })).status, 'approved')
    same((await challenge.fetch()).status, 'approved')
    same((await ann.challenges.list()).length, 4)
    same((await ann.challenges.list({ status: 'approved', factorSid })).length, 2)
    same((await ann.challenges.list({ order: 'desc' }))[0].sid, asked.sid)
    await later('31s')
    await refused(challenge.update({ authPayload: await code(factorSid) }), 403, 60322)
  })
  await step('challenges that are refused', async () => {
    const { sid } = await ann.newFactors.create(newFactor())
    await refused(ann.challenges.create({ factorSid: sid }), 403, 60318)
    const old = ann.challenges((await ann.challenges.create({ factorSid })).sid)
    await later('6m')
    await refused(old.update({ authPayload: await code(factorSid) }), 403, 60323)
    same((await old.fetch()).status, 'expired')
    await refused(ann.challenges(unknown('YC')).fetch(), 404, 20404)
    await refused(ann.challenges.create({ factorSid: unknown('YF') }))
    await refused((async () => {
      for (let n = 0; n < 60; n++) await ann.challenges.create({ factorSid })
    })(), 429, 60312)
    await later('1h')
    await ann.challenges.create({ factorSid })
  })
  await step('a challenge after five wrong codes', async () => {
    const asked = ann.challenges((await ann.challenges.create({ factorSid })).sid)
    for (let n = 0; n < 5; n++) await asked.update({ authPayload: await wrong(factorSid) })
    await refused(asked.update({ authPayload: await code(factorSid) }), 429, 60308)
  })
  await step('lists of several pages', async () => {
    for (let n = 0; n < 7; n++) await entity('node-page-1').newFactors.create(newFactor())
    same((await entity('node-page-1').factors.list({ pageSize: 3 })).length, 7) // the links must lead to the mock
    const first = await entity('node-page-1').factors.page({ pageSize: 5 })
    const second = await first.nextPage()
    same(second.instances.length, 2)
    same((await second.previousPage()).instances.length, 5)
    let seen = 0
    await new Promise(resolve => entity('node-page-1').factors.each({ pageSize: 2, callback: () => seen++, done: resolve }))
    same(seen, 7)
  })
}

async function rest () {
  await step('what is not had', async () => {
    await refused(entity('node-push-1').newFactors.create({ friendlyName: 'phone', factorType: 'push' }))
    await refused(service.accessTokens.create({ identity: 'node-push-1', factorType: 'push' }))
  })
  await step('wrong credentials', async () => {
    const { accountSid } = await service.fetch()
    for (const account of [accountSid, unknown('AC')]) {
      await refused(twilio(account, 'wrong').verify.v2.services.list(), 401, 20003)
    }
  })
}

services().then(factors).then(challenges).then(rest).then(() => process.exit(failed ? 1 : 0))
