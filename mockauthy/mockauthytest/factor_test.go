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
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://verify.twilio.com/v2/Services/"+
		m.ServiceSID+"/Entities/"+f.Identity+"/Challenges",
		strings.NewReader(url.Values{"FactorSid": {f.SID}, "AuthPayload": {code}}.Encode()))
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
	if resp.StatusCode == http.StatusCreated && !strings.Contains(body.URL, "://verify.twilio.com/v2/Services/") {
		t.Errorf("the reply names %s, want the host that was asked", body.URL)
	}
	status, _ := body.Status.(string)
	return status
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
