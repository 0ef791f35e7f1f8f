package hookd

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/livefile"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// TestAReloadTakesAllOrNothing: hookd never says "reloaded" over a file that it cannot take. What
// was in force stays, and the counter and the log say so.
func TestAReloadTakesAllOrNothing(t *testing.T) {
	t.Parallel()
	gone := func(path string) error { return os.Remove(path) }
	open := func(path string) error { return os.Chmod(path, 0o666) }
	holds := func(text string) func(string) error {
		return func(path string) error { return os.WriteFile(path, []byte(text), 0o600) }
	}
	for name, c := range map[string]struct {
		file string
		ruin func(path string) error
		want string
	}{
		"users file missing":             {"users", gone, "users: no such file"},
		"users file that others write":   {"users", open, "users: mode 0666"},
		"users file cut to nothing":      {"users", holds(""), "users: has no line"},
		"users file with a broken line":  {"users", holds("ann: 1000\nbob: 12x\n"), "users: line 2"},
		"users file with a name twice":   {"users", holds("ann: 1000\nann: 1000\n"), "users: line 2"},
		"key file missing":               {"key", gone, "api_key_file "},
		"key file that others read":      {"key", open, "mode 0666"},
		"key file that is empty":         {"key", holds("\n"), "is empty"},
		"secret file missing":            {"secret", gone, "hookd.secret_file "},
		"secret file that others read":   {"secret", open, "mode 0666"},
		"second secret missing":          {"previous", gone, "hookd.previous_secret_file "},
		"second secret that others read": {"previous", open, "mode 0666"},
		"authority of the API missing":   {"ca.crt", gone, "ca_file "},
		"authority without certificate":  {"ca.crt", holds("none\n"), "holds no certificate"},
		"certificate missing":            {"hookd.crt", gone, "hookd.tls"},
		"certificate of nothing":         {"hookd.crt", holds("none\n"), "hookd.tls"},
		"key of the certificate missing": {"hookd.key", gone, "hookd.tls"},
		"authority of clients missing":   {"clients.pem", gone, "hookd.tls.client_ca_file"},
		"configuration missing":          {"config.yaml", gone, "config.yaml"},
		"configuration that is none":     {"config.yaml", holds("nonsense: 1\n"), "nonsense"},
		"audit file that others write":   {"audit", open, "audit: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newReloading(t)
			if err := c.ruin(r.path(c.file)); err != nil {
				t.Fatal(err)
			}
			r.hangup()
			r.out.await(t, "reload: the previous configuration stays in force: ")
			if log := r.out.String(); !strings.Contains(log, c.want) || strings.Contains(log, `"msg":"reloaded"`) {
				t.Errorf("it says %s, want it to name %q and not to say reloaded", log, c.want)
			}
			metrics := r.metrics(t)
			if !strings.Contains(metrics, `authy_hooks_reloads_total{taken="false"} 1`) ||
				!strings.Contains(metrics, `authy_hooks_reloads_total{taken="true"} 0`) {
				t.Errorf("counted: %s", metrics)
			}
		})
	}
}

// reloading is a hookd with files of every kind, all sound.
type reloading struct {
	*authority
	addr   string
	out    *output
	signal chan struct{}
}

func newReloading(t *testing.T) *reloading {
	t.Helper()
	a := newAuthority(t)
	a.server(t, "hookd")
	authority, err := os.ReadFile(a.path("ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	writeConfig(t, a.path("clients.pem"), string(authority))
	for name, text := range map[string]string{
		"users": "ann: 1000\n", "key": "k", "secret": "s", "previous": "p", "audit": "",
	} {
		if err := os.WriteFile(a.path(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	writeConfig(t, a.path("config.yaml"), strings.NewReplacer("@", a.path("")+"/").Replace(
		"api_key_file: @key\nca_file: @ca.crt\nusers_file: @users\naudit: @audit\n"+
			"hookd: {secret_file: @secret, previous_secret_file: @previous, "+
			"tls: {cert_file: @hookd.crt, key_file: @hookd.key, client_ca_file: @clients.pem}}\n"))
	r := &reloading{authority: a, signal: make(chan struct{})}
	r.addr, r.out, _ = reloadable(t, r.signal, []string{"-listen", "127.0.0.1:0", "-config", a.path("config.yaml")},
		"AUTHY_API_KEY=", "AUTHY_USERS_FILE=")
	if r.addr == "" {
		t.Fatalf("does not start: %s", r.out)
	}
	return r
}

func (r *reloading) hangup() { r.signal <- struct{}{} }

func (r *reloading) metrics(t *testing.T) string {
	t.Helper()
	res, err := r.client(t, "").Get("https://" + r.addr + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// passwordOnly is a hookd that lets accounts without an id pass by their password alone, under a
// clock that the test turns.
type passwordOnly struct {
	*testing.T
	addr, users string
	out         *output
	signal      chan struct{}
	later       atomic.Int64 // nanoseconds that the clock is ahead
}

func newPasswordOnly(t *testing.T, users string) *passwordOnly {
	t.Helper()
	p := &passwordOnly{T: t, users: filepath.Join(t.TempDir(), "users"), signal: make(chan struct{})}
	if users != "-" {
		writeConfig(t, p.users, users)
	}
	config := filepath.Join(t.TempDir(), "config.yaml")
	writeConfig(t, config, "unmapped: {checkpwd: password_only}\n")
	provider := authytest.Says(t, 200, authytest.Valid)
	p.addr, p.out, _ = hosted(t, Host{
		Args: []string{"-listen", "127.0.0.1:0", "-config", config}, Reload: p.signal,
		Env: []string{"AUTHY_API_KEY=k", "AUTHY_USERS_FILE=" + p.users, "AUTHY_API_URL=" + provider.URL},
		Now: func() time.Time { return time.Now().Add(time.Duration(p.later.Load())) },
	})
	return p
}

// expect logs in by checkpwd, with a code at the end of the password or without, and compares the
// line of the audit.
func (p *passwordOnly) expect(when, name, password, want string) {
	p.Helper()
	before := len(p.out.String())
	_, body := ask(p.T, "POST", "http://"+p.addr+"/checkpwd", asJSON,
		fmt.Sprintf(`{"username":%q,"password":%q}`, name, password))
	if in := strings.Contains(body, `"status":2`); in == strings.Contains(want, "denied") {
		p.Errorf("%s: %s gets %s, want %s", when, name, body, want)
	}
	if log := p.out.String()[before:]; !strings.Contains(log, want) {
		p.Errorf("%s: %s: the audit has %s, want %s", when, name, log, want)
	}
}

// Lines of the audit.
const (
	byCode     = `"outcome":"accepted","reason":"code_right"`
	byPassword = `"outcome":"bypassed","reason":"bypass_unmapped"`
	unmapped   = `"outcome":"denied","reason":"user_unmapped"`
	noAnswer   = `"outcome":"denied","reason":"accounts_unavailable"`
	stale      = `,"accounts":"stale"}`
)

// TestWhoVanishedWaitsForAWord: an account that had an id does not pass by its password alone
// before hookd is told that this is meant; SIGHUP over a file with a broken line is no such word.
func TestWhoVanishedWaitsForAWord(t *testing.T) {
	t.Parallel()
	p := newPasswordOnly(t, "ann: 1000\nbob: 1001\n")
	p.expect("at first", "bob", "secret1234567", byCode)
	p.expect("never mapped", "carol", "secret", byPassword)
	writeConfig(t, p.users, "ann: 1000x\ndora: 1003\n")
	p.expect("taken out", "bob", "secret", unmapped)
	p.expect("broken", "ann", "secret", noAnswer)
	p.expect("broken", "ann", "secret1234567", noAnswer)
	p.expect("beside it", "dora", "secret1234567", byCode)
	p.expect("never mapped", "carol", "secret", byPassword)
	p.signal <- struct{}{}
	p.out.await(t, "reload: the previous configuration stays in force: ")
	p.expect("told over a broken line", "bob", "secret", unmapped)
	writeConfig(t, p.users, "ann: 1000\ndora: 1003\n")
	p.expect("mended", "ann", "secret1234567", byCode)
	p.expect("mended", "bob", "secret", unmapped)
	p.signal <- struct{}{}
	p.out.await(t, `"msg":"reloaded"`)
	p.expect("told", "bob", "secret", byPassword)
}

// TestALostUsersFileOpensNothing: its last content counts for five minutes, each use of it is
// audited, and then nobody is let in by password or by code, restart included.
func TestALostUsersFileOpensNothing(t *testing.T) {
	t.Parallel()
	for name, ruin := range map[string]func(path string) error{
		"missing":        os.Remove,
		"cut to nothing": func(path string) error { return os.Truncate(path, 0) },
		"refused":        func(path string) error { return os.Chmod(path, 0o666) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPasswordOnly(t, "ann: 1000\nbob: 1001\n")
			p.expect("before", "ann", "secret1234567", byCode)
			if err := ruin(p.users); err != nil {
				t.Fatal(err)
			}
			p.expect("at once", "bob", "secret", `"outcome":"denied","reason":"code_malformed"`)
			p.expect("at once", "bob", "secret1234568", stale)
			p.expect("at once", "carol", "secret", byPassword)
			p.expect("at once", "carol", "secret", stale)
			p.signal <- struct{}{}
			p.out.await(t, "reload: the previous configuration stays in force: ")
			p.expect("after a reload that was refused", "ann", "secret1234569", byCode)
			p.later.Store(int64(livefile.LastContent))
			for _, name := range []string{"ann", "bob", "carol"} {
				p.expect("after five minutes", name, "secret1234567", noAnswer)
				p.expect("after five minutes", name, "secret", noAnswer)
			}
			writeConfig(t, p.users, "ann: 1000\n")
			if err := os.Chmod(p.users, 0o600); err != nil {
				t.Fatal(err)
			}
			p.expect("mended", "ann", "secret7654321", byCode)
			p.expect("mended without him", "bob", "secret", unmapped)
		})
	}
	for name, text := range map[string]string{"missing": "-", "empty": "", "comments alone": "# staff\n"} {
		p := newPasswordOnly(t, text)
		for _, name := range []string{"ann", "carol"} {
			p.expect("from the start", name, "secret", noAnswer)
			p.expect("from the start", name, "secret1234567", noAnswer)
		}
		if !strings.Contains(p.out.String(), "every account is denied") {
			t.Errorf("%s: it says %s", name, p.out)
		}
	}
}
