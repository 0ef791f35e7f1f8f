package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/provider/verify"
)

// twilio answers doctor in Twilio Verify's place.
type twilio struct {
	service error
	factor  verify.Factor
	err     error
}

func (a twilio) Service(context.Context) (verify.Service, error) { return verify.Service{}, a.service }

func (a twilio) Factor(context.Context, verify.Ref) (verify.Factor, error) { return a.factor, a.err }

// withVerify returns the facts of a configuration with Twilio Verify and one account.
func withVerify(t *testing.T) *Facts {
	t.Helper()
	ref, err := verify.NewRef("0123456789abcdef", "YF00000000000000000000000000000001")
	if err != nil {
		t.Fatal(err)
	}
	f := facts(recipe())
	f.Config.Value.Verify.ServiceSID, f.Config.Value.Verify.URL = "VA", verify.DefaultURL
	f.Accounts.Value = []Account{{Name: "ann", Mapping: gate.Mapped, Person: ref}}
	return f
}

// TestTwilioVerify: what doctor says of the secret, the service and the factors.
func TestTwilioVerify(t *testing.T) {
	t.Parallel()
	good := verify.Factor{Type: "totp", Status: "verified", Config: verify.Config{Digits: 6, Period: 30, Skew: 1}}
	with := func(change func(*verify.Factor)) twilio {
		f := good
		change(&f)
		return twilio{factor: f}
	}
	for name, row := range map[string]struct {
		api    twilio
		want   string // "" for nothing
		unseen string
	}{
		"all well":    {twilio{factor: good}, "", ""},
		"key refused": {twilio{service: &verify.APIError{Status: 401, Code: 20003}}, "error 20003", ""},
		"no service": {twilio{service: &verify.APIError{Status: 404, Code: 20404}},
			"nobody who maps to a factor is let in", ""},
		"silence": {twilio{service: fmt.Errorf("verify %w", exchange.ErrNoAnswer)}, "", "did not answer"},
		"gone":    {twilio{err: &verify.APIError{Status: 404, Code: 20404}}, "enroll the account again", ""},
		"limited": {twilio{err: &verify.APIError{Status: 429, Code: 20429}}, "",
			"0 factors at Twilio Verify were looked at"},
		"unverified":   {with(func(f *verify.Factor) { f.Status = "unverified" }), "was never verified", ""},
		"a push":       {with(func(f *verify.Factor) { f.Type = "push" }), "no factor of type totp", ""},
		"eight digits": {with(func(f *verify.Factor) { f.Config.Digits = 8 }), "checkpwd cuts 6", ""},
		"a long time": {with(func(f *verify.Factor) { f.Config.Period, f.Config.Skew = 60, 2 }),
			"takes a code for 5m0s", ""},
	} {
		f := withVerify(t)
		f.AskVerify(t.Context(), row.api)
		found, err := verifyWell(f)
		if row.want == "" && len(found) > 0 ||
			row.want != "" && (len(found) != 1 || !strings.Contains(found[0].What, row.want)) {
			t.Errorf("%s: %+v, want %q", name, found, row.want)
		}
		if (err != nil) != (row.unseen != "") || err != nil && !strings.Contains(err.Error(), row.unseen) {
			t.Errorf("%s: unseen %v, want %q", name, err, row.unseen)
		}
	}
	f := withVerify(t)
	f.UsersFile.Value = map[string]provider.Person{"bob": f.Accounts.Value[0].Person}
	f.Accounts = Known[[]Account]{Err: errors.New("no REST API")}
	f.AskVerify(t.Context(), with(func(f *verify.Factor) { f.Status = "unverified" }))
	if found, err := verifyWell(f); len(found) != 1 || found[0].Where != `account "bob"` || err == nil ||
		!strings.Contains(err.Error(), "no REST API") {
		t.Errorf("without SFTPGo: %+v, %v", found, err)
	}
	f = facts(recipe())
	f.Verify.Err = errors.New("never asked")
	if found, err := verifyWell(f); found != nil || err != nil {
		t.Errorf("without Twilio Verify: %v, %v", found, err)
	}
}

// TestVerifyLimit: doctor says where one address can use up somebody else's codes.
func TestVerifyLimit(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		window              time.Duration
		perAccountIP, perIP int
		want                string
	}{
		"by default":       {15 * time.Minute, 10, 100, ""},
		"off":              {15 * time.Minute, 0, 0, "50 tries and more"},
		"by address alone": {15 * time.Minute, 0, 100, "400 tries"},
		"a short window":   {5 * time.Minute, 10, 100, "120 tries"},
		"strict":           {time.Hour, 5, 0, ""},
	} {
		f := withVerify(t)
		l := &f.Config.Value.Hookd.Lockout
		l.Window, l.PerAccountIP, l.PerIP = row.window, row.perAccountIP, row.perIP
		found, _ := verifyLimit(f)
		if row.want == "" && len(found) > 0 ||
			row.want != "" && (len(found) != 1 || !strings.Contains(found[0].What, row.want)) {
			t.Errorf("%s: %+v, want %q", name, found, row.want)
		}
	}
	if found, _ := verifyLimit(facts(recipe())); len(found) > 0 {
		t.Errorf("without Twilio Verify: %+v", found)
	}
}

// TestWhoJudgesAtTwilio: a mock that was left in is named, and so is the way out.
func TestWhoJudgesAtTwilio(t *testing.T) {
	t.Parallel()
	f := withVerify(t)
	if found, _ := judges(f); len(found) > 0 {
		t.Errorf("Twilio itself: %+v", found)
	}
	f.Config.Value.Verify.URL = "http://127.0.0.1:8880"
	found, _ := judges(f)
	if len(found) != 1 || found[0].Severity != Critical || !strings.Contains(found[0].What, "not by Twilio Verify") {
		t.Errorf("a mock: %+v", found)
	}
	f.Verify.Err = fmt.Errorf("verify %w", exchange.ErrNoAnswer)
	found, err := wayOut(f)
	if err != nil || len(found) != 1 || found[0].Where != "way out to Twilio Verify" ||
		!strings.Contains(found[0].Line, "127.0.0.1:8880") {
		t.Errorf("silence: %+v, %v", found, err)
	}
}
