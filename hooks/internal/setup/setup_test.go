package setup

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// write makes a file and returns its path.
func write(t *testing.T, name string, text []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOnlyItsAuthorityVouchesForTheAPI: with ca_file the API is believed if that authority vouches
// for it, and without it is not.
func TestOnlyItsAuthorityVouchesForTheAPI(t *testing.T) {
	t.Parallel()
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(authytest.Valid))
	}))
	defer api.Close()
	api.Config.ErrorLog = nil
	own := write(t, "ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw}))
	for ca, want := range map[string]provider.Result{own: provider.Right, "": provider.NoAnswer} {
		client, err := Authy(config.Config{APIURL: api.URL, APIKey: "k", CAFile: ca})
		if err != nil {
			t.Fatal(err)
		}
		id, _ := authy.ParseID("1000")
		code, _ := otp.ParseCode("1234567")
		if got := client.Verify(t.Context(), id, code); got.Result != want {
			t.Errorf("ca_file %q: got %+v, want %v", ca, got, want)
		}
	}
}

// TestRefuses: what cannot be used is said, and names the setting.
func TestRefuses(t *testing.T) {
	t.Parallel()
	sound := config.Config{APIURL: "http://127.0.0.1:1", APIKey: "k",
		UsersFile: write(t, "users", []byte("ann: 1000\n"))}
	sound.AccountSources = []string{config.SourceFile}
	for want, change := range map[string]func(*config.Config){
		"":                                func(*config.Config) {},
		"ca_file /nowhere":                func(c *config.Config) { c.CAFile = "/nowhere" },
		"holds no certificate":            func(c *config.Config) { c.CAFile = write(t, "ca.pem", []byte("none\n")) },
		"api_url: ":                       func(c *config.Config) { c.APIURL = "http://user:secret@127.0.0.1" },
		"account_sources: is empty":       func(c *config.Config) { c.AccountSources = nil },
		`account_sources: "x" is unknown`: func(c *config.Config) { c.AccountSources = []string{"x"} },
		"sftpgo_ca_file /nowhere": func(c *config.Config) {
			c.SFTPGoURL, c.SFTPGoCAFile = "https://sftpgo.example.com", "/nowhere"
		},
		"sftpgo_url: ": func(c *config.Config) { c.SFTPGoURL = "ftp://sftpgo.example.com" },
	} {
		c := sound
		change(&c)
		l, err := Program(c, Host{Now: time.Now}, nil, nil)
		if want == "" {
			if err != nil || l.Gate.Provider == nil || l.Gate.Accounts == nil || l.Sender == nil {
				t.Errorf("a sound configuration: %v", err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") ||
			l != nil {
			t.Errorf("got %v, want %s and no Login", err, want)
		}
	}
}

// TestPolicy: each way round the code is opened by its own setting, and by no other.
func TestPolicy(t *testing.T) {
	t.Parallel()
	shut := gate.Policy{AllowUnmapped: map[gate.Hook]bool{gate.Keyint: false, gate.Checkpwd: false}}
	for name, c := range map[string]struct {
		change func(*config.Config)
		open   func(*gate.Policy)
	}{
		"the defaults": {func(*config.Config) {}, func(*gate.Policy) {}},
		"on_no_answer": {func(c *config.Config) { c.OnNoAnswer = config.Allow }, func(p *gate.Policy) {
			p.AllowNoAnswer = true
		}},
		"on_audit_failure": {func(c *config.Config) { c.OnAuditFailure = config.Allow }, func(p *gate.Policy) {
			p.PassWithoutAuditor = true
		}},
		"on_store_failure": {func(c *config.Config) { c.Hookd.OnStoreFailure = config.Allow }, func(p *gate.Policy) {
			p.PassWithoutStore = true
		}},
		"unmapped.keyint": {
			func(c *config.Config) { c.Unmapped.Keyint = config.PasswordOnly }, func(p *gate.Policy) {
				p.AllowUnmapped[gate.Keyint] = true
			}},
		"unmapped.checkpwd": {
			func(c *config.Config) { c.Unmapped.Checkpwd = config.PasswordOnly }, func(p *gate.Policy) {
				p.AllowUnmapped[gate.Checkpwd] = true
			}},
		"a word that is not": {func(c *config.Config) { c.OnNoAnswer, c.Unmapped.Keyint = "yes", "yes" },
			func(*gate.Policy) {}},
	} {
		cfg, want := config.Defaults(), shut
		want.AllowUnmapped = map[gate.Hook]bool{gate.Keyint: false, gate.Checkpwd: false}
		c.change(&cfg)
		c.open(&want)
		if got := policyOf(cfg); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}

// TestHookdHasWhatItIsToldTo: lockout, grace and push are there where the configuration asks for
// them, and the memory always.
func TestHookdHasWhatItIsToldTo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change             func(*config.Config)
		guard, grace, push bool
	}{
		"the defaults": {change: func(*config.Config) {}, guard: true},
		"no lockout":   {change: func(c *config.Config) { c.Hookd.Lockout = config.Lockout{Window: time.Minute} }},
		"a grace":      {change: func(c *config.Config) { c.Grace = time.Minute }, guard: true, grace: true},
		"one over WebDAV": {change: func(c *config.Config) { c.Hookd.WebDAVGrace = time.Minute }, guard: true,
			grace: true},
		"a question asked": {change: func(c *config.Config) { c.Push.Enabled = true }, guard: true, push: true},
	} {
		cfg := config.Defaults()
		c.change(&cfg)
		h := Host{Now: time.Now, Rand: strings.NewReader("")}
		kept := Memory(cfg, h, nil, nil)
		l := Hookd(cfg, h, Server{Memory: kept})
		got := []bool{l.Gate.Guard == gate.Guard(kept), l.Gate.Grace == gate.Grace(kept), l.Gate.Pusher != nil,
			l.Settings.Push}
		if want := []bool{c.guard, c.grace, c.push, c.push}; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: guard, grace, pusher, push %v, want %v", name, got, want)
		}
		if l.Gate.Memory != gate.Memory(kept) || l.Sends != hook.Sends(kept) {
			t.Errorf("%s: no memory", name)
		}
	}
}

// TestMemoryHasTheLimits: each limit and time is that of its own setting.
func TestMemoryHasTheLimits(t *testing.T) {
	t.Parallel()
	c := config.Defaults()
	c.Hookd.Lockout = config.Lockout{Window: time.Minute, PerAccountIP: 1, PerIP: 2, PerAccount: 3}
	c.Grace, c.Hookd.WebDAVGrace = 4*time.Minute, 5*time.Minute
	got := Memory(c, Host{}, nil, []byte("key"))
	want := memory.Limits{Window: time.Minute, PerAccountIP: 1, PerIP: 2, PerAccount: 3}
	if got.Limits != want || got.Grace != c.Grace || got.WebDAVGrace != c.Hookd.WebDAVGrace ||
		string(got.Key) != "key" {
		t.Errorf("%+v", got)
	}
}

// TestWhoVouchesIsGuarded: whoever can write the certificates that vouch for Authy or SFTPGo can
// answer in their place.
func TestWhoVouchesIsGuarded(t *testing.T) {
	t.Parallel()
	path := write(t, "ca.pem", []byte("no certificate"))
	c := config.Defaults()
	c.CAFile, c.SFTPGoCAFile = path, path
	for mode, want := range map[os.FileMode]string{0o666: "mode 0666, want 0644 or stricter",
		0o644: "holds no certificate"} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, authy := Authy(c)
		_, sftpgo := SFTPGo(c)
		for name, err := range map[string]error{"ca_file": authy, "sftpgo_ca_file": sftpgo} {
			if err == nil || !strings.HasPrefix(err.Error(), name) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s with mode %04o: %v, want %q", name, mode, err, want)
			}
		}
	}
}
