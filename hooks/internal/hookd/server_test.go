package hookd

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// everybody is an accounts and provider that let everybody in.
type everybody struct{}

func (everybody) Lookup(context.Context, gate.Account) (gate.Found, error) {
	id, err := authy.ParseID("1000")
	return gate.Found{Person: id, Mapped: true}, err
}

func (everybody) Verify(context.Context, provider.Person, otp.Code) provider.Answer {
	return provider.Answer{Result: provider.Right, Status: 200}
}

// start serves the hooks with a secret, "" for none.
func start(t *testing.T, secret string) (url string, log *bytes.Buffer) {
	t.Helper()
	log = &bytes.Buffer{}
	memory := &memory.Logins{Store: inprocess.New(time.Now), Now: time.Now}
	login := &hook.Login{
		Door: audit.HTTP, Gate: &gate.Gate{Accounts: everybody{}, Provider: everybody{}, Memory: memory},
		Audit:    audit.NewLog(log),
		Settings: hook.Settings{CodeLength: 7, PasswordQuestion: "Password: ", CodeQuestion: "Authy code: "},
		Now:      time.Now, NewID: func() string { return "x" },
	}
	server := httptest.NewServer(New(Options{
		Login: login, Secret: secret, Address: memory.Address,
		Monitoring: routes{"/metrics": get(newMetrics().handler().ServeHTTP)}, Log: slog.New(slog.DiscardHandler),
	}))
	t.Cleanup(server.Close)
	return server.URL, log
}

// ask makes a request and returns status and body.
func ask(t *testing.T, method, url, kind, body string, secrets ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for _, s := range secrets {
		req.Header.Add(SecretHeader, s)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, strings.TrimSpace(string(text))
}

const asJSON = "application/json"

var requests = map[string]struct{ body, yes, no string }{
	"/keyint": {`{"step":3,"username":"ann","questions":["Authy code: "],"answers":["1234567"]}`, `{"auth_result":1}`,
		`{"auth_result":-1}`},
	"/extauth": {`{"username":"ann","password":"1234567","user":{"username":"ann","status":1}}`,
		`{"username":"ann","status":1}`, `{"username":""}`},
	"/checkpwd": {`{"username":"ann","password":"secret1234567"}`, `{"status":2,"to_verify":"secret"}`,
		`{"status":0,"to_verify":""}`},
}

func TestOnlySFTPGoMayAsk(t *testing.T) {
	t.Parallel()
	for path, r := range requests {
		for name, c := range map[string]struct {
			method, kind, body string
			secrets            []string
			status             int
		}{
			"right":                  {"POST", asJSON, r.body, []string{"s3cret"}, 200},
			"right, with a charset":  {"POST", asJSON + "; charset=utf-8", r.body, []string{"s3cret"}, 200},
			"no secret":              {"POST", asJSON, r.body, nil, 401},
			"wrong secret":           {"POST", asJSON, r.body, []string{"s3creT"}, 401},
			"empty secret":           {"POST", asJSON, r.body, []string{""}, 401},
			"longer secret":          {"POST", asJSON, r.body, []string{"s3cret2"}, 401},
			"two secrets":            {"POST", asJSON, r.body, []string{"s3cret", "x"}, 401},
			"get":                    {"GET", asJSON, "", []string{"s3cret"}, 405},
			"put":                    {"PUT", asJSON, r.body, []string{"s3cret"}, 405},
			"form":                   {"POST", "application/x-www-form-urlencoded", r.body, []string{"s3cret"}, 415},
			"no type":                {"POST", "", r.body, []string{"s3cret"}, 415},
			"text":                   {"POST", "text/plain", r.body, []string{"s3cret"}, 415},
			"empty":                  {"POST", asJSON, "", []string{"s3cret"}, 400},
			"null":                   {"POST", asJSON, "null", []string{"s3cret"}, 400},
			"list":                   {"POST", asJSON, "[" + r.body + "]", []string{"s3cret"}, 400},
			"two":                    {"POST", asJSON, r.body + r.body, []string{"s3cret"}, 400},
			"cut":                    {"POST", asJSON, r.body[:20], []string{"s3cret"}, 400},
			"wrong type of a field":  {"POST", asJSON, `{"username":{}}`, []string{"s3cret"}, 400},
			"large":                  {"POST", asJSON, r.body + strings.Repeat(" ", maxBody), []string{"s3cret"}, 413},
			"get without the secret": {"GET", "", "", nil, 401},
		} {
			t.Run(path[1:]+"/"+name, func(t *testing.T) {
				t.Parallel()
				url, log := start(t, "s3cret")
				status, body := ask(t, c.method, url+path, c.kind, c.body, c.secrets...)
				want := r.no
				if c.status == 200 {
					want = r.yes
				}
				if status != c.status || body != want {
					t.Errorf("got %d %s, want %d %s", status, body, c.status, want)
				}
				if lines := strings.Count(log.String(), "\n"); lines != map[bool]int{true: 1}[c.status == 200] {
					t.Errorf("audit: %s", log)
				}
			})
		}
	}
}

func TestOtherPaths(t *testing.T) {
	t.Parallel()
	url, _ := start(t, "")
	for _, path := range []string{"/", "/keyint/", "/checkpwd/x", "/metrics", "/extauth%2f", "//extauth"} {
		if status, body := ask(t, "POST", url+path, asJSON, requests["/extauth"].body); status == 200 {
			t.Errorf("%s: got 200 %q", path, body)
		}
	}
	if status, body := ask(t, "GET", url+"/healthz", "", ""); status != 200 || body != "ok" {
		t.Errorf("/healthz: got %d %s", status, body)
	}
}

// TestCodesOpenOneDoor: a code that was accepted is refused by every hook, though the provider
// would take it.
func TestCodesOpenOneDoor(t *testing.T) {
	t.Parallel()
	for first := range requests {
		url, log := start(t, "")
		if status, body := ask(t, "POST", url+first, asJSON, requests[first].body); status != 200 ||
			body != requests[first].yes {
			t.Errorf("%s: got %d %s", first, status, body)
		}
		for path, r := range requests {
			if status, body := ask(t, "POST", url+path, asJSON, r.body); status != 200 || body != r.no {
				t.Errorf("%s after %s: got %d %s", path, first, status, body)
			}
		}
		if n := strings.Count(log.String(), `"reason":"code_reused"`); n != 3 {
			t.Errorf("audit: %s", log)
		}
	}
}

// TestAddressOfLaterSteps: SFTPGo says where a login comes from in the first step; the audit of the
// last knows it.
func TestAddressOfLaterSteps(t *testing.T) {
	t.Parallel()
	url, log := start(t, "")
	ask(t, "POST", url+"/keyint", asJSON, `{"request_id":"r","step":1,"username":"ann","ip":"192.0.2.7"}`)
	ask(t, "POST", url+"/keyint", asJSON,
		`{"request_id":"r","step":2,"username":"ann","questions":["Password: "],"answers":["OK"]}`)
	ask(t, "POST", url+"/keyint", asJSON,
		`{"request_id":"r","step":3,"username":"ann","questions":["Authy code: "],"answers":["1234567"]}`)
	if !strings.Contains(log.String(), `"ip":"192.0.2.7"`) || !strings.Contains(log.String(), `"id":"r"`) {
		t.Errorf("audit: %s", log)
	}
}
