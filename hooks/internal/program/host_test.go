package program_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/program"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// hooks are the three, and what each says as its yes and no.
var hooks = map[string]struct {
	run     func(program.Host) int
	yes, no string
}{
	"keyint":   {program.Keyint, `{"auth_result":1}`, `{"auth_result":-1}`},
	"extauth":  {program.ExternalAuth, `{"username":"alice","status":1}`, `{"username":""}`},
	"checkpwd": {program.CheckPassword, `{"status":2,"to_verify":"secret"}`, `{"status":0,"to_verify":""}`},
}

// stage is a hook about to run: what SFTPGo holds of it.
type stage struct {
	program.Host
	t      *testing.T
	name   string
	audit  string
	stdin  *os.File     // SFTPGo's end
	typed  []string     // what is written to stdin, a piece after each question
	stdout bytes.Buffer // what the hook says
	stderr bytes.Buffer
	deaf   int // from this write on, counted from 1, stdout is closed; 0 is never
	writes int
}

// Write is the hook's stdout: it keeps what is said, and answers questions.
func (s *stage) Write(p []byte) (int, error) {
	if s.writes++; s.deaf > 0 && s.writes >= s.deaf {
		return 0, errors.New("broken pipe")
	}
	s.stdout.Write(p)
	if strings.Contains(string(p), `"questions"`) && len(s.typed) > 0 {
		if s.typed[0] == "EOF" {
			s.stdin.Close()
		} else if _, err := io.WriteString(s.stdin, s.typed[0]); err != nil {
			s.t.Error(err)
		}
		s.typed = s.typed[1:]
	}
	return len(p), nil
}

// set prepares a hook for a login of alice, who types what is right. The provider answers with
// status and body.
func set(t *testing.T, name string, status int, body string) *stage {
	t.Helper()
	dir := t.TempDir()
	users := filepath.Join(dir, "users")
	if err := os.WriteFile(users, []byte("alice: 1000\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); w.Close() })
	s := &stage{t: t, name: name, audit: filepath.Join(dir, "audit"), stdin: w, typed: []string{"OK\n", "1234567\n"}}
	s.Host = program.Host{
		Env: []string{"AUTHY_AUDIT=" + s.audit, "AUTHY_API_KEY=k",
			"AUTHY_API_URL=" + authytest.Says(t, status, body).URL, "AUTHY_USERS_FILE=" + users,
			"SFTPGO_AUTHD_USERNAME=alice", "SFTPGO_AUTHD_IP=192.0.2.7", "SFTPGO_AUTHD_PROTOCOL=FTP",
			`SFTPGO_AUTHD_USER={"username":"alice","status":1}`,
			"SFTPGO_AUTHD_PASSWORD=" + map[string]string{"extauth": "1234567", "checkpwd": "secret1234567"}[name]},
		Stdin: r, Stdout: s, Stderr: &s.stderr, Now: time.Now, Rand: rand.Reader, Draw: mathrand.Uint64,
	}
	return s
}

// expect runs the hook, and compares its exit code, its last line and the reason in the audit, ""
// for no audit.
func (s *stage) expect(exit int, last, reason string) {
	s.t.Helper()
	got := hooks[s.name].run(s.Host)
	lines := strings.Split(strings.TrimSuffix(s.stdout.String(), "\n"), "\n")
	if got != exit || lines[len(lines)-1] != last {
		s.t.Errorf("exits %d and says %q, want %d and %s\nstderr: %s", got, s.stdout.String(), exit, last,
			s.stderr.String())
	}
	audit, _ := os.ReadFile(s.audit)
	if reason == "" && len(audit) > 0 ||
		reason != "" && (!strings.Contains(string(audit), `"reason":"`+reason+`"`) ||
			bytes.Count(audit, []byte("\n")) != 1) {
		s.t.Errorf("audit %q, want one line with the reason %q", audit, reason)
	}
}

// configure returns the hook a configuration file.
func (s *stage) configure(text string) {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.Env = append(s.Env, "AUTHY_HOOKS_CONFIG="+path)
}

// each runs a test for each hook.
func each(t *testing.T, test func(t *testing.T, name string)) {
	t.Helper()
	for name := range hooks {
		t.Run(name, func(t *testing.T) { t.Parallel(); test(t, name) })
	}
}

func TestRightAndWrong(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, name string) {
		set(t, name, 200, authytest.Valid).expect(0, hooks[name].yes, "code_right")
		set(t, name, 401, authytest.Invalid).expect(0, hooks[name].no, "code_wrong")
	})
}

// TestDoesNotRunOnNonsense: a command line or configuration that cannot be used denies, with exit 1
// and a line that says why.
func TestDoesNotRunOnNonsense(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, name string) {
		for want, c := range map[string]struct {
			args   []string
			config string
		}{
			"want flags only":          {[]string{"serve"}, ""},
			"no such flag: --nonsense": {[]string{"-nonsense"}, ""},
			"help requested":           {[]string{"-h"}, ""},
			"version asked for":        {[]string{"--version"}, ""},
			"unknown key unknown":      {nil, "unknown: 1"},
			"ca_file":                  {nil, "ca_file: /nowhere/ca.pem"},
			"/nowhere/config.yaml":     {[]string{"-config", "/nowhere/config.yaml"}, ""},
		} {
			s := set(t, name, 200, authytest.Valid)
			s.configure(c.config)
			s.Args = c.args
			s.expect(1, hooks[name].no, "config")
			if !strings.Contains(s.stderr.String(), want) {
				t.Errorf("stderr %q, want %q in it", s.stderr.String(), want)
			}
		}
	})
}

// TestHelpIsNoReply: help is for people who run a program by hand. Those whom SFTPGo starts deny
// instead (see [TestDoesNotRunOnNonsense]): extauth's silence with exit 0 would be a yes.
func TestHelpIsNoReply(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, name string) {
		s := set(t, name, 200, authytest.Valid)
		s.Env = slices.DeleteFunc(s.Env, func(pair string) bool { return strings.HasPrefix(pair, "SFTPGO_") })
		s.Args = []string{"-h"}
		if code := hooks[name].run(s.Host); code != 0 || !strings.Contains(s.stdout.String(), "--config FILE") {
			t.Errorf("help exits %d and prints %q", code, s.stdout.String())
		}
	})
}

// TestAuditThatCannotBeOpened: without a witness nobody gets in.
func TestAuditThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, name string) {
		s := set(t, name, 200, authytest.Valid)
		s.Env = append(s.Env, "AUTHY_AUDIT="+os.DevNull+"/audit")
		s.expect(1, hooks[name].no, "")
		if !strings.Contains(s.stderr.String(), "error: audit: ") {
			t.Errorf("stderr %q does not tell of the audit", s.stderr.String())
		}
	})
}

// TestPanicOutsideTheDecision: a denial, exit 1, and no word of what the panic carried.
func TestPanicOutsideTheDecision(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, name string) {
		s := set(t, name, 200, authytest.Valid)
		s.Draw = func() uint64 { panic("secret1234567") }
		s.expect(1, hooks[name].no, "")
		if got := s.stderr.String(); got != "error: internal: panic\n" {
			t.Errorf("stderr %q", got)
		}
	})
}

// TestReplyThatCannotBeWritten: exit 1, or silence would be extauth's yes.
func TestReplyThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for name, reason := range map[string]string{"keyint": "input_timeout", "extauth": "code_right",
		"checkpwd": "code_right"} {
		s := set(t, name, 200, authytest.Valid)
		s.deaf = 1
		s.expect(1, "", reason)
	}
}

// TestConversationsThatEndEarly: what was not asked for is a forgery, what does not come a timeout,
// and the provider is never asked.
func TestConversationsThatEndEarly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before string   // is in the input when the hook starts
		typed  []string // after each question
		config string
		reason string
	}{
		"input before the first question":    {"OK\n", nil, "", "input_forged"},
		"the code with the password's OK":    {"", []string{"OK\n1234567\n"}, "", "input_forged"},
		"a second line behind the code":      {"", []string{"OK\n", "1234567\nOK\n"}, "", "input_forged"},
		"the password's answer is not OK":    {"", []string{"FAIL\n"}, "", "input_forged"},
		"SFTPGo hangs up at the first":       {"", []string{"EOF"}, "", "input_timeout"},
		"SFTPGo hangs up at the second":      {"", []string{"OK\n", "EOF"}, "", "input_timeout"},
		"nobody types within typing_timeout": {"", []string{"OK\n"}, "keyint: {typing_timeout: 1s}", "input_timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := set(t, "keyint", 200, authytest.Valid)
			s.typed = c.typed
			if _, err := io.WriteString(s.stdin, c.before); err != nil {
				t.Fatal(err)
			}
			s.configure(c.config)
			s.expect(0, hooks["keyint"].no, c.reason)
		})
	}
}
