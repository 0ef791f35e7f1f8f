package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// leaver makes a desk whose people are at Authy, and that has local TOTP and Verify beside it. The
// mock's clock is the wall's. names are people without the Authy app.
func leaver(t *testing.T, names ...string) *stage {
	t.Helper()
	st := newDesk(t, "# staff\n")
	st.mock.Resume()
	st.mock.SetTime(time.Now())
	dir := t.TempDir()
	st.env["AUTHY_HOOKS_CONFIG"] = st.write("hooks.yaml", fmt.Sprintf("provider: authy\nmemory_file: %[1]s/memory\n"+
		"checkpwd: {separator: '#'}\ntotp: {secrets_file: %[1]s/secrets, key_file: %[1]s/key}\n"+
		"verify: {account_sid: %[2]s, secret_file: %[3]s, service_sid: %[4]s, url: \"%[5]s\"}\n",
		dir, st.mock.AccountSID, st.write("token", st.mock.AuthToken), st.mock.ServiceSID, st.mock.URL))
	st.must(exitOK, "", "totp", "key")
	var users strings.Builder
	users.WriteString("# staff\n")
	for i, name := range names {
		fmt.Fprintf(&users, "%s: %s\n", name, st.phoneOf(name, i, false).Ref())
	}
	st.write("users", users.String())
	return st
}

// phoneOf adds a user to Authy, with the Authy app or without.
func (st *stage) phoneOf(name string, number int, app bool) *mockauthytest.User {
	st.t.Helper()
	st.users[name] = st.mock.AddUser(mockapi.NewUser{
		Name: name, Cellphone: fmt.Sprintf("201555%04d", number), CountryCode: 1, Registered: &app,
	})
	return st.users[name]
}

// export switches the export on or off, as Twilio's support does.
func (st *stage) export(on bool) {
	st.t.Helper()
	change := map[string]any{"migration_tools_enabled": on}
	if _, err := st.mock.Client.PatchSettings(st.t.Context(), change); err != nil {
		st.t.Fatal(err)
	}
}

// secretsIn returns the files below a folder in which the secret of somebody stands plain.
func (st *stage) secretsIn(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, u := range st.users {
			if u.Secret != "" && bytes.Contains(text, []byte(u.Secret)) {
				found = append(found, path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestAPersonMovesHomeAndBack: the same phone opens the door before, after, and after the way back,
// and the users file is then what it was.
func TestAPersonMovesHomeAndBack(t *testing.T) {
	t.Parallel()
	st := leaver(t, "ann", "bob")
	users := st.env["AUTHY_USERS_FILE"]
	before := read(t, users) + "eve: " + st.phoneOf("eve", 77, true).Ref() + "  # boss # since 2026-01-02\n" +
		"ann-backup: authy/" + st.users["ann"].Ref() + "\n"
	st.write("users", before)
	url := st.hookd()
	lets := func(account, typed string, want bool) {
		t.Helper()
		if got := st.checkpwd(url, account, "pw#"+typed); strings.Contains(got, `"status":2`) != want {
			t.Errorf("%s: %s, want let in: %v", account, got, want)
		}
	}
	lets("ann", st.users["ann"].GenericCode(), true)

	contains(t, st.must(exitNo, "", "migrate", "plan"), "60154", "Twilio's support",
		`have the Authy app           1 "eve"`)
	contains(t, st.must(exitNo, "", "migrate", "run", "--to", "totp"), "60154", "0 people moved")
	st.export(true)
	contains(t, st.must(exitOK, "", "migrate", "plan"), "3 people at Authy", "can move                     2",
		`have the Authy app           1 "eve"`)
	if got := read(t, users); got != before {
		t.Errorf("plan changed the users file: %s", got)
	}
	contains(t, st.must(exitNo, "", "migrate", "run"), `want totp or verify or loaddata`)
	exported := codeOf(t, st.users["ann"], 0) // or of the step before
	contains(t, st.must(exitOK, "", "migrate", "run", "--to", "totp", "--account", "ann-backup"),
		"1 person moved to totp")
	want := strings.ReplaceAll(before, "ann: ", "ann: totp  # was ")
	want = strings.ReplaceAll(want, "ann-backup: ", "ann-backup: totp/ann  # was ")
	if got := read(t, users); got != want {
		t.Errorf("the users file is\n%swant\n%s", got, want)
	}
	lets("ann", exported, false) // the code of the export is used up
	lets("ann", codeOf(t, st.users["ann"], 1), true)
	lets("ann-backup", codeOf(t, st.users["ann"], 1), false) // one secret, so the code is used
	lets("bob", st.users["bob"].GenericCode(), true)         // still at Authy

	contains(t, st.must(exitOK, "", "migrate", "report"), "1 person moved to totp", "2 people at Authy")
	contains(t, st.must(exitOK, "", "migrate", "report", "--csv"),
		"ann-backup,"+st.users["ann"].Ref()+",moved,totp/ann,\n", "bob,"+st.users["bob"].Ref()+",moves,,\n")
	if got := read(t, users+".before-migration"); got != before {
		t.Errorf("the users file of before is %s", got)
	}
	if files := st.secretsIn(t, filepath.Dir(st.secretsFile())); len(files) > 0 {
		t.Errorf("secrets stand plain in %q", files)
	}

	contains(t, st.must(exitOK, "", "migrate", "rollback"), "1 person at Authy again")
	if got := read(t, users); got != before {
		t.Errorf("after the way back the users file is %s", got)
	}
	if got := read(t, st.secretsFile()); strings.Contains(got, "ann") {
		t.Errorf("a secret is left: %s", got)
	}
	st.mock.Advance(time.Minute)
	lets("ann", st.users["ann"].GenericCode(), true)
	contains(t, st.must(exitOK, "", "migrate", "report"), "3 people at Authy")
}

// codeOf returns the code of somebody's authenticator app, so many steps from now.
func codeOf(t *testing.T, u *mockauthytest.User, steps int64) string {
	t.Helper()
	return codeAt(t, "otpauth://totp/x?secret="+u.Secret, steps)
}

// secretsFile is where the secrets of local TOTP are.
func (st *stage) secretsFile() string {
	path := regexp.MustCompile(`secrets_file: ([^,]+)`).FindStringSubmatch(read(st.t, st.env["AUTHY_HOOKS_CONFIG"]))
	return path[1]
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
