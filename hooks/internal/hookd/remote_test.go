package hookd

import (
	"testing"

	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/hooks/internal/provider/verify"
)

// verifyAt returns what hookd knows of Twilio Verify at an address.
func verifyAt(t *testing.T, url string) (*remote, *verify.Client) {
	t.Helper()
	c, err := verify.New(verify.Options{URL: url, AccountSID: "AC00000000000000000000000000000001", Secret: "s",
		ServiceSID: "VA00000000000000000000000000000001"})
	if err != nil {
		t.Fatal(err)
	}
	return remoteOf(c, &health.Board{}), c
}

// TestVerifyIsWatched: what /readyz says of Twilio Verify.
func TestVerifyIsWatched(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		status int
		body   string
		want   health.Finding
	}{
		"well": {200, `{"sid":"VA00000000000000000000000000000001","friendly_name":"Files"}`,
			health.Finding{}},
		"key refused":    {401, `{"code":20003,"message":"Authenticate","more_info":"x","status":401}`, keyRefused},
		"no service":     {404, `{"code":20404,"message":"m","more_info":"x","status":404}`, noService},
		"too many calls": {429, `{"code":20429,"message":"m","more_info":"x","status":429}`, health.Finding{}},
		"somebody else's": {200, "<html>", health.Finding{Level: health.Degraded,
			Why: "what answered is not Twilio Verify; are verify.url and the proxy right?"}},
	} {
		r, _ := verifyAt(t, authytest.Says(t, row.status, row.body).URL)
		if got := r.key(t.Context()); got != row.want {
			t.Errorf("%s: %+v, want %+v", name, got, row.want)
		}
	}
	r, _ := verifyAt(t, authytest.Nobody(t))
	if got := r.key(t.Context()); got != keyNoAnswer {
		t.Errorf("silence: %+v", got)
	}
}

// TestLoginsTellOfVerify: a key that a login finds refused shows at once, and under Verify's name.
func TestLoginsTellOfVerify(t *testing.T) {
	t.Parallel()
	r, client := verifyAt(t, authytest.Says(t, 401, `{"code":20003,"message":"m","more_info":"x","status":401}`).URL)
	code, err := otp.ParseCode("123456")
	if err != nil {
		t.Fatal(err)
	}
	person, err := client.Parse("ann", "0123456789abcdef/YF00000000000000000000000000000001")
	if err != nil {
		t.Fatal(err)
	}
	if got := (judged{client, r}).Verify(t.Context(), person, code); got.Result != provider.RejectedKey {
		t.Errorf("got %+v", got)
	}
	if got := r.board.Get("Twilio Verify"); got != keyRefused {
		t.Errorf("the board says %+v", got)
	}
}
