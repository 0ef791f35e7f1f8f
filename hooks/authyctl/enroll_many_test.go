package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/mockapi"
)

// rows returns what a handout has for each account.
func rows(t *testing.T, path string) map[string][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, row := range list[1:] {
		if all[row[0]] != nil {
			t.Errorf("%s stands there twice", row[0])
		}
		all[row[0]] = row
	}
	return all
}

// TestAHandoutBringsNobodyBack: a second run with the file of the first gives people who were
// removed since a new secret, whatever became of the old one, and leaves all others theirs.
func TestAHandoutBringsNobodyBack(t *testing.T) {
	t.Parallel()
	st := local(t)
	url := st.hookd()
	from, out := st.write("people.csv", "ann\nbob\ncid\ndan\n"), filepath.Join(t.TempDir(), "out.csv")
	again := func(want string) map[string][]string {
		t.Helper()
		contains(t, st.must(exitOK, "", "enroll", "--from", from, "--out", out, "--force"), want)
		return rows(t, out)
	}
	first := again("enrolled 4")
	let := func(who string, row []string, step int64, want bool) {
		t.Helper()
		got := st.checkpwd(url, who, "pw#"+codeAt(t, row[1], step))
		if strings.Contains(got, `"status":2`) != want {
			t.Errorf("%s: %s, want let in: %v", who, got, want)
		}
	}
	let("cid", first["cid"], 0, true)
	st.must(exitOK, "", "remove", "ann", "--yes")
	// By hand, and the secret stays behind: that of cid was in use, that of dan is as a run leaves
	// it that is killed before the last file was written.
	text, err := os.ReadFile(st.env["AUTHY_USERS_FILE"])
	if err != nil {
		t.Fatal(err)
	}
	var kept strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "cid:") && !strings.HasPrefix(line, "dan:") {
			kept.WriteString(line)
		}
	}
	st.write("users", kept.String())
	second := again("enrolled 3, had a second factor before 1")
	for who, same := range map[string]bool{"ann": false, "bob": true, "cid": false, "dan": true} {
		if got := second[who][1] == first[who][1]; got != same {
			t.Errorf("%s has the same secret: %v, want %v", who, got, same)
		}
	}
	let("ann", first["ann"], 0, false)
	let("cid", first["cid"], 1, false)
	contains(t, st.must(exitOK, "", "status", "cid"), "pending")
	let("ann", second["ann"], 0, true)
	let("cid", second["cid"], 0, true)
	let("bob", first["bob"], 0, true)
	if got := st.checkpwd(url, "ann", "pw#"+strings.Fields(first["ann"][2])[0]); strings.Contains(got, `"status":2`) {
		t.Error("a recovery code of the first file is good")
	}
}

// TestEnrollManyAtAuthy: Authy makes a user for each, its errors are told by account, and a second
// run does what is left. At an answer that everybody would get it ends.
func TestEnrollManyAtAuthy(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "# staff\n")
	var people strings.Builder
	people.WriteString("account,email,cellphone,country_code\n")
	for i := range 250 {
		fmt.Fprintf(&people, "user%03d,u%d@example.com,212-555-%04d,1\n", i, i, i)
	}
	people.WriteString("nophone,x@example.com,,1\nnomail,at,212-555-0999,1\n")
	args := []string{"enroll", "--force", "--from", st.write("people.csv", people.String())}
	got := st.must(exitNo, "", args...)
	contains(t, got, "enrolled 250, had a second factor before 0, failed 2",
		`"nophone" is not enrolled: --email,`,
		`"nomail" is not enrolled: authy answered 400`)
	contains(t, st.must(exitNo, "", args...), "enrolled 0, had a second factor before 250, failed 2")
	contains(t, st.must(exitOK, "", "list", "--csv"), "user249,authy,", time.Now().UTC().Format(time.DateOnly))
	contains(t, st.must(exitNo, "", append(args, "--out", "x")...), "--out")

	st.write("users", "# staff\n")
	st.mock.Fail(mockapi.UserNew, 503).After(150).Once()
	contains(t, st.must(exitNo, "", args...), "authy answered 503", "repeat the command to go on")
	got = st.must(exitOK, "", "list", "--csv")
	if !strings.Contains(got, "user149,") || strings.Contains(got, "user150,") {
		t.Errorf("what was made before is not saved, or more: %s", got)
	}
}

// TestTheLastLoginAtAuthyIsKnown: where the memory lasts.
func TestTheLastLoginAtAuthyIsKnown(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "# staff\n")
	st.env["AUTHY_MEMORY_FILE"] = filepath.Join(t.TempDir(), "memory")
	st.env["AUTHY_HOOKS_CONFIG"] = st.write("hooks.yaml", "checkpwd: {separator: '#'}\n")
	ann := st.mock.User("ann")
	st.must(exitOK, "", "link", "ann", "--id", ann.Ref())
	contains(t, st.must(exitOK, "", "status", "ann"), "last login  unknown", "since       20")
	if got := st.checkpwd(st.hookd(), "ann", "pw#"+ann.Code()); !strings.Contains(got, `"status":2`) {
		t.Fatal(got)
	}
	day := time.Now().UTC().Format(time.DateOnly)
	contains(t, st.must(exitOK, "", "status", "ann"), "last login  "+day)
	contains(t, st.must(exitOK, "", "list", "--csv"), "ann,authy,"+ann.Ref()+","+day+","+day)
}
