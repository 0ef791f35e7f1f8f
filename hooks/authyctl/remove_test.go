package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/hookd"
	"sftpgo-authy/internal/sftpgotest"
)

// socket returns the stage an admin socket, with a path that is short enough for one.
func (st *stage) socket() {
	st.t.Helper()
	dir, err := os.MkdirTemp("", "ctl")
	if err != nil {
		st.t.Fatal(err)
	}
	st.t.Cleanup(func() { _ = os.RemoveAll(dir) })
	st.env["AUTHY_HOOKD_ADMIN_SOCKET"] = filepath.Join(dir, "s")
}

// checkpwd asks a hookd about a password, and returns its answer.
func (st *stage) checkpwd(url, name, password string) string {
	st.t.Helper()
	req, err := http.NewRequest(http.MethodPost, url+"/checkpwd",
		strings.NewReader(`{"username":"`+name+`","password":"`+password+`"}`))
	if err != nil {
		st.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(hookd.SecretHeader, hookSecret)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		st.t.Fatal(err)
	}
	defer res.Body.Close()
	var body [256]byte
	n, _ := res.Body.Read(body[:])
	return string(body[:n])
}

// TestRemoveAsksTheHookdThatRuns: it says that the account is out only where hookd says so, and the
// exit code tells.
func TestRemoveAsksTheHookdThatRuns(t *testing.T) {
	t.Parallel()
	const two = "ann: 1\nbob: 2\n"
	passwords := "unmapped: {checkpwd: password_only}\n"
	for name, row := range map[string]struct {
		config string
		users  string                             // of hookd; "" for the same file
		after  func(st *stage, hookdsFile string) // hookd has started
		flags  []string
		code   int
		want   string
	}{
		"out": {code: exitOK, want: `confirmed: hookd denies account "ann"`},
		"out while another line is broken": {code: exitOK, want: "confirmed",
			after: func(st *stage, _ string) { st.write("users", "ann: 1\nbob: 2x\ncarol: 3\n") }},
		"the only one": {code: exitOK, want: "confirmed", after: func(st *stage, _ string) {
			st.write("users", "ann: 1\n")
		}},
		"hookd reads another file": {users: two, code: exitNo, want: "hookd still lets account \"ann\" in by its code"},
		"hookd goes on with old content": {users: two, code: exitNo, want: "uses its previous content",
			after: func(st *stage, file string) {
				if err := os.Remove(file); err != nil {
					st.t.Fatal(err)
				}
			}},
		"password alone, from the next reload on": {config: passwords, flags: []string{"--allow-password-only"},
			code: exitOK, want: "After its next reload"},
		"password alone, from now on": {config: passwords, users: "bob: 2\n", flags: []string{"--allow-password-only"},
			code: exitNo,
			want: "by its password alone"},
		"hookd cannot look it up": {config: "account_sources: [file, additional_info]\n", code: exitUnknowns,
			want: "not confirmed: hookd denies the account now"},
		"no socket": {code: exitUnknowns, want: "not confirmed: hookd.admin_socket is not set",
			after: func(st *stage, _ string) { delete(st.env, "AUTHY_HOOKD_ADMIN_SOCKET") }},
		"nobody answers": {code: exitUnknowns, want: "not confirmed: admin socket: no hookd answers",
			after: func(st *stage, _ string) { st.env["AUTHY_HOOKD_ADMIN_SOCKET"] += ".none" }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := newDesk(t, two)
			st.socket()
			if row.config != "" {
				st.env["AUTHY_HOOKS_CONFIG"] = st.write("config", row.config)
			}
			own := st.env["AUTHY_USERS_FILE"]
			if row.users != "" {
				st.env["AUTHY_USERS_FILE"] = st.write("others", row.users)
			}
			hookds := st.env["AUTHY_USERS_FILE"]
			hookd := st.hookd()
			st.checkpwd(hookd, "bob", "secret1234567") // it has read the file
			st.env["AUTHY_USERS_FILE"] = own
			if row.after != nil {
				row.after(st, hookds)
			}
			got := st.must(row.code, "", append([]string{"remove", "--yes", "--keep-user", "ann"}, row.flags...)...)
			contains(t, got, row.want, "sessions that are open stay open")
			if strings.Contains(got, "\nconfirmed") != (row.code == exitOK) {
				t.Errorf("exit %d, and it says %q", row.code, got)
			}
		})
	}
}

// TestRemoveEndsWhatHookdRemembersOfSFTPGo: an id that is taken out of additional_info is out at
// once, and not when hookd forgets what SFTPGo said.
func TestRemoveEndsWhatHookdRemembersOfSFTPGo(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "")
	st.socket()
	st.s = sftpgotest.Start(t, nil)
	st.s.AddUser(t, "ann", static, map[string]any{"additional_info": `{"authy_id":4711}`})
	st.env["AUTHY_ACCOUNT_SOURCES"] = "additional_info"
	st.env["AUTHY_SFTPGO_URL"] = "http://" + st.s.HTTP
	st.env["AUTHY_SFTPGO_API_KEY_FILE"] = st.write("apikey", st.s.APIKey(t))
	hookd := st.hookd()
	st.checkpwd(hookd, "ann", "secret1234567")
	st.expect("before", nil, true, "checkpwd provider_unknown_user")
	contains(t, st.must(exitOK, "", "remove", "--yes", "--keep-user", "ann"), `confirmed: hookd denies account "ann"`)
	st.checkpwd(hookd, "ann", "secret1234567")
	st.expect("after", nil, true, "checkpwd user_unmapped")
}
