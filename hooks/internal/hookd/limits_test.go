package hookd

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// login asks checkpwd with a code and returns what it says.
func login(t *testing.T, addr, code string) string {
	t.Helper()
	_, body := ask(t, "POST", "http://"+addr+"/checkpwd", "application/json",
		`{"username":"ann","password":"secret`+code+`"}`)
	return body
}

const (
	denied = `{"status":0,"to_verify":""}`
	passed = `{"status":2,"to_verify":"secret"}`
)

// TestSilenceIsNotWaitedFor: after some calls without answer Authy is left alone for a while, and
// /metrics says so.
func TestSilenceIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	provider := authytest.Says(t, http.StatusServiceUnavailable, "<html>")
	config := filepath.Join(t.TempDir(), "config.yaml")
	writeConfig(t, config, "hookd: {breaker_failures: 3, breaker_pause: 5m}")
	reload := make(chan struct{})
	addr, out, _ := reloadable(t, reload, []string{"-listen", "127.0.0.1:0", "-config", config},
		"AUTHY_API_URL="+provider.URL)
	for range 8 {
		if got := login(t, addr, "1234567"); got != denied {
			t.Errorf("got %s", got)
		}
	}
	if n := len(provider.Seen()); n != 3 {
		t.Errorf("Authy was asked %d times, want 3", n)
	}
	if n := strings.Count(out.String(), `"reason":"provider_unreachable"`); n != 8 {
		t.Errorf("%d of 8 are called provider_unreachable: %s", n, out)
	}
	_, metrics := ask(t, "GET", "http://"+addr+"/metrics", "", "")
	for _, line := range []string{
		`authy_hooks_breaker_open{provider="authy"} 1`,
		`authy_hooks_attempts_total{hook="checkpwd",outcome="denied",reason="provider_unreachable"} 8`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("metrics lack %s", line)
		}
	}
	// A new configuration asks Authy anew.
	reload <- struct{}{}
	out.await(t, `"msg":"reloaded"`)
	if _, metrics := ask(t, "GET", "http://"+addr+"/metrics", "", ""); !strings.Contains(metrics,
		`authy_hooks_breaker_open{provider="authy"} 0`) {
		t.Error("after a reload the metrics still show the breaker of the configuration before")
	}
}

// TestOwnLimitIsNoSilence: one call too many is refused although silence would pass.
func TestOwnLimitIsNoSilence(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}), make(chan struct{})
	provider := authytest.New(t, holding(asked, release))
	config := filepath.Join(t.TempDir(), "config.yaml")
	writeConfig(t, config, "on_no_answer: allow\nhookd: {max_calls: 1}")
	addr, out, _ := daemon(t, []string{"-listen", "127.0.0.1:0", "-config", config}, "AUTHY_API_URL="+provider.URL)
	var first string
	var wait sync.WaitGroup
	wait.Go(func() { first = login(t, addr, "1234567") })
	<-asked
	if got := login(t, addr, "7654321"); got != denied ||
		!strings.Contains(out.String(), `"reason":"provider_limited"`) {
		t.Errorf("got %s: %s", got, out)
	}
	close(release)
	wait.Wait()
	if first != passed {
		t.Errorf("the first: got %s", first)
	}
}

// TestMetricsTellProvidersApart where a house is on its way from one to the other.
func TestMetricsTellProvidersApart(t *testing.T) {
	t.Parallel()
	silent := authytest.Says(t, http.StatusServiceUnavailable, "<html>")
	config := filepath.Join(t.TempDir(), "config.yaml")
	users := filepath.Join(t.TempDir(), "users")
	writeConfig(t, users, "ann: verify/identity-of-ann/YF00000000000000000000000000000001\n")
	writeConfig(t, config, "provider: authy\ncheckpwd: {separator: '#'}\n"+
		"hookd: {breaker_failures: 1, breaker_pause: 5m}\nverify:\n  url: "+silent.URL+"\n  secret: s\n"+
		"  account_sid: AC00000000000000000000000000000001\n  service_sid: VA00000000000000000000000000000001\n")
	addr, out, _ := daemon(t, []string{"-listen", "127.0.0.1:0", "-config", config},
		"AUTHY_API_URL="+authytest.Says(t, http.StatusOK, authytest.Valid).URL, "AUTHY_USERS_FILE="+users)
	if addr == "" {
		t.Fatal(out)
	}
	login(t, addr, "#123456")
	_, metrics := ask(t, "GET", "http://"+addr+"/metrics", "", "")
	for _, line := range []string{
		`authy_hooks_breaker_open{provider="authy"} 0`, `authy_hooks_breaker_open{provider="verify"} 1`,
		`authy_hooks_connections_total{fate="direct",provider="authy"} 0`,
		`authy_hooks_connections_total{fate="direct",provider="verify"} 1`,
		`authy_hooks_spare_connections{provider="authy"} 0`,
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("metrics lack %s", line)
		}
	}
}
