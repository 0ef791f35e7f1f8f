package hookd

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// monitored returns the address for monitoring that a hookd logged.
func monitored(t *testing.T, out *output) string {
	t.Helper()
	for line := range strings.Lines(out.String()) {
		var entry struct {
			Msg  string
			Addr string `json:"admin_addr"`
		}
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "listening" {
			return entry.Addr
		}
	}
	t.Fatalf("it does not say where it listens: %s", out)
	return ""
}

// TestMonitoringHasAnAddressOfItsOwn: whoever may reach it reaches no hook, and whoever may reach
// the hooks sees no metrics. It answers until the last login has ended.
func TestMonitoringHasAnAddressOfItsOwn(t *testing.T) {
	t.Parallel()
	asked, release := make(chan struct{}), make(chan struct{})
	provider := authytest.New(t, holding(asked, release))
	file := filepath.Join(t.TempDir(), "config.yaml")
	writeConfig(t, file, "hookd: {admin_listen: '127.0.0.1:0', dial_ahead: false}\n")
	addr, out, stop := daemon(t, []string{"-listen", "127.0.0.1:0", "-config", file}, "AUTHY_API_URL="+provider.URL)
	if addr == "" {
		t.Fatal(out)
	}
	at := monitored(t, out)
	for path, want := range map[string]struct{ hooks, monitoring int }{
		"/healthz": {200, 200}, "/readyz": {404, 200}, "/metrics": {404, 200}, "/prove": {404, 404},
		"/keyint": {405, 404}, "/extauth": {405, 404}, "/checkpwd": {405, 404}, "/": {404, 404},
	} {
		if got, _ := ask(t, "GET", "http://"+addr+path, "", ""); got != want.hooks {
			t.Errorf("%s beside the hooks: %d, want %d", path, got, want.hooks)
		}
		if got, _ := ask(t, "GET", "http://"+at+path, "", ""); got != want.monitoring {
			t.Errorf("%s at the address of its own: %d, want %d", path, got, want.monitoring)
		}
	}
	if got, _ := ask(t, "POST", "http://"+at+"/metrics", "", ""); got != 405 {
		t.Errorf("POST /metrics: %d, want 405", got)
	}

	answered := make(chan string)
	go func() {
		_, body := ask(t, "POST", "http://"+addr+"/checkpwd", asJSON, `{"username":"ann","password":"secret1234567"}`)
		answered <- body
	}()
	<-asked
	stopped := make(chan int)
	go func() { stopped <- stop() }()
	for { // until it has noticed
		status, body := ask(t, "GET", "http://"+at+"/readyz", "", "")
		if status == 503 && strings.Contains(body, "hookd is stopping") {
			break
		}
	}
	close(release)
	<-answered
	if code := <-stopped; code != 0 {
		t.Errorf("exits %d", code)
	}
}

// TestMonitoringSpeaksTLSAsTheHooksDo: with one certificate for both, and none asked of clients.
func TestMonitoringSpeaksTLSAsTheHooksDo(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.server(t, "hookd")
	file := a.path("config.yaml")
	writeConfig(t, file, "hookd: {admin_listen: '127.0.0.1:0', tls: {cert_file: "+a.path("hookd.crt")+", key_file: "+
		a.path("hookd.key")+"}}\n")
	addr, out, _ := daemon(t, []string{"-listen", "127.0.0.1:0", "-config", file})
	if addr == "" {
		t.Fatal(out)
	}
	res, err := a.client(t, "").Get("https://" + monitored(t, out) + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 {
		t.Error(res.Status)
	}
}

func TestHookdDoesNotStartWithoutItsAddressForMonitoring(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config.yaml")
	writeConfig(t, file, "hookd: {admin_listen: '192.0.2.1:1'}\n") // of no machine
	addr, out, stop := daemon(t, []string{"-listen", "127.0.0.1:0", "-config", file})
	if addr != "" || stop() != 1 || !strings.Contains(out.String(), "hookd.admin_listen: listen tcp") {
		t.Errorf("got %s", out)
	}
}

// TestTheSecretIsChangedWithoutAnOutage: both secrets are accepted for as long as both files are
// named, and the metrics say when nobody sends the old one any more.
func TestTheSecretIsChangedWithoutAnOutage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config, secret, previous := filepath.Join(
		dir,
		"c.yaml",
	), filepath.Join(
		dir,
		"secret",
	), filepath.Join(
		dir,
		"previous",
	)
	const first = "hookd: {secret_file: SECRET}\n"
	put := func(text string) {
		writeConfig(t, config, strings.NewReplacer("SECRET", secret, "OLD", previous).Replace(text))
	}
	put(first)
	writeConfig(t, secret, "old\n")
	reload := make(chan struct{})
	addr, out, _ := reloadable(t, reload, []string{"-listen", "127.0.0.1:0", "-config", config})
	if addr == "" {
		t.Fatal(out)
	}
	expect := func(when string, want map[string]int) {
		t.Helper()
		for secret, status := range want {
			if got, _ := ask(t, "POST", "http://"+addr+"/checkpwd", asJSON, `{"username":"ann","password":"x"}`,
				secret); got != status {
				t.Errorf("%s: %q: %d, want %d", when, secret, got, status)
			}
		}
	}
	again := func() { reload <- struct{}{}; out.await(t, `"msg":"reloaded"`) }
	expect("at first", map[string]int{"old": 200, "new": 401})
	if err := os.Rename(secret, previous); err != nil {
		t.Fatal(err)
	}
	writeConfig(t, secret, "new\n")
	put("hookd: {secret_file: SECRET, previous_secret_file: OLD}\n")
	again()
	expect("while it is changed", map[string]int{"old": 200, "new": 200, "other": 401, "": 401})
	_, metrics := ask(t, "GET", "http://"+addr+"/metrics", "", "")
	for _, want := range []string{`{caller="known"} 2`, `{caller="previous_secret"} 1`, `{caller="refused"} 3`} {
		if !strings.Contains(metrics, "authy_hooks_calls_total"+want+"\n") {
			t.Errorf("the metrics do not have %s: %s", want, metrics)
		}
	}
	if strings.Contains(out.String(), "old") {
		t.Errorf("the log tells a secret: %s", out)
	}
	put(first)
	again()
	expect("afterwards", map[string]int{"old": 401, "new": 200})
	put("hookd: {previous_secret_file: OLD}\n")
	reload <- struct{}{}
	out.await(t, "hookd.previous_secret_file: stands there without a secret")
}
