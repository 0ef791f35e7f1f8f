package authy

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// TestDefaultIsAuthy: without a URL it is Authy that is asked, over TLS, and nothing that is no URL
// of an API is.
func TestDefaultIsAuthy(t *testing.T) {
	t.Parallel()
	c, err := New(Options{Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nobody is dialled; the error names who would have been
	if _, err := c.App(ctx); err == nil || !strings.Contains(err.Error(), " api.authy.com") {
		t.Errorf("got %v", err)
	}
	for _, url := range []string{"ftp://x", "https://", "x", "https://user:secret@x", "https://x/y", "https://x?y",
		"https://x#y", "https:x", "%", "https://x:65536", "https://x:0"} {
		if _, err := New(Options{URL: url}); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
}

// TestNobodyIsAskedAbout: calls without a person, a code or a question are not made.
func TestNobodyIsAskedAbout(t *testing.T) {
	t.Parallel()
	server := authytest.Says(t, 200,
		`{"token":"is valid","success":"true","approval_request":{"status":"approved","uuid":""}}`)
	c, err := New(Options{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if a, got := c.RequestApproval(ctx, ID{},
		provider.Question{Message: "m", Life: time.Second}); got.Result != provider.Refused || a != nil {
		t.Errorf("approval of nobody: %+v, %+v", a, got)
	}
	if status, got := c.Approval(ctx, Approval{}); got.Result != provider.Refused || status != "" {
		t.Errorf("no approval: %q, %+v", status, got)
	}
	if _, err := c.Send(ctx, id, "email", true); err == nil || !strings.Contains(err.Error(), `"email"`) {
		t.Errorf("a code by e-mail: %v", err)
	}
	if _, err := c.Send(ctx, id, "../users/1000/remove?", true); err == nil {
		t.Error("a way to send is a path")
	}
	if seen := server.Seen(); len(seen) > 0 {
		t.Errorf("asked %v", seen)
	}
}

// TestRefusedRegistrationIsNobody: whoever Authy does not register has no id.
func TestRefusedRegistrationIsNobody(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		authytest.Error("60027"):                     "error 60027",
		`{"user":{"id":"12/34"},"success":true}`:     "",
		`{"user":{"id":0},"success":true}`:           "",
		`{"success":true}`:                           "",
		`{"user":{"id":12345678901},"success":true}`: "",
	} {
		c, err := New(Options{URL: authytest.Says(t, 200, body).URL})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.NewUser(t.Context(), "a@x.test", "2025550123", "1"); err == nil || !got.IsZero() ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v", body, got, err)
		}
	}
	c, err := New(Options{URL: authytest.Nobody(t)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.NewUser(t.Context(), "a@x.test", "2025550123", "1"); err == nil ||
		!strings.Contains(err.Error(), "; check api_url") {
		t.Errorf("nobody answers: %v", err)
	}
}

// TestPushThatIsHungUpOn: whoever hangs up while Authy is asked has not made Authy silent.
func TestPushThatIsHungUpOn(t *testing.T) {
	t.Parallel()
	ctx, hangUp := context.WithCancel(t.Context())
	server := authytest.New(t, func(_ http.ResponseWriter, r *http.Request) {
		hangUp()
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	c, err := New(Options{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	if _, got := c.RequestApproval(ctx, id,
		provider.Question{Message: "m", Life: time.Second}); got.Result != provider.Limited {
		t.Errorf("request: %+v, want limited", got)
	}
	if _, got := c.Approval(ctx, Approval{uuid}); got.Result != provider.Limited {
		t.Errorf("look: %+v, want limited", got)
	}
}

// TestCodesAreNotPrinted: whichever way somebody prints one.
func TestCodesAreNotPrinted(t *testing.T) {
	t.Parallel()
	code, err := otp.ParseCode("1234567")
	if err != nil {
		t.Fatal(err)
	}
	if got := code.String() + fmt.Sprint(code) +
		fmt.Sprintf("%#v %d", code, []otp.Code{code}); strings.Contains(got, "123") {
		t.Errorf("printed %s", got)
	}
}
