package doctor

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares text with a file of testdata.
func golden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if text != string(want) {
		t.Errorf("the text is\n%s\nwant %s:\n%s", text, path, want)
	}
}

func reported(t *testing.T, r Report) string {
	t.Helper()
	var text strings.Builder
	if err := r.WriteText(&text, 0); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	if err := examine(&Facts{}, checks()).WriteSARIF(&text, "authyctl v1"); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.sarif", text.String())
}

// checks are made up: the text must not change with every check that is added.
func checks() []Check {
	found := func(found ...Finding) func(*Facts) ([]Finding, error) {
		return func(*Facts) ([]Finding, error) { return found, nil }
	}
	warned := Finding{Severity: Warning, Where: "sftpgo settings",
		What: "the defender is off: an address may guess without end",
		Line: "common.defender.enabled: true"}
	failed := Finding{Severity: Critical, Where: `account "ann"`, What: "the stored password alone logs in over FTP",
		Line: `account "ann": add "password" to filters.denied_login_methods`, Change: &Change{Account: "ann"}}
	noted := Finding{Severity: Info, Where: `account "bob"`, What: "has no second factor"}
	return []Check{
		{"hooks", "SFTPGo asks a hook at all", nil, found()},
		{"second_factor", "every account has a second factor", nil, found(noted)},
		{"defender", "guessing is stopped", nil, found(warned)},
		{"password_alone", "no stored password logs in alone", nil, func(*Facts) ([]Finding, error) {
			return []Finding{failed}, errors.Join(errors.New("group \"g\" is not for this administrator"))
		}},
		{"shares", "every link to files needs a login", []Need{NeedInventory}, found()},
		{"password_reset", "a mail never logs in without a hook", []Need{NeedInventory}, found()},
		{"user_api_keys", "no API key of a user logs in without a hook", []Need{NeedInventory}, found()},
		{"programs", "nobody else may change hook programs", nil, func(*Facts) ([]Finding, error) {
			return nil, errors.Join(errors.New("/usr/bin/keyint is not on this machine"),
				errors.New("/usr/bin/checkpwd is not on this machine"))
		}},
	}
}

func TestTheTextForAPerson(t *testing.T) {
	t.Parallel()
	f := facts(recipe())
	f.Inventory.Err = errors.New("first line\nsecond line")
	report := examine(f, checks())
	golden(t, "mixed.txt", reported(t, report))
	if clean, complete := report.Clean(); clean || complete {
		t.Errorf("clean %v, complete %v", clean, complete)
	}
	golden(t, "nothing_known.txt", reported(t, examine(nothing(), checks())))
	// Whatever checks there are, a reason stands there once.
	if text := reported(t, Examine(nothing())); strings.Count(text, "nobody said where SFTPGo is") != 1 {
		t.Errorf("a reason is repeated:\n%s", text)
	}
	golden(t, "all_well.txt", reported(t, examine(facts(recipe()), checks()[:2])))
}

// nothing are the facts of a doctor who was told nothing.
func nothing() *Facts {
	f := facts(nil)
	f.Config.Err = errors.Join(errors.New("api_key: is missing"), errors.New("users_file: is missing"))
	f.App.Err = f.Config.Err
	f.Settings.Err = errors.New(
		"SFTPGo's settings were not given; name --sftpgo-config FILE, and --sftpgo-env FILE or --sftpgo-pid PID")
	f.Accounts.Err = errors.New("nobody said where SFTPGo is; set --sftpgo-url")
	f.Inventory.Err = f.Accounts.Err
	return f
}

func TestLinesAreBrokenAtTheTerminalsWidth(t *testing.T) {
	t.Parallel()
	f := facts(recipe())
	f.Inventory.Err = errors.New(strings.Repeat("a long reason ", 20))
	report := examine(f, append(checks(), Check{"long", strings.Repeat("ä", 90), nil, checks()[0].Run}))
	var whole, narrow strings.Builder
	if err := errors.Join(report.WriteText(&whole, 0), report.WriteText(&narrow, 60)); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(narrow.String()) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 60 && !strings.Contains(line, "ä") {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	if got, want := strings.Fields(narrow.String()), strings.Fields(whole.String()); !reflect.DeepEqual(got, want) {
		t.Errorf("words are lost:\n%s\nwant those of\n%s", narrow.String(), whole.String())
	}
}

func TestTheReportForAMachine(t *testing.T) {
	t.Parallel()
	report := examine(nothing(), checks())
	var text strings.Builder
	if err := report.WriteJSON(&text); err != nil {
		t.Fatal(err)
	}
	var again Report
	if err := json.Unmarshal([]byte(text.String()), &again); err != nil || !reflect.DeepEqual(again, report) {
		t.Errorf("%v: it reads\n%s", err, text.String())
	}
}

func TestAStateSaysTheWorst(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		severities []Severity
		complete   bool
		want       State
	}{
		{nil, true, OK},
		{nil, false, NotSeen},
		{[]Severity{Info}, true, OK},
		{[]Severity{Info}, false, NotSeen},
		{[]Severity{Warning, Info}, false, Warn},
		{[]Severity{Warning, High}, true, Fail},
		{[]Severity{Critical, Warning}, false, Fail},
	} {
		var findings []Finding
		for _, s := range row.severities {
			findings = append(findings, Finding{Severity: s})
		}
		if got := stateOf(findings, row.complete); got != row.want {
			t.Errorf("%v, complete %v: %s, want %s", row.severities, row.complete, got, row.want)
		}
	}
}
