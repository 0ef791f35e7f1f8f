# Drives Twilio's library for Python, unmodified, through every call of Verify that the mock has: each once right, and
# where it can be, once wrong. The variables are those that mockauthy env prints.
import json
import os
import re
import sys
import traceback
import urllib.request

from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

client = Client()
client.http_client.session.verify = os.environ['REQUESTS_CA_BUNDLE']  # which versions before 8 do not read by themselves
verify = client.verify.v2 if hasattr(client.verify, 'v2') else client.verify
service = verify.services(os.environ['VERIFY_SERVICE_SID'])


def mock(path, body=None):
    """Calls the control API, as any test does that wants to know a code or turn the clock."""
    request = urllib.request.Request(os.environ['MOCKAUTHY_URL'] + '/_mock/' + path,
                                     body and json.dumps(body).encode(), {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)


def code(factor):
    return mock('factors/%s/token' % factor)['token']


def other(code):
    return str((int(code[0]) + 5) % 10) + code[1:]


def later(time):
    mock('clock', {'advance': time})


def sent(to, channel='sms'):
    return [m for m in mock('outbox')['items'] if m['to'] == to and m['channel'] == channel][-1]['code']


def refused(status, number, call, *args, **kwargs):
    """Expects Twilio's error with that status and code; 0 is any."""
    try:
        call(*args, **kwargs)
    except TwilioRestException as error:
        assert not status or (error.status, error.code) == (status, number), error
        return
    raise AssertionError('the call was answered with success')


def same(got, wanted):
    assert got == wanted, '%r, want %r' % (got, wanted)


def new_factor(entity, **more):
    return entity.new_factors.create(friendly_name="ann's phone", factor_type='totp', **more)


def verified(entity):
    sid = new_factor(entity).sid
    same(entity.factors(sid).update(auth_payload=code(sid)).status, 'verified')
    later('31s')
    return sid


def services():
    made = verify.services.create(friendly_name='Driven by Python', code_length=5, totp_issuer='Files',
                                  totp_time_step=60, totp_code_length=8, totp_skew=2)
    assert re.match('^VA[0-9a-f]{32}$', made.sid), made.sid
    same(made.totp, {'issuer': 'Files', 'time_step': 60, 'code_length': 8, 'skew': 2})
    same(made.update(friendly_name='Renamed').friendly_name, 'Renamed')
    same(verify.services(made.sid).fetch().date_created.tzinfo is not None, True)
    same(len([s for s in verify.services.list() if s.sid == made.sid]), 1)
    made.delete()
    refused(404, 20404, verify.services(made.sid).fetch)


def entities():
    made = service.entities.create(identity='python-entity-1')
    refused(409, 60301, service.entities.create, identity='python-entity-1')
    same(service.entities('python-entity-1').fetch().sid, made.sid)
    made.delete()
    refused(404, 20404, service.entities('python-entity-1').fetch)


def factors():
    ann = service.entities('python-factor-1')
    made = new_factor(ann, binding_secret='JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')
    same(made.status, 'unverified')
    same(made.binding['secret'], 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP')
    factor = ann.factors(made.sid)
    same(factor.fetch().config, {'alg': 'sha1', 'skew': 1, 'code_length': 6, 'time_step': 30})
    same(factor.update(auth_payload=other(code(made.sid))).status, 'unverified')
    same(factor.update(auth_payload=code(made.sid)).status, 'verified')
    same(ann.factors.list()[0].status, 'verified')
    factor.delete()
    refused(404, 20404, factor.fetch)
    sid = new_factor(ann).sid
    for _ in range(5):
        ann.factors(sid).update(auth_payload=other(code(sid)))
    refused(429, 60310, ann.factors(sid).update, auth_payload=code(sid))
    for _ in range(7):
        new_factor(service.entities('python-page-1'))
    same(len(service.entities('python-page-1').factors.list(page_size=3)), 7)  # the links must lead to the mock


def challenges():
    ann = service.entities('python-challenge-1')
    sid = verified(ann)
    used = code(sid)
    same(ann.challenges.create(factor_sid=sid, auth_payload=used).status, 'approved')
    same(ann.challenges.create(factor_sid=sid, auth_payload=used).status, 'pending')
    same(ann.challenges.create(factor_sid=sid, auth_payload=other(used)).status, 'pending')
    later('31s')
    asked = ann.challenges.create(factor_sid=sid, hidden_details={'ip': '192.0.2.7'})
    same(asked.hidden_details, {'ip': '192.0.2.7'})
    same(ann.challenges(asked.sid).update(auth_payload=other(code(sid))).status, 'pending')
    same(ann.challenges(asked.sid).update(auth_payload=code(sid)).status, 'approved')
    refused(403, 60322, ann.challenges(asked.sid).update, auth_payload=code(sid))
    same(len(ann.challenges.list(status='approved')), 2)
    unverified = new_factor(ann).sid
    refused(403, 60318, ann.challenges.create, factor_sid=unverified)
    old = ann.challenges.create(factor_sid=sid)
    later('6m')
    refused(403, 60323, ann.challenges(old.sid).update, auth_payload=code(sid))


def verifications():
    def check(to, code):
        return service.verification_checks.create(to=to, code=code)
    to = '+12015550192'
    made = service.verifications.create(to=to, channel='sms')
    same(service.verifications.create(to=to, channel='sms').sid, made.sid)
    same(len(service.verifications(made.sid).fetch().send_code_attempts), 2)
    missed, right = check(to, other(sent(to))), check(to, sent(to))
    same((missed.status, missed.valid, right.status, right.valid), ('pending', False, 'approved', True))
    refused(404, 20404, check, to, sent(to))
    gone = service.verifications.create(to='cid@example.com', channel='email')
    same(gone.update(status='canceled').status, 'canceled')
    refused(400, 60200, service.verifications.create, to='nobody', channel='sms')


def strangers():
    account = service.fetch().account_sid
    client.auth = (account, 'wrong')
    refused(401, 20003, service.fetch)


failed = 0
for step in [services, entities, factors, challenges, verifications, strangers]:
    try:
        step()
        print('ok   ' + step.__name__)
    except Exception:
        failed += 1
        print('FAIL ' + step.__name__ + ': ' + traceback.format_exc())
sys.exit(1 if failed else 0)
