package hookd

import (
	"crypto/rand"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/redis"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

func TestMain(m *testing.M) {
	redis.Silence()
	os.Exit(m.Run())
}

// configured is daemon with a configuration file.
func configured(t *testing.T, text string, env ...string) (addr string, out *output, stop func() int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	writeConfig(t, path, text)
	return daemon(t, []string{"-listen", "127.0.0.1:0", "-config", path}, env...)
}

// TestConfigurationsThatCannotBeServed: hookd does not start half.
func TestConfigurationsThatCannotBeServed(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.server(t, "hookd")
	a.server(t, "open")
	if err := os.Chmod(a.path("open.key"), 0o644); err != nil {
		t.Fatal(err)
	}
	writeConfig(t, a.path("empty.pem"), "none\n")
	writeConfig(t, a.path("api.key"), "k.secret\n")
	files := func(cert, key, clients string) string {
		if clients != "" {
			clients = ", client_ca_file: " + a.path(clients)
		}
		return "hookd: {tls: {cert_file: " + a.path(cert) + ", key_file: " + a.path(key) + clients + "}}"
	}
	for name, c := range map[string]struct{ config, want string }{
		"no certificate":             {files("gone.crt", "hookd.key", ""), "hookd.tls.cert_file"},
		"no key":                     {files("hookd.crt", "gone.key", ""), "hookd.tls.key_file"},
		"a key that all may read":    {files("open.crt", "open.key", ""), "hookd.tls.key_file"},
		"no authority":               {files("hookd.crt", "hookd.key", "gone.pem"), "hookd.tls.client_ca_file"},
		"an authority without certs": {files("hookd.crt", "hookd.key", "empty.pem"), "holds no certificate"},
		"no authority of the API":    {"ca_file: " + a.path("gone.pem"), "ca_file"},
		"Redis at no address":        {"hookd: {redis_url: 'http://127.0.0.1'}", "redis_url: want redis://"},
		"SFTPGo at no address": {
			"account_sources: [additional_info]\nsftpgo_url: 'https://user:secret@127.0.0.1'\nsftpgo_api_key_file: " +
				a.path("api.key"), "sftpgo_url"},
		"an API that is none": {"api_url: 'ftp://127.0.0.1'", "api_url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var unset []string
			if strings.Contains(c.config, "api_url: ") {
				unset = []string{"AUTHY_API_URL="}
			}
			_, out, stop := configured(t, c.config, unset...)
			if code := stop(); code != 1 || !strings.Contains(out.String(), c.want) ||
				strings.Contains(out.String(), "listening") {
				t.Errorf("exits %d, says %q, want it to say %s", code, out, c.want)
			}
		})
	}
}

// TestStartsOnlyWhereItCan: an address that is taken or none, and randomness that ends.
func TestStartsOnlyWhereItCan(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for addr, want := range map[string]string{taken.Addr().String(): "address already in use",
		"8890": "want host:port"} {
		_, out, stop := daemon(t, []string{"-listen", addr})
		if code := stop(); code != 1 || !strings.Contains(out.String(), want) {
			t.Errorf("%s: exits %d, says %q, want it to say %s", addr, code, out, want)
		}
	}
	users := filepath.Join(t.TempDir(), "users")
	writeConfig(t, users, "ann: 1000\n")
	out := &output{}
	code := Main(t.Context(), Host{
		Args: []string{"-listen", "127.0.0.1:0"}, Env: []string{"AUTHY_API_KEY=k", "AUTHY_USERS_FILE=" + users},
		Stderr: out, Now: time.Now,
		Rand: io.LimitReader(rand.Reader, 31), // keys of 31 random bytes are not what was meant
	})
	if code != 1 || !strings.Contains(out.String(), "randomness: ") {
		t.Errorf("exits %d, says %q", code, out)
	}
	out = &output{}
	if code := Main(t.Context(), Host{Args: []string{"-help"}, Stdout: out}); code != 0 ||
		!strings.Contains(out.String(), "--healthcheck") {
		t.Errorf("help exits %d, says %q", code, out)
	}
}

// TestMisspeltVariablesAreWarnedAbout: nobody else would say that they do nothing.
func TestMisspeltVariablesAreWarnedAbout(t *testing.T) {
	t.Parallel()
	_, out, stop := daemon(t, []string{"--listen", "127.0.0.1:0"}, "AUTHY_AUDT=/x")
	stop()
	if !strings.Contains(out.String(), `"level":"WARN","msg":"environment: AUTHY_AUDT: no such variable`) {
		t.Errorf("says %s", out)
	}
}

// TestHealthcheckIsNotFooled: only a 200 of the address asked for is health.
func TestHealthcheckIsNotFooled(t *testing.T) {
	t.Parallel()
	sick := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer sick.Close()
	if err := Healthcheck(t.Context(), sick.Listener.Addr().String(), false); err == nil ||
		!strings.Contains(err.Error(), "503") {
		t.Errorf("a 503: %v", err)
	}
	if err := Healthcheck(t.Context(), "8890", false); err == nil || !strings.Contains(err.Error(), "want host:port") {
		t.Errorf("no host: %v", err)
	}
	if err := Healthcheck(t.Context(), "127.0.0.1:80 80", false); err == nil {
		t.Error("a port that is none is well")
	}
	addr, _, _ := daemon(t, []string{"-listen", "127.0.0.1:0"})
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	for _, everywhere := range []string{":" + port, "0.0.0.0:" + port, "[::]:" + port} {
		if err := Healthcheck(t.Context(), everywhere, false); err != nil {
			t.Errorf("%s, asked at 127.0.0.1: %v", everywhere, err)
		}
	}
}

// TestStoreThatIsGone: without the shared store nobody gets in and /readyz says so, unless the
// configuration goes on without it.
func TestStoreThatIsGone(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]struct {
		reply, reason string
		ready         int
	}{
		"deny":  {denied, `"outcome":"denied","reason":"store_unavailable"`, 503},
		"allow": {passed, `"outcome":"accepted","reason":"store_unavailable"`, 200},
	} {
		t.Run(policy, func(t *testing.T) {
			t.Parallel()
			provider := authytest.Says(t, 200, authytest.Valid)
			addr, out, _ := configured(t, "hookd: {redis_url: 'redis://127.0.0.1:1/0', on_store_failure: "+policy+"}",
				"AUTHY_API_URL="+provider.URL)
			if got := login(t, addr, "1234567"); got != want.reply || !strings.Contains(out.String(), want.reason) {
				t.Errorf("got %s, want %s and %s\n%s", got, want.reply, want.reason, out)
			}
			if status, _ := ask(t, "GET", "http://"+addr+"/readyz", "", ""); status != want.ready {
				t.Errorf("readyz %d, want %d", status, want.ready)
			}
			if status, _ := ask(t, "GET", "http://"+addr+"/healthz", "", ""); status != 200 {
				t.Errorf("healthz %d: a restart would not bring the store back", status)
			}
			if _, text := ask(t, "GET", "http://"+addr+"/metrics", "", ""); strings.Contains(text,
				"authy_hooks_store_errors_total 0\n") {
				t.Error("the failure of the store is not counted")
			}
		})
	}
}

// TestLockoutIsOn: what the configuration limits is limited.
func TestLockoutIsOn(t *testing.T) {
	t.Parallel()
	provider := authytest.Says(t, 401, authytest.Invalid)
	addr, out, _ := configured(t, "hookd: {lockout: {per_account_ip: 2}}", "AUTHY_API_URL="+provider.URL)
	for range 4 {
		ask(t, "POST", "http://"+addr+"/checkpwd", asJSON,
			`{"username":"ann","password":"secret1234567","ip":"192.0.2.7"}`)
	}
	if n := len(provider.Seen()); n != 2 || strings.Count(out.String(), `"reason":"locked_out"`) != 2 {
		t.Errorf("Authy was asked %d times, want 2: %s", n, out)
	}
}

// TestAuditFileOfHookd: what is audited goes to the file, and not to stderr where others read.
func TestAuditFileOfHookd(t *testing.T) {
	t.Parallel()
	audit := filepath.Join(t.TempDir(), "audit")
	provider := authytest.Says(t, 200, authytest.Valid)
	addr, out, _ := daemon(t, []string{"-listen", "127.0.0.1:0"}, "AUTHY_API_URL="+provider.URL, "AUTHY_AUDIT="+audit)
	if got := login(t, addr, "1234567"); got != passed {
		t.Errorf("got %s", got)
	}
	text, err := os.ReadFile(audit)
	if err != nil || strings.Count(string(text), `"reason":"code_right"`) != 1 ||
		strings.Contains(out.String(), "code_right") {
		t.Errorf("audit %q, %v, stderr %s", text, err, out)
	}
}

// TestPushIsOn: "push" in the place of a code asks on the phone where the configuration says so,
// and is a malformed code elsewhere.
func TestPushIsOn(t *testing.T) {
	t.Parallel()
	const uuid = `"uuid":"12345678-1234-1234-1234-123456789012"`
	for enabled, want := range map[string]string{"true": passed, "false": denied} {
		t.Run(enabled, func(t *testing.T) {
			t.Parallel()
			provider := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
				status := map[string]string{"POST": "", "GET": `,"status":"approved"`}[r.Method]
				_, _ = io.WriteString(w, `{"approval_request":{`+uuid+status+`},"success":true}`)
			})
			addr, out, _ := configured(t, "push: {enabled: "+enabled+"}", "AUTHY_API_URL="+provider.URL)
			_, body := ask(t, "POST", "http://"+addr+"/checkpwd", asJSON,
				`{"username":"ann","password":"secret,push","ip":"192.0.2.7","protocol":"SSH"}`)
			if asked := len(provider.Seen()) > 0; body != want || asked != (want == passed) {
				t.Errorf("got %s, Authy asked %v: %s", body, asked, out)
			}
		})
	}
}

// TestNotReadyWhileStopping: a hookd that is told to stop sends people elsewhere, whatever its
// parts report.
func TestNotReadyWhileStopping(t *testing.T) {
	t.Parallel()
	p := &process{host: Host{stop: &atomic.Bool{}}}
	for stopping, want := range map[bool]int{false: 200, true: 503} {
		p.host.stop.Store(stopping)
		w := httptest.NewRecorder()
		p.ready(w, httptest.NewRequest("GET", "/readyz", nil))
		if w.Code != want {
			t.Errorf("stopping %v: %d %s, want %d", stopping, w.Code, w.Body, want)
		}
	}
}

// broken is a listener that fails.
type broken struct{ net.Listener }

func (broken) Accept() (net.Conn, error) { return nil, errors.New("no more files") }

// TestListenerThatFails: hookd ends, so that whoever watches it starts it again.
func TestListenerThatFails(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := (Host{}).run(t.Context(), &http.Server{}, broken{listener}); err == nil ||
		err.Error() != "no more files" {
		t.Errorf("got %v", err)
	}
}
