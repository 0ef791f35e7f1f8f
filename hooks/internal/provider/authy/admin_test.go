package authy_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

func TestAUserIsEnrolledLookedAtAndRemoved(t *testing.T) {
	t.Parallel()
	mock := mockauthytest.New(t)
	c, err := authy.New(authy.Options{URL: mock.URL, Key: mock.Key})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	app, err := c.App(ctx)
	if err != nil || app.Name == "" {
		t.Errorf("app: %+v, %v", app, err)
	}
	id, err := c.NewUser(ctx, "ann@example.test", "212-555-0199", "1")
	if err != nil || id.IsZero() {
		t.Fatalf("new user: %v, %v", id, err)
	}
	if again, err := c.NewUser(ctx, "ann@example.test", "2125550199", "1"); err != nil || again != id {
		t.Errorf("the same phone: %v, %v; want %v", again, err, id)
	}
	user, err := c.User(ctx, id)
	if err != nil || user.Country != 1 || !strings.HasSuffix(user.Phone, "0199") {
		t.Errorf("status: %+v, %v", user, err)
	}
	if sent, err := c.Send(ctx, id, "sms", true); err != nil || sent.Ignored || sent.Cellphone == "" {
		t.Errorf("sms: %+v, %v", sent, err)
	}
	if n := len(mock.Outbox(mockapi.OutboxQuery{})); n != 1 {
		t.Errorf("%d messages were sent, want 1", n)
	}
	if secret, err := c.Secret(ctx, id, "ann@files"); err != nil || secret.URL == "" {
		t.Errorf("secret: %+v, %v", secret, err)
	}
	if err := c.RemoveUser(ctx, id); err != nil {
		t.Errorf("remove: %v", err)
	}
	if _, err := c.User(ctx, id); err == nil || !strings.Contains(err.Error(), "60026") {
		t.Errorf("after removal: %v", err)
	}
}

func TestRefusalsOfAuthySayWhatToDo(t *testing.T) {
	t.Parallel()
	mock := mockauthytest.New(t)
	c, err := authy.New(authy.Options{URL: mock.URL, Key: "secret-wrong-key"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.App(t.Context())
	if err == nil || !strings.Contains(err.Error(), "60001") || strings.Contains(err.Error(), "secret-wrong") {
		t.Errorf("a wrong key: %v", err)
	}
	if _, err := c.User(t.Context(), authy.ID{}); err == nil {
		t.Error("nobody has a status")
	}
	if _, err := c.Send(t.Context(), authy.ID{}, "sms", true); err == nil {
		t.Error("nobody gets a code")
	}
}

func TestAnswersThatAreNotAuthys(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a page":          "<html>hello</html>",
		"nothing":         "",
		"no success":      `{"app":{"name":"x"}}`,
		"success is no":   `{"success":false}`,
		"another shape":   `{"success":true,"app":[]}`,
		"a cut object":    `{"success":true`,
		"terminal escape": `{"error_code":"1","message":"\u001b[31mred","success":false}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = w.Write([]byte(body))
			}))
			defer server.Close()
			c, err := authy.New(authy.Options{URL: server.URL, Key: "k"})
			if err != nil {
				t.Fatal(err)
			}
			if app, err := c.App(t.Context()); err == nil || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("got %+v, %q", app, err)
			}
		})
	}
}
