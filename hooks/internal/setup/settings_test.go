package setup

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/audit"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/hookd/push"
	"sftpgo-authy/hooks/internal/memory/inprocess"
)

// TestSettings: every setting of the hooks is that of its own key.
func TestSettings(t *testing.T) {
	t.Parallel()
	c := config.Config{Checkpwd: config.Checkpwd{CodeLength: 6, Separator: ":"}, Keyint: config.Keyint{
		PasswordQuestion: "password", CodeQuestion: "code", SentQuestion: "sent", RetryQuestion: "retry",
		SendCodes: []string{"sms"}, Retries: 1, CodeAlone: []string{"bob"},
	}}
	want := hook.Settings{
		CodeLength: 6, Separator: ":",
		PasswordQuestion: "password", CodeQuestion: "code", SentQuestion: "sent", RetryQuestion: "retry",
		SendBy: []string{"sms"}, Retry: true, CodeAlone: []string{"bob"},
	}
	if got := settingsOf(c); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if settingsOf(config.Defaults()).Retry {
		t.Error("asks again where nobody said so")
	}
}

// TestTrust: the policy has the trusted networks, and recovery codes alone only where that is set.
func TestTrust(t *testing.T) {
	t.Parallel()
	c := config.Defaults()
	if p := policyOf(c); len(p.TrustedNetworks) > 0 || p.RecoveryAlone {
		t.Errorf("by default: %+v", p)
	}
	c.TrustedNetworks, c.TOTP.RecoveryAtExtauth = []string{"192.0.2.0/24"}, true
	if p := policyOf(c); fmt.Sprint(p.TrustedNetworks) != "[192.0.2.0/24]" || !p.RecoveryAlone {
		t.Errorf("%+v", p)
	}
}

// TestHowAPushIsAsked: with the words and for the time of the configuration, and a look at the
// answer twice a second.
func TestHowAPushIsAsked(t *testing.T) {
	t.Parallel()
	c := config.Defaults()
	c.Push = config.Push{Enabled: true, Message: "in?", Wait: 9 * time.Second}
	h := Host{Now: time.Now, Rand: rand.Reader, Draw: mathrand.Uint64}
	l := Hookd(c, h, Server{Memory: Memory(c, h, nil, nil)})
	p, ok := l.Gate.Pusher.(*push.Pusher)
	if !ok || p.Message != "in?" || p.Wait != 9*time.Second || p.Every != 500*time.Millisecond || l.Door != audit.HTTP {
		t.Errorf("%+v", l.Gate.Pusher)
	}
}

// TestWhatAProgramRemembers: nothing without a memory; with one, what hookd does.
func TestWhatAProgramRemembers(t *testing.T) {
	t.Parallel()
	c := config.Defaults()
	c.APIKey, c.UsersFile, c.Grace = "k", write(t, "users", []byte("ann: 1\n")), time.Minute
	h := Host{Now: time.Now, Rand: rand.Reader, Draw: mathrand.Uint64}
	l, err := Program(c, h, nil, nil)
	if err != nil || l.Gate.Memory != nil || l.Gate.Grace != nil || l.Gate.Guard != nil || l.Sends != nil ||
		l.Door != audit.Program {
		t.Errorf("without a memory: %+v, %v", l, err)
	}
	kept := Memory(c, h, inprocess.New(time.Now), []byte("key"))
	l, err = Program(c, h, nil, kept)
	if err != nil || l.Gate.Memory != gate.Memory(kept) || l.Gate.Grace != gate.Grace(kept) ||
		l.Gate.Guard != gate.Guard(kept) || l.Sends != hook.Sends(kept) {
		t.Errorf("with a memory: %+v, %v", l, err)
	}
}

// TestABrokenLoginSaysNo: it answers for its door, and decides about nothing else.
func TestABrokenLoginSaysNo(t *testing.T) {
	t.Parallel()
	l := Host{
		Now:   time.Now,
		Rand:  rand.Reader,
		Draw:  mathrand.Uint64,
		Audit: audit.NewLog(nothing{}),
	}.Broken(
		audit.Program,
	)
	for _, name := range []gate.Hook{gate.Keyint, gate.Extauth, gate.Checkpwd} {
		if reply := l.Broken(name, "ann", "", "SSH", fmt.Errorf("no key")); !reply.Fault {
			t.Errorf("%s: %s", name, reply.Body)
		}
	}
}

// nothing takes every line and keeps none.
type nothing struct{}

func (nothing) Write(b []byte) (int, error) { return len(b), nil }

// TestCheckUsersFile: doctor and a reload are told what is wrong with the file, and with nothing
// that the configuration does not name.
func TestCheckUsersFile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		sources []string
		want    string
	}{
		"sound":                      {"ann: 1\n", []string{config.SourceFile}, ""},
		"one broken line":            {"ann: 1\nbob\n", []string{config.SourceFile}, "line 2"},
		"no line":                    {"", []string{config.SourceFile}, "users file "},
		"broken, and no source":      {"bob\n", []string{config.SourceAdditionalInfo}, ""},
		"another provider's, no one": {"ann: verify/x\n", []string{config.SourceFile}, "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := config.Defaults()
			cfg.APIKey, cfg.UsersFile, cfg.AccountSources = "k", write(t, "users", []byte(c.text)), c.sources
			err := CheckUsersFile(cfg)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	cfg := config.Defaults()
	cfg.APIKey, cfg.UsersFile = "k", "/nowhere"
	if err := CheckUsersFile(cfg); err == nil || !strings.Contains(err.Error(), "users file /nowhere: ") {
		t.Errorf("no file: %v", err)
	}
}
