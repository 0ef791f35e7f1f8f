package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/provider/totp"
)

// local makes a desk where codes are judged by ourselves, with a key file and a memory that lasts.
func local(t *testing.T) *stage {
	t.Helper()
	st := newDesk(t, "# nobody\n")
	dir := t.TempDir()
	delete(st.env, "AUTHY_API_KEY_FILE")
	st.env["AUTHY_HOOKS_CONFIG"] = st.write("hooks.yaml", fmt.Sprintf(
		"memory_file: %[1]s/memory\ncheckpwd: {separator: '#'}\ntotp:\n  period: 60s\n  skew: 2\n"+
			"  secrets_file: %[1]s/secrets\n  key_file: %[1]s/key\n",
		dir,
	))
	st.must(exitOK, "", "totp", "key")
	return st
}

// phone is a person at the terminal: it reads the address that is shown, and types codes of it.
type phone struct {
	t     *testing.T
	shown *bytes.Buffer
	typed func(now string) string
	queue string
}

var address = regexp.MustCompile(`otpauth://\S+`)

// Read implements [io.Reader].
func (p *phone) Read(b []byte) (int, error) {
	if p.queue == "" {
		p.queue = p.typed(codeAt(p.t, p.shown.String(), 0)) + "\n"
	}
	n := copy(b, p.queue)
	p.queue = p.queue[n:]
	return n, nil
}

// codeAt returns the code of the last address in a text, so many steps from now.
func codeAt(t *testing.T, text string, steps int64) string {
	t.Helper()
	all := address.FindAllString(text, -1)
	secret, err := totp.ParseSecret(all[len(all)-1], totp.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	code, err := secret.Code(secret.Step(time.Now()) + steps)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// scans runs a command whose QR code a person scans.
func (st *stage) scans(code int, typed func(string) string, args ...string) string {
	st.t.Helper()
	var out bytes.Buffer
	c := cli{out: &out, err: &out, lookup: st.lookup, now: time.Now}
	c.in = &phone{t: st.t, shown: &out, typed: typed}
	if got := c.main(st.t.Context(), args); got != code {
		st.t.Fatalf("authyctl %v: exit %d, want %d\n%s", args, got, code, out.String())
	}
	return out.String()
}

func same(code string) string { return code }

// recoveryCodes returns those that a text shows.
func recoveryCodes(text string) []string {
	return regexp.MustCompile(`\b[0-9]{10}\b`).FindAllString(text, -1)
}

// TestEnrollByScanning: a right code makes the factor count and is used up, a wrong one changes
// nothing, and all goes on while hookd runs beside.
func TestEnrollByScanning(t *testing.T) {
	t.Parallel()
	st := local(t)
	url := st.hookd()
	contains(t, st.must(exitNo, "", "enroll", "ann"), "--sftpgo-url", "--force")
	wrong := st.scans(exitNo, func(code string) string { return code[1:] + code[:1] + "1" }, "enroll", "ann", "--force")
	contains(t, wrong, "nothing was changed")
	contains(t, st.must(exitOK, "", "list", "--csv"), "pending\n")

	typed := ""
	shown := st.scans(exitOK, func(code string) string { typed = code; return code }, "enroll", "ann", "--force")
	next := codeAt(t, shown, 1)
	codes := recoveryCodes(shown)
	if len(codes) != totp.RecoveryCodes || !strings.Contains(shown, "▀") {
		t.Fatalf("%d recovery codes; want 10 and a picture:\n%s", len(codes), shown)
	}
	let := func(what, typed string, want bool) {
		t.Helper()
		if got := st.checkpwd(url, "ann", "pw#"+typed); strings.Contains(got, `"status":2`) != want {
			t.Errorf("%s: %s, want let in: %v", what, got, want)
		}
	}
	let("the code that was typed to enrol", typed, false)
	let("the next code", next, true)
	let("the same again", next, false)
	let("a recovery code", codes[0], true)
	let("the same recovery code", codes[0], false)
	contains(t, st.must(exitOK, "", "status", "ann"), "totp/ann", "recovery codes  9 left", "last login      20")
	contains(t, st.must(exitOK, "", "list"), `"ann"`, time.Now().UTC().Format(time.DateOnly))
	contains(t, st.must(exitNo, "", "enroll", "ann", "--force"), "already")
	contains(t, st.must(exitOK, "", "qr", "ann"), "▀", address.FindString(shown))

	again := st.scans(exitOK, same, "replace", "ann")
	let("an old code", codeAt(t, shown, 1), false)
	let("an old recovery code", codes[1], false)
	let("a code of the new phone", codeAt(t, again, 1), true)

	contains(t, st.must(exitNo, "", "remove", "ann"), "--yes")
	contains(t, st.must(exitNo, "n\n", "remove", "ann"), "nothing was changed")
	contains(
		t,
		st.must(exitOK, "y\n", "remove", "ann"),
		"the secret and recovery codes of \"ann\" are removed",
		"confirmed",
	)
	let("a recovery code of somebody removed", recoveryCodes(again)[0], false)
}

// TestEnrollMany: many at once, again from where it ended, and each is pending until a first code.
func TestEnrollMany(t *testing.T) {
	t.Parallel()
	st := local(t)
	var people strings.Builder
	people.WriteString("account,email\n")
	const all = 2500
	for i := range all {
		fmt.Fprintf(&people, "user%04d,u%d@example.com\n", i, i)
	}
	from, out := st.write("people.csv", people.String()), filepath.Join(t.TempDir(), "out.csv")
	args := []string{"enroll", "--from", from, "--out", out, "--force"}
	contains(t, st.must(exitOK, "", args...), "enrolled 2500, had a second factor before 0, failed 0")
	contains(t, st.must(exitOK, "", args...), "enrolled 0, had a second factor before 2500, failed 0")
	info, err := os.Stat(out)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(rows) != all+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	// As if the run had been killed after it wrote half of the factors, in the middle of a line.
	half := bytes.Index(text, []byte("\nuser1700,")) + 20
	if err := os.WriteFile(out, text[:half], 0o600); err != nil {
		t.Fatal(err)
	}
	st.write("users", "# nobody\n")
	contains(t, st.must(exitOK, "", args...), "enrolled 2500")
	after, err := os.ReadFile(out)
	if err != nil || !bytes.HasPrefix(after, text[:half-20]) || bytes.Count(after, []byte("\n")) != all+1 {
		t.Errorf("a second run changed what was handed out, or left a hole: %v", err)
	}
	contains(t, st.must(exitOK, "", "status", "user1234"), "never (pending)", "10 left")
	url := st.hookd()
	if got := st.checkpwd(url, "user1234", "pw#"+codeAt(t, rows[1235][1], 0)); !strings.Contains(got, `"status":2`) {
		t.Errorf("somebody from the file is not let in: %s", got)
	}
	if got := st.must(exitOK, "", "status", "user1234"); strings.Contains(got, "pending") {
		t.Errorf("still pending: %s", got)
	}
	if err := os.Chmod(out, 0o644); err != nil {
		t.Fatal(err)
	}
	contains(t, st.must(exitNo, "", args...), "0644")
	contains(t, st.must(exitNo, "", "enroll", "--from", from), "belong together")
	contains(t, st.must(exitNo, "", "enroll"), "who is it?")
}

// TestLinkAndReplaceAtAuthy: an id that exists is taken over, one that does not is not, and a new
// phone is a new user.
func TestLinkAndReplaceAtAuthy(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "# staff\n")
	id := strconv.FormatInt(st.mock.User("ann").ID, 10)
	contains(t, st.must(exitNo, "", "link", "ann", "--id", "99"), "authy user 99")
	contains(t, st.must(exitNo, "", "link", "ann", "--id", "x"), "--id")
	contains(t, st.must(exitOK, "", "link", "ann", "--id", id), "authy user "+id)
	contains(t, st.must(exitNo, "", "link", "ann", "--id", id), "already")
	contains(t, st.must(exitOK, "", "list", "--json"), `"provider": "authy"`, `"reference": "`+id+`"`)
	contains(t, st.must(exitOK, "", append([]string{"replace", "ann"}, person...)...), "authy user "+id+" is removed")
	if text, err := os.ReadFile(st.env["AUTHY_USERS_FILE"]); err != nil || strings.Contains(string(text), id) ||
		!strings.Contains(string(text), "ann: ") {
		t.Errorf("the users file has %q, %v", text, err)
	}
	contains(t, st.must(exitNo, "", append([]string{"replace", "ann"}, person...)...), "the phone is the same")
	contains(t, st.must(exitNo, "", "enroll", "bob", "--force", "--provider", "totp"), "totp.secrets_file")
}

var _ io.Reader = (*phone)(nil)
