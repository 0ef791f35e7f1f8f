package verifyapi_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/verify"
)

// TestEnrolAndLogIn is the life of a factor, from its secret to a used code.
func TestEnrolAndLogIn(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	made := m.ask("POST", factors, form("FriendlyName", "Ann Blue", "FactorType", "totp", "Binding.Secret", secret)).
		wants(t, 201, "status=unverified", "factor_type=totp", "identity="+identity, "friendly_name=Ann Blue",
			"options=null")
	uri := made.body["binding"].(map[string]any)["uri"]
	if uri != "otpauth://totp/Mock%20Verify:Ann%20Blue?secret="+secret+
		"&issuer=Mock%20Verify&algorithm=SHA1&digits=6&period=30" {
		t.Errorf("uri is %s", uri)
	}
	one := factors + "/" + made.sid()
	m.try(made.sid(), m.code(0)).wants(t, 403, "code=60318")
	m.ask("POST", one, form("AuthPayload", m.wrong())).wants(t, 200, "status=unverified")
	m.ask("POST", one, form("AuthPayload", m.code(-1))).wants(t, 200, "status=verified")
	if e := m.last(); e.Decision != "accepted" || e.Reason != "code of the step before" || e.Identity != identity ||
		e.Request != "AuthPayload=******" {
		t.Errorf("journal: %+v", e)
	}
	got := m.ask("GET", one, nil).wants(t, 200, "status=verified")
	if _, told := got.body["binding"]; told || strings.Contains(got.text, secret) {
		t.Errorf("the secret is told twice: %s", got.text)
	}
	m.try(made.sid(), m.wrong()).wants(t, 201, "status=pending", "responded_reason=none", "date_responded=null")
	m.try(made.sid(), m.code(0)).wants(t, 201, "status=approved", "factor_sid="+made.sid(), "identity="+identity,
		"date_responded=2026-11-26T20:55:01Z", "expiration_date=2026-11-26T21:00:01Z")
	m.try(made.sid(), m.code(0)).wants(t, 201, "status=pending")
	if e := m.last(); e.Decision != "refused" || e.Reason != "code of the present step was used before" {
		t.Errorf("journal: %+v", e)
	}
	m.ask("DELETE", one, nil).wants(t, 204)
	m.ask("GET", one, nil).wants(t, 404, "code=20404", "status=404",
		"message=The requested resource /v2/Services/"+m.own.ServiceSID+"/"+one+" was not found",
		"more_info=https://www.twilio.com/docs/errors/20404")
}

// TestChallengeAnsweredLater is the other way: make a challenge first, then send the code.
func TestChallengeAnsweredLater(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	factor := m.factor()
	waiting := m.ask("POST", challenges, form("FactorSid", factor, "HiddenDetails", `{"ip": "192.0.2.7"}`)).
		wants(t, 201, "status=pending")
	one := challenges + "/" + waiting.sid()
	if !strings.Contains(waiting.text, `"hidden_details":{"ip":"192.0.2.7"}`) {
		t.Error(waiting.text)
	}
	m.ask("POST", one, form("AuthPayload", m.wrong())).wants(t, 200, "status=pending")
	m.ask("POST", one, form("AuthPayload", m.code(1))).wants(t, 200, "status=approved")
	m.ask("POST", one, form("AuthPayload", m.code(0))).wants(t, 403, "code=60322")
	late := m.ask("POST", challenges, form("FactorSid", factor)).sid()
	m.advance(5 * time.Minute)
	m.ask("GET", challenges+"/"+late, nil).wants(t, 200, "status=expired")
	m.ask("POST", challenges+"/"+late, form("AuthPayload", m.code(0))).wants(t, 403, "code=60323")
	list := m.ask("GET", challenges+"?Status=expired&Order=desc", nil).wants(t, 200)
	if n := len(list.body["challenges"].([]any)); n != 1 {
		t.Errorf("%d expired challenges, want 1: %s", n, list.text)
	}
}

func TestWhoIsLetIn(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	path := "/v2/Services/" + m.own.ServiceSID
	m.askAs(m.own.AccountSID, m.own.AuthToken, "GET", path, nil).wants(t, 200, "friendly_name=Mock Verify",
		"account_sid="+m.own.AccountSID)
	m.askAs(m.own.KeySID, m.own.KeySecret, "GET", path, nil).wants(t, 200)
	for name, who := range map[string][2]string{
		"wrong token": {m.own.AccountSID, "wrong"}, "wrong secret": {m.own.KeySID, m.own.AuthToken},
		"unknown": {"AC" + strings.Repeat("0", 32), m.own.AuthToken}, "nobody": {"", ""},
	} {
		got := m.askAs(who[0], who[1], "GET", path, nil)
		const want = `{"code":20003,"detail":"","message":"Authenticate",` +
			`"more_info":"https://www.twilio.com/docs/errors/20003","status":401}`
		if got.status != 401 || got.text != want {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	if e := m.last(); e.Decision != "refused" || e.Status != 401 {
		t.Errorf("journal: %+v", e)
	}
}

// TestOneOfManyIsApproved: of many who send the same code at the same time one gets in.
func TestOneOfManyIsApproved(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	factor, code := m.factor(), m.code(0)
	var all sync.WaitGroup
	var approved atomic.Int64
	for range 30 {
		all.Go(func() {
			v, err := m.Verify.CreateChallenge(m.own.ServiceSID, identity,
				verify.NewChallenge{FactorSID: factor, Code: code})
			if err == nil && v.Status == "approved" {
				approved.Add(1)
			}
		})
	}
	all.Wait()
	if approved.Load() != 1 {
		t.Errorf("%d were approved, want 1", approved.Load())
	}
}
