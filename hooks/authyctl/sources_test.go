package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"sftpgo-authy/internal/sftpgotest"
	"sftpgo-authy/mockauthy/mockapi"
)

// lastReason returns hook and reason of the newest line of the audit.
func (st *stage) lastReason() string {
	st.t.Helper()
	text, err := os.ReadFile(st.env["AUTHY_AUDIT"])
	if err != nil {
		st.t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var line struct{ Hook, Reason string }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &line); err != nil {
		st.t.Fatal(err)
	}
	return line.Hook + " " + line.Reason
}

// expect compares a login and its line in the audit.
func (st *stage) expect(what string, err error, in bool, reason string) {
	st.t.Helper()
	if got := st.lastReason(); (err == nil) != in || got != reason {
		st.t.Errorf("%s: %v, audit says %q; want in %v, %q", what, err, got, in, reason)
	}
}

// newAdditional makes a stage whose hooks find the ids in SFTPGo alone. settings are for the hooks,
// YAML.
func newAdditional(t *testing.T, settings string) *stage {
	t.Helper()
	st := newDesk(t, "")
	st.s = sftpgotest.Start(t, nil)
	st.env["AUTHY_ACCOUNT_SOURCES"] = "additional_info"
	st.env["AUTHY_SFTPGO_URL"] = "http://" + st.s.HTTP
	st.env["AUTHY_SFTPGO_API_KEY_FILE"] = st.write("apikey", st.s.APIKey(t))
	st.env["AUTHY_HOOKS_CONFIG"] = st.write("config.yaml", settings)
	return st
}

// add puts an account of a kind into SFTPGo, with this additional_info; ID stands for the id of a
// new user at Authy.
func (st *stage) add(name, of, info string) {
	st.t.Helper()
	st.users[name] = st.mock.AddUser(mockapi.NewUser{Name: name,
		Cellphone: fmt.Sprintf("212555%04d", len(st.users)+100), CountryCode: 1})
	st.s.AddUser(st.t, name, static, map[string]any{"filters": kind(of),
		"additional_info": strings.ReplaceAll(info, "ID", st.users[name].Ref())})
}

func TestTheIDInSFTPGoCountsForAllThreeHooks(t *testing.T) {
	t.Parallel()
	// Even where unmapped accounts may pass: a source that cannot answer denies.
	st := newAdditional(t, "unmapped: {keyint: password_only, checkpwd: password_only}\n")
	st.s.Restart(t, st.recipe(st.hookd()))
	st.add("kim", "keyint", `{"authy_id": ID, "team": "ops"}`)
	st.add("tom", "extauth", `{"authy_id": "ID"}`)
	st.add("pam", "checkpwd", `{"authy_id": ID}`)
	st.add("ned", "keyint", "works on Tuesdays")
	st.add("num", "checkpwd", "ID") // a staff number, for all we know
	st.add("bad", "keyint", `{"authy_id": ID,}`)

	st.expect("keyint", st.s.Interactive("kim", static, st.code("kim")), true, "keyint code_right")
	st.expect("extauth", st.s.FTPLogin("tom", st.code("tom")), true, "extauth code_right")
	st.expect("checkpwd", st.s.FTPLogin("pam", static+st.code("pam")), true, "checkpwd code_right")
	st.expect("checkpwd without code", st.s.FTPLogin("pam", static), false, "checkpwd code_malformed")
	st.expect("a note", st.s.Interactive("ned", static), true, "keyint bypass_unmapped")
	st.expect("a bare number", st.s.FTPLogin("num", static), true, "checkpwd bypass_unmapped")
	st.expect("an id that cannot be read", st.s.Interactive("bad", static, "1234567"), false,
		"keyint accounts_unavailable")

	// no API keys any more
	st.s.Restart(t, map[string]string{"SFTPGO_HTTPD__BINDINGS__0__DISABLED_LOGIN_METHODS": "64"})
	// of whom nobody has heard yet
	st.s.AddUser(t, "new", static, map[string]any{"filters": kind("checkpwd")})
	st.expect("SFTPGo does not answer", st.s.FTPLogin("new", static), false, "checkpwd accounts_unavailable")
	st.expect("extauth needs no answer", st.s.FTPLogin("tom", st.code("tom")), true, "extauth code_right")
}

func TestABareNumberCountsWhereConfigured(t *testing.T) {
	t.Parallel()
	st := newAdditional(t, "additional_info_bare_number: true\n")
	st.s.Restart(t, st.recipe(st.hookd()))
	st.add("num", "checkpwd", "ID")
	st.add("ned", "checkpwd", "a note")
	st.expect("a number", st.s.FTPLogin("num", static+st.code("num")), true, "checkpwd code_right")
	st.expect("a note", st.s.FTPLogin("ned", static+st.code("ned")), false, "checkpwd user_unmapped")
}

func TestAProgramFindsTheIDInSFTPGo(t *testing.T) {
	t.Parallel()
	st := newAdditional(t, "")
	program := st.build("checkpwd")
	// SFTPGo cuts its lists at commas: hence blanks between sources, and files for what is long.
	var env []string
	for name, value := range st.env {
		env = append(env, name+"="+value)
	}
	st.s.Restart(t, map[string]string{"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_HOOK": program,
		"SFTPGO_COMMAND__COMMANDS__0__PATH": program, "SFTPGO_COMMAND__COMMANDS__0__ENV": strings.Join(env, ",")})
	st.add("pam", "checkpwd", `{"authy_id": ID}`)
	st.expect("checkpwd", st.s.FTPLogin("pam", static+st.code("pam")), true, "checkpwd code_right")
	st.expect("without code", st.s.FTPLogin("pam", static), false, "checkpwd code_malformed")
}

func TestHookdTakesTheUsersFileAsItChanges(t *testing.T) {
	t.Parallel()
	st := newStage(t, nil)
	st.account("ann", "checkpwd", nil, nil)
	login := func() error { return st.s.FTPLogin("ann", static+st.code("ann")) }
	st.expect("enrolled", login(), true, "checkpwd code_right")

	st.must(exitOK, "", "remove", "--yes", "--keep-user", "ann")
	st.expect("removed", login(), false, "checkpwd user_unmapped")

	st.write("users", "ann: "+st.users["ann"].Ref()+"\n")
	st.expect("back", login(), true, "checkpwd code_right")

	st.write("users", "ann: "+st.users["ann"].Ref()+"\nbroken\n")
	st.expect("the new file is broken", login(), true, "checkpwd code_right")

	st.write("users", "bob: 1\n")
	st.expect("the next is not", login(), false, "checkpwd user_unmapped")
}
