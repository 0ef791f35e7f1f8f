package phone_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/browser"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// twilio sends a request to Verify as an application does.
func twilio(t testing.TB, m *mockauthytest.Mock, path string, form url.Values) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, m.URL+"/v2/Services/"+m.ServiceSID+path,
		strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(m.AccountSID, m.AuthToken)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// TestAFactorFromEnrolmentToLogin does with the page what a person does with a phone.
func TestAFactorFromEnrolmentToLogin(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	w := open(t, m)
	const entity = "/Entities/ann-00000001"
	if got := twilio(t, m, entity+"/Factors", url.Values{"FriendlyName": {"Ann"}, "FactorType": {"totp"}}); got != 201 {
		t.Fatalf("a factor: %d, want 201", got)
	}
	w.Until(`document.querySelector('[data-factor]')`) // by itself, as the journal tells
	w.Sees("[data-factor]", "Ann")
	w.Sees("[data-factor] .badges", "unverified")
	factor := m.Factor("ann-00000001")
	shown := func() string {
		w.Until(`/^[0-9]{6}$/.test(document.querySelector('[data-factor] .digits').textContent)`)
		return w.Text("[data-factor] .digits")
	}
	twilio(t, m, entity+"/Factors/"+factor.SID, url.Values{"AuthPayload": {shown()}})
	w.Until(`document.querySelector('[data-factor] .badges').hidden`)

	m.Advance(30 * time.Second)
	w.Until(`document.querySelector('[data-factor] .digits').textContent === ` + browser.Quote(factor.Code()))
	challenge := func() string {
		twilio(t, m, entity+"/Challenges", url.Values{"FactorSid": {factor.SID}, "AuthPayload": {shown()}})
		all, err := m.Client.Challenges(t.Context(), factor.SID, "")
		if err != nil || len(all) == 0 {
			t.Fatalf("no challenge: %v", err)
		}
		return all[len(all)-1].Status
	}
	if got := challenge(); got != "approved" {
		t.Errorf("the code of the page: %s, want approved", got)
	}
	w.Sees("#journal", "ann-00000001")

	w.AllowClipboard(m.URL)
	w.Click(`[data-factor] [data-family="factor"]`)
	w.Sees("#toasts", "Copied "+factor.Code())
	inShell(t, curlLine(w, `[data-factor] [data-family="factor"]`, "#shell", "/_mock/factors/"))

	w.Click("[data-factor] .phone-foot button")
	w.Until(`document.querySelector('dialog .secret').textContent === ` + browser.Quote(factor.Secret))
	w.Until(`document.querySelector('dialog .qr').naturalWidth === 300`)
	w.Sees("dialog", factor.SID)
	w.Sees("dialog", "1 step before and after")
	w.Click("dialog .danger")
	w.Until(`!document.querySelector('[data-factor]')`)
	if _, err := m.Client.Factor(t.Context(), factor.SID); !mockapi.IsRefusal(err, http.StatusNotFound) {
		t.Errorf("after its removal: %v, want 404", err)
	}
}

// TestASentCodeStandsInTheInbox reads a code of Verify as its receiver would.
func TestASentCodeStandsInTheInbox(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	w := open(t, m)
	for channel, to := range map[string]string{"sms": "+12015550123", "email": "ann@example.com"} {
		if got := twilio(t, m, "/Verifications", url.Values{"To": {to}, "Channel": {channel}}); got != 201 {
			t.Fatalf("a verification by %s: %d, want 201", channel, got)
		}
		w.Sees("#inbox", to)
		sent := m.Outbox(mockapi.OutboxQuery{Channel: channel})
		code := w.Text("#inbox .message:first-child .code-chip .digits")
		if len(sent) != 1 || code != sent[0].Code {
			t.Fatalf("the inbox shows %q, want the code of %+v", code, sent)
		}
		if got := twilio(t, m, "/VerificationCheck", url.Values{"To": {to}, "Code": {code}}); got >= 300 {
			t.Errorf("the code of the inbox: %d", got)
		}
	}
}

// TestPagesOfFactors: they are searched and paged by the server.
func TestPagesOfFactors(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		m.Factor("somebody-" + string(c))
	}
	w := open(t, m)
	w.Sees("#phones-where", "0 users, 1 to 24 of 26 factors")
	w.Until(`document.querySelectorAll('[data-factor]').length === 24`)
	w.Click(".pager button:last-child")
	w.Until(`document.querySelectorAll('[data-factor]').length === 2`)
	w.Type("#search", "body-q")
	w.Until(`document.querySelectorAll('[data-factor]').length === 1`)
	w.Sees("[data-factor]", "somebody-q")
}
