package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/doctor"
)

// script makes a program of a few shell lines.
func (st *stage) script(name, text string) string {
	st.t.Helper()
	path := filepath.Join(st.dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		st.t.Fatal(err)
	}
	return path
}

func TestTheRecipeLetsEachKindInAndDoctorIsQuiet(t *testing.T) {
	t.Parallel()
	st := newStage(t, nil)
	for _, name := range []string{"keyint", "extauth", "checkpwd"} {
		st.account(name, name, nil, map[string]any{"email": name + "@example.test"})
	}
	key := newKey()
	st.account("kim", "key and code", nil, map[string]any{"public_keys": []string{authorized(key)}})
	for what, err := range map[string]error{
		"keyint":                   st.s.Interactive("keyint", static, st.code("keyint")),
		"extauth over FTP":         st.s.FTPLogin("extauth", st.code("extauth")),
		"extauth over the web":     st.s.Web("extauth", st.code("extauth")),
		"checkpwd over SSH":        st.s.Password("checkpwd", static+st.code("checkpwd")),
		"checkpwd over WebDAV":     st.s.DAVLogin("checkpwd", static+st.code("checkpwd")),
		"key and code":             st.s.KeyThenPassword("kim", key, st.code("kim")),
		"checkpwd by SFTPGo's own": st.s.Interactive("checkpwd", static+st.code("checkpwd")),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if named := st.examine().Findings; len(named) != 2 || named[0].ID != "provider" || named[1].ID != "administrators" {
		t.Errorf("doctor says %+v; want the mock, the administrator without a second factor, and nothing else", named)
	}
	st.secondFactorOfAdmin()
	if named := st.examine().Findings; len(named) != 1 || named[0].ID != "provider" {
		t.Errorf("doctor says %+v; want the mock and nothing else", named)
	}
	code, out, _ := st.ctl("", "doctor", "--sftpgo-pid", strconv.Itoa(st.s.PID()))
	if code != exitNo || strings.Contains(out, "\nNOT SEEN") || !strings.Contains(out, " 1 FAIL, 0 WARN,") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// secondFactorOfAdmin has SFTPGo ask its administrator for a code from now on, as the web admin's
// page does.
func (st *stage) secondFactorOfAdmin() {
	st.t.Helper()
	var made struct {
		Config string `json:"config_name"`
		Secret string `json:"secret"`
	}
	answer := st.s.Call(st.t, http.MethodPost, "/admin/totp/generate", map[string]any{"config_name": "Default"})
	if err := json.Unmarshal(answer, &made); err != nil || made.Secret == "" {
		st.t.Fatalf("no secret in %s (%v)", answer, err)
	}
	st.s.Call(st.t, http.MethodPost, "/admin/totp/save", map[string]any{
		"enabled": true, "config_name": made.Config,
		"secret": map[string]any{"status": "Plain", "payload": made.Secret},
	})
}

func TestWithoutTheDefenderGuessingNeverEnds(t *testing.T) {
	t.Parallel()
	st := newStage(t, map[string]string{"SFTPGO_COMMON__DEFENDER__ENABLED": ""})
	st.account("ann", "checkpwd", nil, nil)
	// hookd counts nothing of him: no hook is asked about his logins.
	st.s.AddUser(t, "paul", static, map[string]any{"filters": map[string]any{
		"hooks": map[string]any{"external_auth_disabled": true, "check_password_disabled": true},
	}})
	guess := func() error {
		for range 20 {
			_ = st.s.FTPLogin("paul", "guess") // wrong on purpose
		}
		return st.s.FTPLogin("paul", static)
	}
	if err := guess(); err != nil {
		t.Fatalf("the hole is not there: %v", err)
	}
	for range 20 {
		_ = st.s.FTPLogin("ann", "guess")
	}
	if err := st.s.FTPLogin("ann", static+st.code("ann")); err == nil {
		t.Error("hookd lets somebody in after 20 guesses")
	}
	named := finding(st.examine(), "defender")
	if len(named) != 1 || named[0].Severity != doctor.Warning {
		t.Fatalf("doctor says %+v", named)
	}
	st.apply(named[0].Change)
	// First, for the defender shuts us out as well.
	if left := finding(st.examine(), "defender"); len(left) > 0 {
		t.Errorf("doctor still says %+v", left)
	}
	if err := guess(); err == nil {
		t.Error("guessing goes on")
	}
}

func TestASecretInTheGlobalEnvironmentReachesEveryProgram(t *testing.T) {
	t.Parallel()
	// it would keep the other program from being run
	st := newStage(t, map[string]string{"SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_HOOK": ""})
	st.account("ann", "checkpwd", nil, nil)
	const key = "very-secret-key"
	seen := filepath.Join(st.dir, "seen")
	program := st.script("somebody-elses-hook", `printf '%s' "$AUTHY_API_KEY" >`+seen+"\n")
	st.s.Restart(t, map[string]string{"SFTPGO_DATA_PROVIDER__PRE_LOGIN_HOOK": program,
		"SFTPGO_COMMAND__ENV": "A=b,AUTHY_API_KEY=" + key})
	look := func() string {
		t.Helper()
		if err := st.s.FTPLogin("ann", static+st.code("ann")); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(seen)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if got := look(); got != key {
		t.Fatalf("the hole is not there: %q", got)
	}
	named := finding(st.examine(), "global_secrets")
	if len(named) != 1 || !strings.Contains(named[0].Line, "SFTPGO_COMMAND__ENV") ||
		!strings.Contains(named[0].Line, "AUTHY_API_KEY_FILE") {
		t.Fatalf("doctor says %+v", named)
	}
	if strings.Contains(fmt.Sprint(named), key) {
		t.Error("doctor shows the key")
	}
	st.s.Restart(t, map[string]string{
		"SFTPGO_COMMAND__ENV": "A=b", "SFTPGO_COMMAND__COMMANDS__0__PATH": "/usr/local/bin/keyint",
		"SFTPGO_COMMAND__COMMANDS__0__ENV": "AUTHY_API_KEY_FILE=" + st.env["AUTHY_API_KEY_FILE"],
	})
	if got := look(); got != "" {
		t.Errorf("another program still sees %q", got)
	}
	if left := finding(st.examine(), "global_secrets"); len(left) > 0 {
		t.Errorf("doctor still says %+v", left)
	}
}

func TestSecretsStandInTheLog(t *testing.T) {
	t.Parallel()
	st := newStage(t, map[string]string{"SFTPGO_LOG_LEVEL": "",
		"SFTPGO_COMMAND__COMMANDS__0__PATH": "/usr/local/bin/keyint",
		"SFTPGO_COMMAND__COMMANDS__0__ENV":  "AUTHY_API_KEY=very-secret-key",
		"SFTPGO_HTTP__HEADERS__0__KEY":      "X-Hook-Secret", "SFTPGO_HTTP__HEADERS__0__VALUE": "very-secret-word",
		"SFTPGO_HTTP__HEADERS__0__URL": "http://127.0.0.1/"})
	if log := st.s.Log(); !strings.Contains(log, "very-secret-key") || !strings.Contains(log, "very-secret-word") {
		t.Fatal("the hole is not there")
	}
	named := finding(st.examine(), "secrets_in_log")
	if len(named) != 1 || strings.Contains(fmt.Sprint(named), "very-secret") {
		t.Fatalf("doctor says %+v", named)
	}
	if err := os.Truncate(filepath.Join(st.s.Dir, "log"), 0); err != nil {
		t.Fatal(err)
	}
	st.apply(named[0].Change)
	if strings.Contains(st.s.Log(), "very-secret") {
		t.Error("the secrets stand in the log again")
	}
	if left := finding(st.examine(), "secrets_in_log"); len(left) > 0 {
		t.Errorf("doctor still says %+v", left)
	}
}

func TestAShortTimeoutLocksSlowTypersOut(t *testing.T) {
	t.Parallel()
	st := newStage(t, nil)
	st.account("ann", "keyint", nil, nil)
	killed := filepath.Join(st.dir, "killed")
	// It notes that it is alive, so that the client can wait until it is not.
	program := st.script("keyint", `echo $$ >`+killed+`
echo '{"questions":["Password: "],"echos":[false],"check_password":1}'
read -r answer && [ "$answer" = OK ] && echo '{"auth_result":1}'
`)
	st.s.Restart(t, map[string]string{"SFTPGO_SFTPD__KEYBOARD_INTERACTIVE_AUTH_HOOK": program,
		"SFTPGO_COMMAND__TIMEOUT": "1"})
	slow := func() error {
		return st.s.InteractiveAfter("ann", func() { waitForEnd(t, killed, 3*time.Second) }, static)
	}
	if err := slow(); err == nil {
		t.Fatal("a slow typer got in")
	}
	named := finding(st.examine(), "keyint_timeout")
	if len(named) != 1 || !strings.Contains(named[0].Line, program) {
		t.Fatalf("doctor says %+v", named)
	}
	st.apply(named[0].Change)
	if err := slow(); err != nil {
		t.Errorf("a slow typer is still locked out: %v", err)
	}
	if left := finding(st.examine(), "keyint_timeout"); len(left) > 0 {
		t.Errorf("doctor still says %+v", left)
	}
}

// waitForEnd waits until the process whose id the file has is gone, or as long as limit.
func waitForEnd(t *testing.T, file string, limit time.Duration) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return
	}
	deadline := time.After(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat("/proc/" + strings.TrimSpace(string(text))); err != nil {
			return
		}
		select {
		case <-deadline:
			return
		case <-tick.C:
		}
	}
}
