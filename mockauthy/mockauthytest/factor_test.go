package mockauthytest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// challenged asks Verify as a login does and returns the status of the challenge.
func challenged(t *testing.T, m *mockauthytest.Mock, f *mockauthytest.Factor, code string) string {
	t.Helper()
	return posted(t, m, "/Entities/"+f.Identity+"/Challenges", url.Values{"FactorSid": {f.SID}, "AuthPayload": {code}})
}

func TestAStoryOfOneFactor(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	ann := m.Factor("ann-00000001")
	if again := m.Factor("ann-00000001"); again.SID != ann.SID || !again.Verified {
		t.Errorf("asked again: %+v, want %+v", again.Factor, ann.Factor)
	}
	code := ann.Code()
	for _, step := range []struct{ name, code, want string }{
		{"a fresh code", code, "approved"}, {"the same again", code, "pending"},
		{"a wrong one", ann.WrongCode(), "pending"},
	} {
		if got := challenged(t, m, ann, step.code); got != step.want {
			t.Errorf("%s: %q, want %q", step.name, got, step.want)
		}
	}
	m.Advance(31 * time.Second)
	if got := challenged(t, m, ann, ann.Code()); got != "approved" {
		t.Errorf("the next code: %q, want approved", got)
	}
	challenges, err := m.Client.Challenges(t.Context(), "ann-00000001", "approved")
	if err != nil || len(challenges) != 2 {
		t.Errorf("%d approved challenges and %v, want 2", len(challenges), err)
	}

	fresh := m.AddFactor(mockapi.NewFactor{Identity: "bob-00000001", Verified: mockapi.Ptr(false), Digits: 8,
		Period: 60, Alg: "sha256", Skew: mockapi.Ptr(0), Secret: "JBSWY3DPEHPK3PXP"})
	if fresh.Verified || len(fresh.Code()) != 8 || fresh.Secret != "JBSWY3DPEHPK3PXP" {
		t.Errorf("got %+v and a code of %d digits, want it as described", fresh.Factor, len(fresh.Code()))
	}
	fresh.Remove()
	if _, err := m.Client.Factor(t.Context(), fresh.SID); !mockapi.IsRefusal(err, http.StatusNotFound) {
		t.Errorf("after its removal: %v, want 404", err)
	}
}

// posted sends a request to the service and returns the status in the reply.
func posted(t *testing.T, m *mockauthytest.Mock, path string, form url.Values) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost,
		"https://verify.twilio.com/v2/Services/"+m.ServiceSID+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(m.AccountSID, m.AuthToken)
	resp, err := m.HTTP().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body struct {
		Status any
		URL    string
	}
	if err := json.NewDecoder(resp.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	if body.URL != "" && !strings.Contains(body.URL, "://verify.twilio.com/v2/Services/") {
		t.Errorf("the reply names %s, want the host that was asked", body.URL)
	}
	status, _ := body.Status.(string)
	return status
}

func TestAStoryOfASentCode(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	const to = "+12015550123"
	posted(t, m, "/Verifications", url.Values{"To": {to}, "Channel": {"sms"}})
	last := func() mockapi.SentVerification {
		all, err := m.Client.Verifications(t.Context(), to)
		if err != nil || len(all) == 0 {
			t.Fatalf("no verification: %v", err)
		}
		return all[len(all)-1]
	}
	if v := last(); v.Status != "pending" || v.Sends != 1 || v.Code != m.Outbox(mockapi.OutboxQuery{To: to})[0].Code {
		t.Errorf("got %+v, want the code of the outbox", v)
	}
	posted(t, m, "/VerificationCheck", url.Values{"To": {to}, "Code": {last().Code}})
	if v := last(); v.Status != "approved" {
		t.Errorf("after the right code: %+v", v)
	}
	posted(t, m, "/Verifications", url.Values{"To": {to}, "Channel": {"call"}})
	m.Advance(10 * time.Minute)
	if v := last(); v.Status != "expired" || v.Channel != "call" {
		t.Errorf("after ten minutes: %+v, want an expired call", v)
	}
	if all, err := m.Client.Verifications(t.Context(), "+12015550199"); err != nil || len(all) != 0 {
		t.Errorf("to somebody else: %v, %v", all, err)
	}
}
