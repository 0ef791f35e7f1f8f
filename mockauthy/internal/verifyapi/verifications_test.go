package verifyapi_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/outbox"
)

const phone = "+12015550123"

func (m *mock) send(pairs ...string) answer {
	m.t.Helper()
	return m.ask("POST", "Verifications", form(append([]string{"To", phone, "Channel", "sms"}, pairs...)...))
}

func (m *mock) check(code string) answer {
	m.t.Helper()
	return m.ask("POST", "VerificationCheck", form("To", phone, "Code", code))
}

// sent is the code in the newest message.
func (m *mock) sent() string {
	all := m.Outbox.List(outbox.Filter{})
	return all[len(all)-1].Code
}

// other is another code of the same length.
func other(code string) string {
	if code[0] == '9' {
		return "1" + code[1:]
	}
	return "9" + code[1:]
}

func TestSentCode(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	first := m.send().
		wants(t, 201, "status=pending", "valid=false", "channel=sms", "to="+phone, "lookup={}", "sna=null")
	if !strings.Contains(
		first.text,
		`"send_code_attempts":[{"time":"2026-11-26T20:55:01.000Z","channel":"sms","attempt_sid":"VL`,
	) {
		t.Error(first.text)
	}
	message := m.Outbox.List(outbox.Filter{})[0]
	if message.To != phone || message.Channel != "sms" || len(message.Code) != 6 ||
		message.Text != "Your Mock Verify verification code is: "+message.Code {
		t.Errorf("outbox: %+v", message)
	}
	m.check(other(m.sent())).wants(t, 200, "status=pending", "valid=false", "sid="+first.sid())
	if m.last().Decision != "refused" {
		t.Errorf("journal: %+v", m.last())
	}
	again := m.send("Channel", "call").wants(t, 201, "sid="+first.sid())
	if m.sent() != message.Code || len(again.body["send_code_attempts"].([]any)) != 2 {
		t.Errorf("the second start is another verification: %s", again.text)
	}
	right := m.check(m.sent()).wants(t, 200, "status=approved", "valid=true", "to="+phone)
	if _, there := right.body["url"]; there {
		t.Errorf("a check has no url: %s", right.text)
	}
	if e := m.last(); e.Request != "Code=******&To=%2B12015550123" && e.Request != "Code=******&To=+12015550123" ||
		e.Identity != phone {
		t.Errorf("journal: %+v", e)
	}
	all := m.ask("GET", "/v2/Attempts?ChannelData.To="+url.QueryEscape(phone), nil).wants(t, 200)
	if n := len(all.body["attempts"].([]any)); n != 2 {
		t.Errorf("%d attempts, want 2: %s", n, all.text)
	}
	if n := len(m.ask("GET", "/v2/Attempts?Status=CONVERTED", nil).wants(t, 200).body["attempts"].([]any)); n != 2 ||
		!strings.Contains(all.text, `"code_length":6,`) || !strings.Contains(all.text, `"status":"confirmed"`) {
		t.Errorf("%d converted attempts of %s", n, all.text)
	}
	m.ask("GET", "/v2/Attempts?Country=US", nil).wants(t, 403, "code=60204")
	m.ask("GET", "/v2/Attempts/Summary", nil).wants(t, 200, "total_attempts=2", "total_converted=2",
		"conversion_rate_percentage=100.00")
}

// TestWhyACheckIsNotFound: the wire says 404 alike, the journal says which it was.
func TestWhyACheckIsNotFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(*mock)
		reason string
	}{
		"never started": {func(*mock) {}, "never started: no code was sent to this number, address or SID"},
		"used": {func(m *mock) { m.send(); m.check(m.sent()).wants(t, 200, "status=approved") },
			"the code was used: approved at 2026-11-26T20:55:01Z"},
		"expired": {func(m *mock) { m.send(); m.advance(10 * time.Minute) },
			"the code expired at 2026-11-26T21:05:01Z"},
		"canceled": {func(m *mock) {
			m.ask("POST", "Verifications/"+m.send().sid(), form("Status", "canceled")).wants(t, 200, "status=canceled")
		}, "the verification was canceled at 2026-11-26T20:55:01Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			c.before(m)
			m.check("123456").
				wants(t, 404, "code=20404", "message=The requested resource /v2/Services/"+m.own.ServiceSID+
					"/VerificationCheck was not found")
			if e := m.last(); e.Reason != c.reason || e.Decision != "refused" {
				t.Errorf("journal: %s %s, want %s", e.Decision, e.Reason, c.reason)
			}
		})
	}
}

func TestLimitsOfSentCodes(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for range 5 {
		m.send().wants(t, 201)
	}
	m.send().wants(t, 429, "code=60203", "status=429")
	for range 5 {
		m.check(other(m.sent())).wants(t, 200, "status=pending")
	}
	m.check(m.sent()).wants(t, 429, "code=60202")
	m.send().wants(t, 429, "code=60202")
	m.advance(10 * time.Minute)
	m.send().wants(t, 201)
	m.check(m.sent()).wants(t, 200, "status=approved")
}

func TestWhatIsSentToWhom(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for name, c := range map[string]struct {
		form   url.Values
		status int
		want   string
	}{
		"no number":       {form("Channel", "sms"), 400, "code=20001"},
		"no channel":      {form("To", phone), 400, "code=20001"},
		"totp":            {form("To", phone, "Channel", "totp"), 400, "message=Invalid parameter: Channel"},
		"no plus":         {form("To", "2015550123", "Channel", "sms"), 400, "message=Invalid parameter: To"},
		"address by sms":  {form("To", "ann@x.test", "Channel", "sms"), 400, "code=60200"},
		"number by email": {form("To", phone, "Channel", "email"), 400, "code=60200"},
		"sna":             {form("To", phone, "Channel", "sna"), 403, "code=60223"},
		"custom code off": {form("To", phone, "Channel", "sms", "CustomCode", "1234"), 403, "code=60204"},
		"address":         {form("To", "ann@x.test", "Channel", "email"), 201, "channel=email"},
		"auto":            {form("To", "+12015550199", "Channel", "auto"), 201, "channel=sms"},
	} {
		t.Run(name, func(t *testing.T) { m.ask("POST", "Verifications", c.form).wants(t, c.status, c.want) })
	}
	m.ask("POST", "VerificationCheck", form("Code", "123456")).wants(t, 400, "code=60221")
	m.ask("POST", "/v2/Services/"+m.own.ServiceSID, form("CustomCodeEnabled", "true")).wants(t, 200)
	m.send("CustomCode", "4711").wants(t, 201)
	m.check("4711").wants(t, 200, "status=approved")
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	limit := m.ask("POST", "RateLimits", form("UniqueName", "address")).wants(t, 201)
	m.ask("POST", "RateLimits", form("UniqueName", "address")).wants(t, 400, "code=60208")
	buckets := "RateLimits/" + limit.sid() + "/Buckets"
	bucket := m.ask("POST", buckets, form("Max", "2", "Interval", "60")).wants(t, 201, "max=2", "interval=60")
	to := func(number string) answer {
		return m.ask(
			"POST",
			"Verifications",
			form("To", number, "Channel", "sms", "RateLimits", `{"address":"192.0.2.7"}`),
		)
	}
	to("+12015550101").wants(t, 201)
	to("+12015550102").wants(t, 201)
	m.advance(20 * time.Second)
	refused := to("+12015550103").wants(t, 429, "code=20429").header
	if refused.Get("Twilio-Reached-Rate-Limit") != "address" || refused.Get("Retry-After") != "40" {
		t.Errorf("header %v", refused)
	}
	m.advance(40 * time.Second)
	to("+12015550103").wants(t, 201)
	m.ask("POST", buckets+"/"+bucket.sid(), form("Max", "9")).wants(t, 200, "max=9", "interval=60")
	m.ask("DELETE", buckets+"/"+bucket.sid(), nil).wants(t, 204)
	m.ask("GET", buckets+"/"+bucket.sid(), nil).wants(t, 404)
	m.ask("DELETE", "RateLimits/"+limit.sid(), nil).wants(t, 204)
	m.ask("GET", "RateLimits/"+limit.sid(), nil).wants(t, 404)
}
