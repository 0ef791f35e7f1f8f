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
    same((await service.entities.list()).filter(e => e.sid === made.sid).length, 1)
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

async function verifications () {
  const check = (to, code) => service.verificationChecks.create({ to, code })
  const start = (to, channel = 'sms') => service.verifications.create({ to, channel })
  await step('verifications', async () => {
    const to = '+12015550180'
    const made = await start(to)
    same(made.status, 'pending')
    same((await start(to)).sid, made.sid)
    same((await service.verifications(made.sid).fetch()).sendCodeAttempts.length, 2)
    const right = await sent(to)
    const missed = await check(to, other(right))
    same(missed.status + missed.valid, 'pendingfalse')
    const found = await check(to, right)
    same(found.status + found.valid, 'approvedtrue')
    await refused(check(to, right), 404, 20404)
    for (const [address, channel] of [['bob@example.com', 'email'], ['+12015550181', 'call'], ['+12015550181', 'whatsapp']]) {
      const { sid } = await start(address, channel)
      const code = await sent(address, channel)
      same((await service.verificationChecks.create({ verificationSid: sid, code })).status, 'approved')
    }
    const gone = await start('+12015550182')
    same((await service.verifications(gone.sid).update({ status: 'canceled' })).status, 'canceled')
    await refused(check('+12015550182', await sent('+12015550182')), 404, 20404)
  })
  await step('verifications that are refused', async () => {
    await refused(check('+12015550183', '123456'), 404, 20404)
    await refused(service.verificationChecks.create({ code: '123456' }), 400, 60221)
    await refused(start('nobody'), 400, 60200)
    await start('+12015550184')
    await later('11m')
    await refused(check('+12015550184', await sent('+12015550184')), 404, 20404)
    await start('+12015550185')
    for (let n = 0; n < 5; n++) await check('+12015550185', other(await sent('+12015550185')))
    await refused(check('+12015550185', await sent('+12015550185')), 429, 60202)
    for (let n = 0; n < 5; n++) await start('+12015550186')
    await refused(start('+12015550186'), 429, 60203)
  })
  await step('custom codes', async () => {
    const made = await verify.services.create({ friendlyName: 'custom', customCodeEnabled: true })
    const own = verify.services(made.sid)
    const { sid } = await own.verifications.create({ to: '+12015550187', channel: 'sms', customCode: '424242' })
    same(await sent('+12015550187'), '424242')
    same((await own.verifications(sid).update({ status: 'approved' })).status, 'approved')
    await own.remove()
  })
}

async function rest () {
  await step('attempts', async () => {
    await service.verifications.create({ to: '+12015550188', channel: 'sms' })
    const list = await verify.verificationAttempts.list({ 'channelData.to': '+12015550188' })
    same(list.length, 1)
    const [attempt] = list
    same((await verify.verificationAttempts(attempt.sid).fetch()).sid, attempt.sid)
    await verify.verificationAttemptsSummary().fetch()
  })
  await step('webhooks', async () => {
    const made = await service.webhooks.create({ friendlyName: 'ours', eventTypes: ['factor.created', '*'],
      webhookUrl: 'https://hooks.test/in' })
    same(made.eventTypes.length, 2)
    const webhook = service.webhooks(made.sid)
    same((await webhook.fetch()).webhookUrl, 'https://hooks.test/in')
    same((await webhook.update({ status: 'disabled' })).status, 'disabled')
    same((await service.webhooks.list()).length, 1)
    await webhook.remove()
  })
  await step('rate limits', async () => {
    const made = await service.rateLimits.create({ uniqueName: 'end_user_ip' })
    const limit = service.rateLimits(made.sid)
    same((await limit.fetch()).uniqueName, 'end_user_ip')
    same((await limit.update({ description: 'each' })).description, 'each')
    same((await service.rateLimits.list()).length, 1)
    const { sid } = await limit.buckets.create({ max: 1, interval: 60 })
    const start = to => service.verifications.create({ to, channel: 'sms', rateLimits: { end_user_ip: '192.0.2.9' } })
    await start('+12015550189')
    await refused(start('+12015550190'), 429, 20429)
    await later('1m')
    await start('+12015550191')
    same((await limit.buckets(sid).update({ max: 3 })).max, 3)
    same((await limit.buckets(sid).fetch()).max, 3)
    same((await limit.buckets.list()).length, 1)
    await limit.buckets(sid).remove()
    await limit.remove()
  })
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

services().then(factors).then(challenges).then(verifications).then(rest).then(() => process.exit(failed ? 1 : 0))
