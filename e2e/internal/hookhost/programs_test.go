package hookhost

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"
)

func TestStderrGoesToTheLog(t *testing.T) {
	t.Parallel()
	log := newEventLog()
	h := start(t, Config{Log: log.handler(), CheckPasswordHook: shell, Commands: shellScript(`
echo "first of $SFTPGO_AUTHD_USERNAME" >&2
echo >&2
printf "%s" "last, without newline" >&2
echo '{"status":1}'
`)})
	if !(attempt{via: sshPassword, name: "ann", password: "x"}).run(t, hostTarget{h}.addresses()).In {
		t.Fatal("not let in")
	}
	log.wait(t, "login accepted")
	for _, want := range []string{`level=WARN msg="first of ann" sender=check_password_hook`,
		`msg="last, without newline"`} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log without %s:\n%s", want, log)
		}
	}
}

// A line over 64 KiB ends the reading of stderr; the program then blocks on the full pipe until it
// is killed.
func TestEndlessStderrLineEndsAtTheTimeLimit(t *testing.T) {
	t.Parallel()
	log := newEventLog()
	h := start(t, Config{Log: log.handler(), CommandTimeout: 300 * time.Millisecond, ExternalAuthHook: shell,
		Commands: shellScript(`
while :; do printf "%s" 0123456789012345678901234567890123456789012345678901234567890123456789 >&2; done`)})
	if (attempt{via: sshPassword, name: "ann", password: "secret"}).run(t, hostTarget{h}.addresses()).In {
		t.Fatal("let in")
	}
	log.wait(t, "line over 64 KiB")
	log.wait(t, "login refused")
}

// Only the program is killed or waited for, but its stdout is read to the end: a child left behind
// delays the login.
func TestOrphanDelaysTheLogin(t *testing.T) {
	t.Parallel()
	marker := filepath.Join(t.TempDir(), "marker")
	h := start(t, Config{CommandEnv: []string{"MARKER=" + marker}, CheckPasswordHook: shell, Commands: shellScript(`
(/bin/sleep 0.3; echo > "$MARKER") &
echo '{"status":1}'
`)})
	if !(attempt{via: sshPassword, name: "ann", password: "x"}).run(t, hostTarget{h}.addresses()).In {
		t.Fatal("not let in")
	}
	if _, err := os.Stat(marker); err != nil {
		t.Fatalf("the login was over before the hook's child: %v", err)
	}
}

func TestProgramThatCannotRunRefuses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plain.txt")
	if err := os.WriteFile(path, []byte("not a program"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := start(t, Config{ExternalAuthHook: path, ExternalAuthScope: ExternalAuthPassword, CheckPasswordHook: path,
		KeyboardInteractiveHook: path})
	addUser(t, h, map[string]any{"username": "plain",
		"filters": map[string]any{"hooks": map[string]bool{"external_auth_disabled": true}}})
	to := hostTarget{h}.addresses()
	for _, a := range []attempt{{via: sshPassword, name: "ann", password: "secret"}, {via: sshKeyint, name: "ann"},
		{via: overFTP, name: "plain", password: "secret"}} {
		if a.run(t, to).In {
			t.Errorf("%s as %s: let in", a.via, a.name)
		}
	}
}

// Close must not wait for a hook that never ends, nor for a client that never answers, nor for a
// hook's orphan.
func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]Config{
		"external auth": {ExternalAuthHook: shell, Commands: shellScript("echo begun >&2; exec /bin/sleep 60")},
		"check password": {CheckPasswordHook: shell,
			Commands: shellScript("echo begun >&2; (exec /bin/sleep 5 2>/dev/null) & wait")},
		"keyboard-interactive": {KeyboardInteractiveHook: shell,
			Commands: shellScript(`echo '{"questions":["a"],"echos":[true]}'; exec /bin/sleep 60`)},
		"http": {CheckPasswordHook: setup{}.withScripts(t).server + "/hang"},
	} {
		log := newEventLog()
		config.Dir, config.Log = t.TempDir(), log.handler()
		h, err := Start(config)
		if err != nil {
			t.Fatal(err)
		}
		addUser(t, h, nil)
		ended := make(chan bool)
		go func() {
			a := attempt{via: sshPassword, name: "ann", password: "secret"}
			if name == "keyboard-interactive" {
				a.via = sshKeyint
			}
			ended <- a.run(t, hostTarget{h}.addresses()).In
		}()
		if config.ExternalAuthHook != "" || strings.HasPrefix(config.CheckPasswordHook, "/") {
			log.wait(t, "begun")
		}
		if err := h.Close(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := h.Close(); err != nil {
			t.Errorf("%s: close again: %v", name, err)
		}
		if <-ended {
			t.Errorf("%s: let in by a host that ends", name)
		}
	}
}

func TestConfigMistakesAreReportedTogether(t *testing.T) {
	t.Parallel()
	_, err := Start(Config{Dir: "relative", ExternalAuthHook: "hook", CheckPasswordHook: "/does/not/exist",
		CommandEnv: []string{"novalue"},
		Commands:   []Command{{Env: []string{"alsonot"}}, {Path: "/x", Hook: "pre_login"}}})
	if err == nil {
		t.Fatal("started")
	}
	for _, want := range []string{`dir "relative"`, `external_auth hook "hook"`, "/does/not/exist", `"novalue"`,
		"command without path", `"alsonot"`, `"pre_login"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error without %s: %v", want, err)
		}
	}
}

func TestFirstFittingCommandCounts(t *testing.T) {
	t.Parallel()
	config := Config{CommandTimeout: time.Minute, CommandEnv: []string{"A=1"}, Commands: []Command{
		{Path: "/h", Hook: hookExternalAuth, Timeout: time.Second, Env: []string{"A=2"}, Args: []string{"x"}},
		{Path: "/h", Env: []string{"A=3"}},
	}}
	for _, want := range []struct {
		path, hook, env string
		timeout         time.Duration
	}{
		{"/h", hookExternalAuth, "A=1,A=2", time.Second}, {"/h", hookCheckPassword, "A=1,A=3", time.Minute},
		{"/other", hookExternalAuth, "A=1", time.Minute},
	} {
		timeout, env, _ := config.launch(want.path, want.hook)
		if got := strings.Join(env, ","); got != want.env || timeout != want.timeout {
			t.Errorf("%s as %s: env %s, timeout %v; want %s, %v", want.path, want.hook, got, timeout, want.env,
				want.timeout)
		}
	}
}

func status(t *testing.T, h *Host) (u struct {
	Status                   int
	AdditionalInfo, Password string
}) {
	t.Helper()
	doc, err := h.UserJSON("ann")
	if err != nil {
		t.Fatal(err)
	}
	var known user
	if err := json.Unmarshal(doc, &known); err != nil {
		t.Fatal(err)
	}
	u.Status, u.AdditionalInfo, u.Password = known.Status, known.AdditionalInfo, known.Password
	return u
}

func TestUpdateReplacesTheAccountButKeepsThePassword(t *testing.T) {
	t.Parallel()
	h := start(t, Config{})
	before := status(t, h)
	if err := h.UpdateUser(
		[]byte(`{"username":"ann","status":1,"permissions":{"/":["*"]},"additional_info":"new"}`)); err != nil {
		t.Fatal(err)
	}
	if after := status(t, h); after.AdditionalInfo != "new" || after.Password != before.Password {
		t.Errorf("after the update: %+v, before: %+v", after, before)
	}
	for _, doc := range []string{`{`, `{"username":"bob","status":1,"permissions":{"/":["*"]}}`,
		`{"username":"ann","status":3,"permissions":{"/":["*"]}}`} {
		if err := h.UpdateUser([]byte(doc)); err == nil {
			t.Errorf("update with %s: no error", doc)
		}
	}
	if err := h.AddUser([]byte(`{"username":"ann","status":1,"permissions":{"/":["*"]}}`)); err == nil {
		t.Error("a name was given twice")
	}
	if err := h.DeleteUser("ann"); err != nil {
		t.Error(err)
	}
	if err := h.DeleteUser("ann"); err == nil {
		t.Error("deleted twice")
	}
	if _, err := h.UserJSON("ann"); err == nil {
		t.Error("a deleted user has a document")
	}
}

// The hook's echo overwrites what an admin changed while it thought: the account is back as it was.
func TestEchoOverwritesAChangeMadeMeanwhile(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct {
		do   func(h *Host) error
		in   bool
		kept bool
	}{
		"disabled": {do: func(h *Host) error {
			return h.UpdateUser([]byte(`{"username":"ann","status":0,"permissions":{"/":["*"]}}`))
		}, in: true, kept: true},
		"deleted": {do: func(h *Host) error { return h.DeleteUser("ann") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			signal := filepath.Join(t.TempDir(), "go")
			log := newEventLog()
			h := start(t, Config{Log: log.handler(), CommandEnv: []string{"GO=" + signal},
				ExternalAuthScope: ExternalAuthPassword, ExternalAuthHook: shell, Commands: shellScript(`
echo begun >&2
until [ -e "$GO" ]; do :; done
printf "%s" "$SFTPGO_AUTHD_USER"
`)})
			in := make(chan bool)
			go func() {
				in <- attempt{via: sshPassword, name: "ann", password: "token"}.run(t, hostTarget{h}.addresses()).In
			}()
			log.wait(t, "begun")
			if err := change.do(h); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(signal, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if got := <-in; got != change.in {
				t.Errorf("let in %v, want %v\n%s", got, change.in, log)
			}
			if change.kept && status(t, h).Status != 1 {
				t.Errorf("the echo did not overwrite the change")
			}
		})
	}
}

// Close ends open sessions too, a half sent file over FTP included.
func TestCloseEndsSessions(t *testing.T) {
	t.Parallel()
	h := start(t, Config{})
	files := annsFiles(t, h)
	control, err := ftp.Dial(h.FTPAddr(), ftp.DialWithTimeout(loginTime))
	if err != nil {
		t.Fatal(err)
	}
	if err := control.Login("ann", "secret"); err != nil {
		t.Fatal(err)
	}
	content, more := io.Pipe()
	sent := make(chan error)
	go func() { sent <- control.Stor("/half.txt", content) }()
	if _, err := io.WriteString(more, "the first half"); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if err := more.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-sent; err == nil {
		t.Error("the file was taken by a host that ended")
	}
	if _, err := files.Getwd(); err == nil {
		t.Error("the sftp session goes on")
	}
	_ = control.Quit()
}
