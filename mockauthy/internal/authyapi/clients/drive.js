// Drives both clients through every call they have, each call once right and where it can be once wrong.
// MOCK_URL and MOCK_KEY say where; /test/ on the same server gives what a person would read off a phone.
'use strict'

const assert = require('assert')
const { createRequire } = require('module')
const client = createRequire(process.env.CLIENTS + '/package.json')

const url = process.env.MOCK_URL
const key = process.env.MOCK_KEY

const read = async path => (await fetch(url + '/test/' + path)).json()
const codeOf = async id => (await read('code?id=' + id)).code
const lastText = async () => (await read('text')).code
const answer = async uuid => read('approve?uuid=' + uuid)

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

// refused waits for a call to fail and gives the body of the refusal.
async function refused (promise) {
  let body
  try {
    await promise
  } catch (err) {
    body = err.body || err
  }
  assert(body, 'the call was answered with success')
  assert.strictEqual(body.success, false)
  assert.strictEqual(typeof body.error_code, 'string')
  return body
}

async function nodeAuthy () {
  const authy = client('authy')(key, url)
  const phones = authy.phones()
  const call = (object, method, ...args) => new Promise((resolve, reject) =>
    object[method](...args, (err, res) => err ? reject(err) : resolve(res)))
  const number = ['201-555-0150', '1']
  let id

  await step('authy register_user', async () => {
    const res = await call(authy, 'register_user', 'node@x.test', '201-555-0151', '1', true)
    id = res.user.id
    assert(Number.isInteger(id) && res.success === true)
    assert.strictEqual((await call(authy, 'register_user', 'node@x.test', '2015550151')).user.id, id)
  })
  await step('authy register_user, wrong', async () => {
    assert.strictEqual((await refused(call(authy, 'register_user', 'nobody', 'abc', '1'))).errors.cellphone, 'is invalid')
  })
  await step('authy verify', async () => {
    const code = await codeOf(id)
    const res = await call(authy, 'verify', id, code, true)
    assert.strictEqual(res.token, 'is valid')
    assert.strictEqual((await refused(call(authy, 'verify', id, code))).error_code, '60019')
    assert.strictEqual((await refused(call(authy, 'verify', id, '0000001'))).error_code, '60020')
    assert.strictEqual((await refused(call(authy, 'verify', 1, code, true))).error_code, '60016')
  })
  await step('authy user_status', async () => {
    const { status } = await call(authy, 'user_status', id)
    assert(status.confirmed && status.registered && status.country_code === 1)
    assert.strictEqual((await refused(call(authy, 'user_status', 1))).error_code, '60026')
  })
  await step('authy request_sms', async () => {
    assert.strictEqual((await call(authy, 'request_sms', id)).ignored, true)
    const res = await call(authy, 'request_sms', id, true)
    assert(!('ignored' in res) && res.success === true)
    await call(authy, 'verify', id, await lastText(), true)
  })
  await step('authy request_call', async () => {
    assert.strictEqual((await call(authy, 'request_call', id)).ignored, true)
    assert.strictEqual((await call(authy, 'request_call', id, true)).message, 'Call started...')
    await call(authy, 'verify', id, await lastText(), true)
  })
  await step('authy phones', async () => {
    const started = await call(phones, 'verification_start', ...number, { via: 'sms', locale: 'en', code_length: '6' })
    assert.strictEqual(started.message, 'Text message sent to +1 201-555-0150.')
    assert.strictEqual((await call(phones, 'verification_status', ...number)).status, 'pending')
    assert.strictEqual((await refused(call(phones, 'verification_check', ...number, '12345'))).error_code, '60022')
    const done = await call(phones, 'verification_check', ...number, await lastText())
    assert.strictEqual(done.message, 'Verification code is correct.')
    assert.strictEqual((await refused(call(phones, 'verification_check', ...number, '123456'))).error_code, '60023')
    assert.strictEqual((await call(phones, 'verification_start', ...number, 'call')).message, 'Call to +1 201-555-0150 initiated')
    assert.strictEqual((await call(phones, 'info', ...number)).type, 'cellphone')
  })
  await step('authy approval requests', async () => {
    const ask = () => call(authy, 'send_approval_request', id,
      { message: 'Log in?', details: { 'From where': 'Lyon' }, seconds_to_expire: 120 }, { hidden: 'x' },
      [{ res: 'default', url: 'https://x.test/logo.png' }, { res: 'low', url: 'https://x.test/low.png' }])
    const { approval_request: { uuid } } = await ask()
    assert.strictEqual((await call(authy, 'check_approval_status', uuid)).approval_request.status, 'pending')
    await answer(uuid)
    assert.strictEqual((await call(authy, 'check_approval_status', uuid)).approval_request.status, 'approved')
    const bare = await call(authy, 'send_approval_request', id, { message: 'Log in?' }, null, null)
    assert(bare.success)
    assert.strictEqual((await refused(call(authy, 'check_approval_status', 'nonsense'))).error_code, '60049')
  })
  await step('authy delete_user', async () => {
    assert.strictEqual((await call(authy, 'delete_user', id)).success, true)
    assert.strictEqual((await refused(call(authy, 'delete_user', id))).error_code, '60026')
  })
  await step('authy with a wrong key', async () => {
    const stranger = client('authy')('wrong', url)
    assert.strictEqual((await refused(call(stranger, 'user_status', id))).error_code, '60001')
  })
}

async function authyClient () {
  const { Client, enums } = client('authy-client')
  const authy = new Client({ key }, { host: url })
  const phone = { countryCode: 'US', phone: '2015550152' }
  let authyId

  await step('authy-client registerUser', async () => {
    authyId = (await authy.registerUser({ ...phone, email: 'client@x.test' })).user.id
  })
  await step('authy-client getApplicationDetails', () => authy.getApplicationDetails({ ip: '192.0.2.1' }))
  await step('authy-client getApplicationStatistics', () => authy.getApplicationStatistics({ ip: '192.0.2.1' }))
  await step('authy-client getUserStatus', async () => {
    await authy.getUserStatus({ authyId })
    await authy.getUserStatus({ authyId }, { ip: '192.0.2.1' })
    assert.strictEqual((await refused(authy.getUserStatus({ authyId: 1 }))).error_code, '60026')
  })
  await step('authy-client verifyToken', async () => {
    const token = await codeOf(authyId)
    await authy.verifyToken({ authyId, token }, { force: true })
    assert.strictEqual((await refused(authy.verifyToken({ authyId, token }))).error_code, '60019')
  })
  await step('authy-client requestSms', async () => {
    assert.strictEqual((await authy.requestSms({ authyId })).ignored, true)
    await authy.requestSms({ authyId }, { force: true, action: 'login', message: 'hello' })
  })
  await step('authy-client requestCall', async () => {
    assert.strictEqual((await authy.requestCall({ authyId })).ignored, true)
    await authy.requestCall({ authyId }, { force: true })
  })
  await step('authy-client registerActivity', async () => {
    for (const type of Object.values(enums.activity)) {
      await authy.registerActivity({ authyId, data: { reason: 'test' }, type }, { ip: '192.0.2.1' })
    }
  })
  await step('authy-client phone verification', async () => {
    await authy.startPhoneVerification({ ...phone, via: enums.verificationVia.SMS }, { codeLength: 4, locale: 'en' })
    const token = await lastText()
    await refused(authy.verifyPhone({ ...phone, token: token === '0000' ? '1111' : '0000' }))
    await authy.verifyPhone({ ...phone, token })
    await authy.startPhoneVerification({ ...phone, via: enums.verificationVia.CALL })
  })
  await step('authy-client getPhoneInformation', () => authy.getPhoneInformation(phone, { ip: '192.0.2.1' }))
  await step('authy-client approval requests and callback', async () => {
    const { approval_request: { uuid } } = await authy.createApprovalRequest({
      authyId,
      details: { hidden: { ip: '192.0.2.1' }, visible: { 'Account Number': '981266321', location: 'Lyon & around' } },
      logos: [{ res: enums.resolution ? enums.resolution.DEFAULT : 'default', url: 'https://x.test/logo.png' }],
      message: 'Log in?'
    }, { ttl: 120 })
    assert.strictEqual((await authy.getApprovalRequest({ id: uuid })).approval_request.status, 'pending')
    const callback = await answer(uuid)
    await authy.verifyCallback(callback)
    callback.body.status = 'denied'
    await assert.rejects(authy.verifyCallback(callback), 'a forged callback passed')
    assert.strictEqual((await authy.getApprovalRequest({ id: uuid })).approval_request.status, 'approved')
  })
  await step('authy-client deleteUser', () => authy.deleteUser({ authyId }, { ip: '192.0.2.1' }))
}

nodeAuthy().then(authyClient).then(() => process.exit(failed ? 1 : 0))
