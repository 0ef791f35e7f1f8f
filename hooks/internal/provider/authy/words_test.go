package authy

import (
	"net/http"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// TestErrorsSayWhatToDo: each of the errors that people meet has a hint of its own.
func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for code, c := range map[string]struct {
		status           int
		hint             string
		limited, rejects bool
	}{
		"60001": {401, "the API key is not that of an Authy app", false, true},
		"60026": {404, "enroll the account again", false, false},
		"60003": {400, "wait a minute", true, false},
		"60099": {429, "wait a minute", true, false},
		"60031": {400, "", false, false},
	} {
		e := &APIError{Status: c.status, Code: code, Message: "m"}
		_, hint, hinted := strings.Cut(e.Error(), "; ")
		if hinted != (c.hint != "") || !strings.Contains(hint, c.hint) ||
			e.Limited() != c.limited || e.RejectsKey() != c.rejects {
			t.Errorf("%s: %q, limited %v, rejects our key %v", code, e, e.Limited(), e.RejectsKey())
		}
	}
}

// TestWhatIsAsked: a code is sent also to whoever has the app where a login wants that, a label
// goes along where there is one, and a form says that it is one.
func TestWhatIsAsked(t *testing.T) {
	t.Parallel()
	var form, kind string
	api := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		form, kind = r.PostForm.Encode(), r.Header.Get("Content-Type")
		_, _ = w.Write([]byte(`{"success":true}`))
	})
	c, err := New(Options{URL: api.URL, Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SendCode(t.Context(), id, "sms"); err != nil || kind != "" {
		t.Errorf("a code: %v, type %q", err, kind)
	}
	for label, want := range map[string]string{"": "qr_size=300", "ann": "label=ann&qr_size=300"} {
		_, err := c.Secret(t.Context(), id, label)
		if err != nil || form != want || kind != "application/x-www-form-urlencoded" {
			t.Errorf("label %q: %v, form %q of type %q", label, err, form, kind)
		}
	}
	if _, err := c.Send(t.Context(), id, "call", false); err != nil {
		t.Fatal(err)
	}
	seen := api.Seen()
	if seen[0] != "/protected/json/sms/1000?force=true" || seen[3] != "/protected/json/call/1000" {
		t.Errorf("asked %q", seen)
	}
}
