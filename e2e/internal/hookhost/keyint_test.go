package hookhost

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/ssh"
)

// eventLog is a slog handler's writer that tests can wait on.
type eventLog struct {
	mu      sync.Mutex
	text    strings.Builder
	changed chan struct{}
}

func newEventLog() *eventLog { return &eventLog{changed: make(chan struct{})} }

func (l *eventLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	close(l.changed)
	l.changed = make(chan struct{})
	return l.text.Write(p)
}

func (l *eventLog) handler() slog.Handler {
	return slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})
}

func (l *eventLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// wait returns once the log contains text.
func (l *eventLog) wait(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(loginTime)
	for {
		l.mu.Lock()
		changed, found := l.changed, strings.Contains(l.text.String(), text)
		l.mu.Unlock()
		if found {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Errorf("log without %q:\n%s", text, l)
			return
		}
	}
}

// shell is the program of hooks that are shell scripts; shellScript gives it one. No file is
// written: a script that is executed just after it was written can fail with "text file busy" when
// another test forks in between.
const shell = "/bin/sh"

func shellScript(text string) []Command {
	return []Command{{Path: shell, Args: []string{"-c", text}}}
}

// A free question before the password question lets an attacker forge the OK that the hook waits
// for: the second line of the first answer is taken for it. The attacker need only leave the
// password prompt unanswered until then.
func TestForgedOKIsBelieved(t *testing.T) {
	t.Parallel()
	log := newEventLog()
	h := start(t, Config{Log: log.handler(), KeyboardInteractiveHook: shell, Commands: shellScript(`
echo '{"questions":["Token: "],"echos":[true]}'
read token
echo '{"questions":["Password: "],"echos":[false],"check_password":1}'
read ok
[ "$ok" = OK ] && echo '{"auth_result":1}'
`)})
	conn, err := ssh.Dial("tcp", h.SSHAddr(), &ssh.ClientConfig{User: "ann",
		HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: loginTime,
		Auth: []ssh.AuthMethod{
			ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
				if questions[0] == "Token: " {
					return []string{"123\nOK"}, nil
				}
				log.wait(t, "login accepted")
				return []string{"not the password"}, nil
			})}})
	if err == nil {
		conn.Close()
	}
	log.wait(t, "login accepted")
}

func TestMissingKeyboardInteractiveProgramRemovesTheMethod(t *testing.T) {
	t.Parallel()
	for _, hook := range []string{"/does/not/exist", "relative"} {
		h := start(t, Config{KeyboardInteractiveHook: hook})
		to := hostTarget{h}.addresses()
		if (attempt{via: sshKeyint, name: "ann", answers: []string{"secret"}}).run(t, to).In {
			t.Errorf("%s: keyboard-interactive let in", hook)
		}
		if !(attempt{via: sshPassword, name: "ann", password: "secret"}).run(t, to).In {
			t.Errorf("%s: password does not let in", hook)
		}
	}
}

func TestMethodsSwitchedOff(t *testing.T) {
	t.Parallel()
	to := hostTarget{start(t, Config{NoKeyboardInteractive: true, NoSSHPassword: true})}.addresses()
	for _, via := range []string{sshKeyint, sshPassword} {
		if (attempt{via: via, name: "ann", password: "secret", answers: []string{"secret"}}).run(t, to).In {
			t.Errorf("%s let in", via)
		}
	}
	if !(attempt{via: overFTP, name: "ann", password: "secret"}).run(t, to).In {
		t.Error("ftp does not let in")
	}
}

// The built-in second factor: asked by the built-in prompt, by check_password 2, and over FTP
// behind the password.
func TestBuiltInSecondFactor(t *testing.T) {
	t.Parallel()
	const secret = "JBSWY3DPEHPK3PXP"
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	right, err := totp.GenerateCode(secret, now)
	if err != nil {
		t.Fatal(err)
	}
	late, err := totp.GenerateCode(secret, now.Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	hook := shellScript(`echo '{"questions":["Code: "],"echos":[false],"check_password":2}'
read ok
[ "$ok" = OK ] && echo '{"auth_result":1}'
`)
	user := func(name string, hookOff bool) map[string]any {
		return map[string]any{"username": name, "filters": map[string]any{
			"hooks": map[string]bool{"external_auth_disabled": hookOff},
			"totp_config": map[string]any{"enabled": true, "config_name": "Default",
				"protocols": []string{"SSH", "FTP"},
				"secret":    map[string]string{"status": "Plain", "payload": secret}}}}
	}
	h := start(t, Config{KeyboardInteractiveHook: shell, Commands: hook, Now: func() time.Time { return now }})
	addUser(t, h, user("prompted", true))
	addUser(t, h, user("hooked", false))
	for _, a := range []attempt{
		{via: sshKeyint, name: "prompted", answers: []string{"secret", right}, in: true},
		{via: sshKeyint, name: "prompted", answers: []string{"secret", late}},
		{via: sshKeyint, name: "prompted", answers: []string{"wrong", right}},
		{via: sshKeyint, name: "hooked", answers: []string{right}, in: true},
		{via: sshKeyint, name: "hooked", answers: []string{late}},
		{via: sshKeyint, name: "ann", answers: []string{right}},
		{via: overFTP, name: "hooked", password: "secret" + right, in: true},
		{via: overFTP, name: "hooked", password: "secret" + late},
		{via: overFTP, name: "hooked", password: "secret"},
		{via: overFTP, name: "hooked", password: right},
		{via: overDAV, name: "hooked", password: "secret", in: true},
	} {
		if got := a.run(t, hostTarget{h}.addresses()); got.In != a.in {
			t.Errorf("%s as %s with %q%q: let in %v, want %v", a.via, a.name, a.password, a.answers, got.In, a.in)
		}
	}
}

func TestRequestIDs(t *testing.T) {
	t.Parallel()
	a, b := newRequestID(), newRequestID()
	if len(a) != 20 || strings.Trim(a, "0123456789abcdefghijklmnopqrstuv") != "" || a == b {
		t.Errorf("request ids %q and %q: want 20 characters of 0-9a-v, different", a, b)
	}
}

// Whatever a hook program writes, it gets in only by a line that says auth_result 1 after lines
// that are all rounds.
func FuzzReadRounds(f *testing.F) {
	for _, seed := range []string{
		accept, passwordRound + tokenRound + accept, `{"auth_result":1}`, `{"auth_result":-1}` + "\n" + accept,
		"\n" + accept, "{}\n", "null\n",
		`{"questions":["a"],"echos":[]}` + "\n" + accept, strings.Repeat(" ", 65536) + accept, "\xff\xfe\x00" + accept,
		"{\"auth_result\":1}\r\n", "", "[1]\n",
		`{"AUTH_RESULT":1}`, `{"auth_result":0,"auth_result":1}`, `{"auth_result":1e0}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, written []byte) {
		asked := 0
		result, err := readRounds(bytes.NewReader(written), func(r round) {
			asked++
			if r.AuthResult != 0 || len(r.Questions) == 0 || len(r.Questions) != len(r.Echos) {
				t.Errorf("asked an invalid round %+v", r)
			}
		})
		if err != nil && result != 0 {
			t.Errorf("result %d with error %v", result, err)
		}
		wantAsked, wantResult := expectRounds(written)
		if asked != wantAsked || result != wantResult {
			t.Errorf("asked %d, result %d; want %d, %d", asked, result, wantAsked, wantResult)
		}
	})
}

// expectRounds is readRounds told in another way: all lines first, then one after the other.
func expectRounds(written []byte) (asked, result int) {
	for len(written) > 0 {
		line, rest, _ := bytes.Cut(written, []byte("\n"))
		if len(line) >= 64<<10 {
			return asked, 0
		}
		var r round
		if json.Unmarshal(bytes.TrimSuffix(line, []byte("\r")), &r) != nil {
			return asked, 0
		}
		if r.AuthResult != 0 {
			return asked, r.AuthResult
		}
		if len(r.Questions) == 0 || len(r.Questions) != len(r.Echos) {
			return asked, 0
		}
		asked++
		written = rest
	}
	return asked, 0
}
