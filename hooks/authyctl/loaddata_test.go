package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/sftpgotest"
)

// TestSFTPGosOwnSecondFactor: the same phone opens a real SFTPGo before, by the hook, and after its
// loaddata has read the file, by SFTPGo's own second factor; and nothing else does.
func TestSFTPGosOwnSecondFactor(t *testing.T) {
	t.Parallel()
	st := newStage(t, nil)
	st.mock.Resume()
	st.mock.SetTime(time.Now())
	st.export(true)
	var users strings.Builder
	for i, name := range []string{"ann", "eve", "gone"} {
		if name != "gone" {
			st.s.AddUser(t, name, static, map[string]any{"filters": kind("keyint")})
		}
		fmt.Fprintf(&users, "%s: %s\n", name, st.phoneOf(name, i, name == "eve").Ref())
	}
	st.write("users", users.String())
	if err := st.s.Interactive("ann", static, codeOf(t, st.users["ann"], 0)); err != nil {
		t.Fatalf("before: %v", err)
	}

	out := filepath.Join(t.TempDir(), "loaddata.json")
	delete(st.env, "AUTHY_SFTPGO_API_KEY_FILE") // a dump wants an administrator
	delete(st.env, "AUTHY_SFTPGO_URL")
	args := []string{"migrate", "run", "--to", "loaddata", "--sftpgo-url", "http://" + st.s.HTTP,
		"--sftpgo-admin", sftpgotest.Admin, "--sftpgo-password-file", st.write("password", sftpgotest.Password)}
	contains(t, st.must(exitNo, "", args...), "--out")
	contains(t, st.must(exitOK, "", append(args, "--out", out)...), "secrets of 1 account",
		"in the file                  1",
		"have the Authy app           1", `SFTPGo has no account "gone"`)
	contains(t, st.must(exitNo, "", append(args, "--out", out)...), "exists")
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if got := read(t, st.env["AUTHY_USERS_FILE"]); got != users.String() {
		t.Errorf("the users file is %s", got)
	}

	before := st.whole("ann")
	st.s.Call(t, "POST", "/loaddata", json.RawMessage(read(t, out)))
	after := st.whole("ann")
	for _, field := range []string{"password", "home_dir", "permissions"} {
		if string(before[field]) != string(after[field]) {
			t.Errorf("loaddata changed %s", field)
		}
	}
	st.s.Restart(t, map[string]string{
		"SFTPGO_SFTPD__KEYBOARD_INTERACTIVE_AUTH_HOOK": "", "SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_HOOK": "",
		"SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_HOOK": "",
	})
	for what, way := range map[string]struct {
		err error
		in  bool
	}{
		"password and code":          {st.s.Interactive("ann", static, codeOf(t, st.users["ann"], 0)), true},
		"password and a wrong code":  {st.s.Interactive("ann", static, "000000"), false},
		"the password alone":         {st.s.Password("ann", static), false},
		"FTP, password and code":     {st.s.FTPLogin("ann", static+codeOf(t, st.users["ann"], 1)), true},
		"FTP, the password alone":    {st.s.FTPLogin("ann", static), false},
		"WebDAV, the password alone": {st.s.DAVLogin("ann", static), false},
	} {
		if (way.err == nil) != way.in {
			t.Errorf("%s: %v, want in: %v", what, way.err, way.in)
		}
	}
}
