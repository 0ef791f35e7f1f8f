package verify

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/hooks/internal/provider/exchange"
)

// factor is what Twilio answers about a factor; extra stands in front.
func factor(sid, status, extra string) string {
	return fmt.Sprintf(
		`{%s"sid":%q,"account_sid":%q,"service_sid":%q,"entity_sid":"YE00000000000000000000000000000001",`+
			`"identity":%q,"date_created":"2026-11-27T06:00:00Z","friendly_name":"ann","status":%q,`+
			`"factor_type":"totp",`+
			`"config":{"alg":"sha1","skew":1,"code_length":6,"time_step":30},"metadata":null,"url":"u"}`,
		extra,
		sid,
		account,
		service,
		identity,
		status,
	)
}

const binding = `"binding":{"secret":"JBSWY3DPEHPK3PXP","uri":"otpauth://totp/Files:ann?secret=JBSWY3DPEHPK3PXP"},`

// TestLife: a factor is made, shown a code, looked at, listed and deleted, each by one request.
func TestLife(t *testing.T) {
	t.Parallel()
	var asked []string
	api := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		path := strings.TrimPrefix(r.URL.Path, "/v2/Services/"+service)
		asked = append(asked, r.Method+" "+path+" "+r.PostForm.Encode())
		status := "unverified"
		switch {
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusNoContent)
		case path == "":
			fmt.Fprintf(w, `{"sid":%q,"friendly_name":"Files"}`, service)
		case r.Method == http.MethodPost && strings.HasSuffix(path, "/Factors"):
			w.WriteHeader(http.StatusCreated)
			fmt.Fprint(w, factor(sid, status, binding))
		case strings.HasSuffix(path, "/Factors") && r.URL.Query().Get("Page") == "":
			fmt.Fprintf(w, `{"factors":[%s],"meta":{"key":"factors",`+
				`"next_page_url":"https://elsewhere.example/x?PageSize=50&Page=1&PageToken=PT1"}}`, factor(sid,
				"verified", ""))
		case strings.HasSuffix(path, "/Factors"):
			fmt.Fprintf(w, `{"factors":[%s],"meta":{"key":"factors","next_page_url":null}}`, factor(bobSID, status, ""))
		default:
			if r.PostForm.Get("AuthPayload") == "123456" {
				status = "verified"
			}
			fmt.Fprint(w, factor(sid, status, ""))
		}
	})
	c, ctx := client(t, api.URL), t.Context()
	if s, err := c.Service(ctx); err != nil || s.SID != service || s.Name != "Files" {
		t.Errorf("service: %+v, %v", s, err)
	}
	made, err := c.CreateFactor(
		ctx,
		NewFactor{Identity: identity, Name: strings.Repeat("é", 65), Secret: "JBSWY3DPEHPK3PXP"},
	)
	if err != nil || made.SID != sid || made.Binding.Secret != "JBSWY3DPEHPK3PXP" || made.Verified() {
		t.Errorf("made %+v, %v", made, err)
	}
	for digits, right := range map[string]bool{"123456": true, "654321": false} {
		if f, err := c.VerifyFactor(ctx, ann, typed(t, digits)); err != nil || f.Verified() != right {
			t.Errorf("%s: %+v, %v", digits, f, err)
		}
	}
	f, err := c.Factor(ctx, ann)
	if err != nil || f.Verified() || f.Config != (Config{"sha1", 6, 30, 1}) {
		t.Errorf("look: %+v, %v", f, err)
	}
	if all, err := c.Factors(ctx, identity); err != nil || len(all) != 2 || all[0].SID != sid || all[1].SID != bobSID {
		t.Errorf("list: %+v, %v", all, err)
	}
	if err := c.DeleteFactor(ctx, ann); err != nil {
		t.Errorf("delete: %v", err)
	}
	mine := "/Entities/" + identity + "/Factors"
	if asked[1] != "POST "+mine+" Binding.Secret=JBSWY3DPEHPK3PXP&Config.Alg=sha1&Config.CodeLength=6&Config.Skew=1&"+
		"Config.TimeStep=30&FactorType=totp&FriendlyName="+strings.Repeat("%C3%A9", 64) ||
		asked[4] != "GET "+mine+"/"+sid+" " || asked[7] != "DELETE "+mine+"/"+sid+" " || len(asked) != 8 {
		t.Errorf("asked %q", asked)
	}
}

// TestErrorsSayWhatToDo: each of the errors that people meet has a hint of its own.
func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for code, row := range map[int]struct {
		status           int
		hint             string
		limited, rejects bool
	}{
		20003: {401, "verify.secret is not that of", false, true},
		70051: {403, "or may not use Verify", false, true},
		20404: {404, "enroll the account again", false, false},
		60318: {403, "enroll the account again", false, false},
		60310: {429, "wait, as Twilio counts", true, false},
		60326: {429, "wait, as Twilio counts", true, false},
		60315: {400, "", false, false},
	} {
		_, err := client(t, authytest.Says(t, row.status, failure(row.status, code)).URL).Factor(t.Context(), ann)
		var e *APIError
		if !errors.As(err, &e) {
			t.Errorf("%d: %v", code, err)
			continue
		}
		_, hint, hinted := strings.Cut(e.Error(), "; ")
		if hinted != (row.hint != "") || !strings.Contains(hint, row.hint) || e.Limited() != row.limited ||
			e.RejectsKey() != row.rejects || e.NotFound() != (row.status == 404) {
			t.Errorf("%d: %q, limited %v, rejects our key %v", code, e, e.Limited(), e.RejectsKey())
		}
	}
}

// TestStrangeAnswers: what is no answer of Twilio's is an error that names the setting, and nobody
// else's factor is taken for ours.
func TestStrangeAnswers(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		status int
		body   string
		want   string
	}{
		"HTML":                  {200, "<html>", "no JSON of its own"},
		"cut":                   {200, `{"sid":`, "no JSON of its own"},
		"a redirect":            {302, `{}`, "without saying why"},
		"a list":                {200, `[]`, "no JSON of its own"},
		"another shape":         {200, `{"sid":7}`, "another shape"},
		"another factor":        {200, factor(bobSID, "verified", ""), "another shape"},
		"no content, but a GET": {204, "", "no JSON of its own"},
	} {
		f, err := client(t, authytest.Says(t, row.status, row.body).URL).Factor(t.Context(), ann)
		if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), "verify.url") {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	_, err := client(t, authytest.Says(t, 201, factor(sid, "unverified", "")).URL).
		CreateFactor(t.Context(), NewFactor{Identity: identity})
	if !errors.Is(err, errShape) {
		t.Errorf("a factor without its secret: %v", err)
	}
	if _, err := client(t, authytest.Nobody(t)).Service(t.Context()); !errors.Is(err, exchange.ErrNoAnswer) {
		t.Errorf("silence: %v", err)
	}
}

// TestNobodyIsAskedAbout: calls whose path would not be sound are not made.
func TestNobodyIsAskedAbout(t *testing.T) {
	t.Parallel()
	api := authytest.Says(t, 200, factor(sid, "verified", binding))
	c, ctx := client(t, api.URL), t.Context()
	_, create := c.CreateFactor(ctx, NewFactor{Identity: "../../x"})
	_, list := c.Factors(ctx, identity+"/..")
	_, look := c.Factor(ctx, Ref{})
	_, verify := c.VerifyFactor(ctx, ann, otp.Code{})
	for name, err := range map[string]error{
		"create": create, "list": list, "look": look, "verify": verify, "delete": c.DeleteFactor(ctx, Ref{}),
	} {
		if err == nil {
			t.Errorf("%s: was made", name)
		}
	}
	if got := c.Verify(ctx, Ref{}, typed(t, "123456")); got != (provider.Answer{Result: provider.Refused}) {
		t.Errorf("a code of nobody: %+v", got)
	}
	if seen := api.Seen(); len(seen) > 0 {
		t.Errorf("asked %q", seen)
	}
}

// TestNobodyHasNoFactors: an identity that Twilio does not know is no error of a list.
func TestNobodyHasNoFactors(t *testing.T) {
	t.Parallel()
	c := client(t, authytest.Says(t, 404, failure(404, 20404)).URL)
	if all, err := c.Factors(t.Context(), identity); err != nil || len(all) > 0 {
		t.Errorf("%+v, %v", all, err)
	}
}

// TestNewIdentity: what is drawn is an identity, and each another one.
func TestNewIdentity(t *testing.T) {
	t.Parallel()
	a, err := NewIdentity(strings.NewReader("0123456789abcdefghijklmnopqrstuv"))
	if err != nil || !IsIdentity(a) || a != "30313233343536373839616263646566" {
		t.Errorf("%q, %v", a, err)
	}
	if _, err := NewIdentity(strings.NewReader("short")); err == nil {
		t.Error("too little randomness is enough")
	}
}
