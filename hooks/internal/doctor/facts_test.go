package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

func TestFlagsOfAGroupAreChangedInTheGroup(t *testing.T) {
	t.Parallel()
	a := account("checkpwd", func(a *Account) { a.Filters.APIKeys, a.Filters.Anonymous = true, true })
	report := Examine(facts(recipe(), a))
	if len(report.Findings) != 2 {
		t.Fatalf("%+v", report.Findings)
	}
	for _, f := range report.Findings {
		if f.Change != nil || !strings.Contains(f.Line, "primary group") {
			t.Errorf("the account itself is to change what its group says: %+v", f)
		}
	}
}

func TestKeysAndSharesThatExistWeighMore(t *testing.T) {
	t.Parallel()
	a := account("checkpwd", filters(func(f *Filters) { f.APIKeys = true }), without(noShares))
	f := facts(recipe(), a)
	past := f.Now - 1
	f.Inventory.Value = sftpgoapi.Inventory{
		APIKeys: []sftpgoapi.APIKey{{Name: "old", Scope: 2, ExpiresAt: past}, {Name: "other", Scope: 2, User: "bob"},
			{Name: "admin", Scope: 1}},
		Shares: []sftpgoapi.Share{{Username: "ann", ExpiresAt: past}, {Username: "ann", MaxTokens: 1, UsedTokens: 1},
			{Username: "bob"}},
	}
	if got, want := said(Examine(f)), []string{"user_api_keys high", "shares warning"}; !slices.Equal(got, want) {
		t.Errorf("none that counts: %q, want %q", got, want)
	}
	f.Inventory.Value.APIKeys = append(f.Inventory.Value.APIKeys,
		sftpgoapi.APIKey{Name: "hers", Scope: 2, User: "ann", ExpiresAt: f.Now + 1})
	f.Inventory.Value.Shares = append(f.Inventory.Value.Shares, sftpgoapi.Share{Username: "ann"})
	if got, want := said(Examine(f)), []string{"user_api_keys critical", "shares high"}; !slices.Equal(got, want) {
		t.Errorf("one that counts: %q, want %q", got, want)
	}
}

func TestTheTimeToType(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "keyint")
	if err := os.WriteFile(program, nil, 0o755); err != nil {
		t.Fatal(err)
	}
	const first, second = "SFTPGO_COMMAND__COMMANDS__0__", "SFTPGO_COMMAND__COMMANDS__1__"
	for name, row := range map[string]struct {
		env  map[string]string
		line string // "" for none
	}{
		"nothing set":    {nil, first + "TIMEOUT=100"},
		"enough for all": {map[string]string{"SFTPGO_COMMAND__TIMEOUT": "110"}, ""},
		"enough for it":  {map[string]string{first + "PATH": program, first + "TIMEOUT": "100"}, ""},
		"enough for another": {map[string]string{first + "PATH": "/x", first + "TIMEOUT": "100"},
			second + "TIMEOUT=100"},
		"too little for it": {
			map[string]string{first + "PATH": program, first + "TIMEOUT": "20", "SFTPGO_COMMAND__TIMEOUT": "110"},
			first + "TIMEOUT=100"},
		"longer than SSH waits":     {map[string]string{"SFTPGO_COMMAND__TIMEOUT": "300"}, first + "TIMEOUT=100"},
		"no longer than we wait":    {map[string]string{"SFTPGO_COMMAND__TIMEOUT": "90"}, first + "TIMEOUT=100"},
		"a hook over HTTP":          {map[string]string{kbdHook: hookd + "/keyint"}, ""},
		"the keyboard hook is none": {map[string]string{kbdHook: "/other", kbdMethod: "0"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := change(map[string]string{kbdHook: program})
			maps.Copy(env, row.env)
			f := facts(env, account("keyint"))
			var got []Finding
			for _, finding := range Examine(f).Findings {
				if finding.ID == "keyint_timeout" {
					got = append(got, finding)
				}
			}
			if len(got) > 1 || (len(got) == 1) != (row.line != "") ||
				len(got) == 1 && !strings.Contains(got[0].Line, row.line) {
				t.Errorf("got %+v, want %q", got, row.line)
			}
		})
	}
}

func state(r Report, id string) Result {
	for _, c := range r.Checks {
		if c.ID == id {
			return c
		}
	}
	return Result{}
}

func TestOurOwnConfiguration(t *testing.T) {
	t.Parallel()
	f := facts(recipe(), account("checkpwd"))
	f.Config.Value.OnNoAnswer, f.Config.Value.OnAuditFailure, f.Config.Value.Hookd.OnStoreFailure = config.Allow,
		config.Allow, config.Allow
	f.Config.Value.Unmapped = config.Unmapped{Keyint: config.PasswordOnly, Checkpwd: config.PasswordOnly}
	f.Config.Value.AccountSources = []string{config.SourceAdditionalInfo}
	f.UsersFile.Err = errors.New("mode 0666, want 0644 or stricter")
	f.App.Err = &authy.APIError{Status: 401, Code: "60001", Message: "Invalid API key"}
	want := []string{"users_file warning", "own_bypasses high", "own_bypasses high", "own_bypasses high",
		"own_bypasses high", "own_bypasses high", "api_key warning", "account_source warning"}
	if got := said(Examine(f)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}

	f = facts(recipe(), account("checkpwd"))
	f.Config.Err = errors.Join(errors.New("one"), errors.New("two"))
	report := Examine(f)
	if got, want := said(report), []string{"configuration warning", "configuration warning"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := state(report, "mapping"); got.State != NotSeen {
		t.Errorf("without a configuration: %+v", got)
	}

	f = facts(recipe(), account("checkpwd"))
	f.App.Err = errors.New("authy did not answer")
	if got := state(Examine(f), "api_key"); got.State != NotSeen {
		t.Errorf("silence of Authy is no verdict on the key: %+v", got)
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	one, err := authy.ParseID("11")
	if err != nil {
		t.Fatal(err)
	}
	ann, bob := account("checkpwd", func(a *Account) { a.Person = one }), account("checkpwd", func(a *Account) {
		a.Name, a.Person = "bob", one
	})
	f := facts(recipe(), ann, bob)
	f.UsersFile.Value = map[string]provider.Person{"ann": one, "gone": one}
	f.Authy.Value = map[authy.ID]error{one: errors.New("60026")}
	report := Examine(f)
	if got, want := said(report),
		[]string{"mapping info", "mapping warning", "mapping info"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if text := fmt.Sprint(report.Findings); !strings.Contains(text, "ann, bob") || !strings.Contains(text, `"gone"`) {
		t.Errorf("got %s", text)
	}
}

func TestMissingFactsAreNamedAndNeverOK(t *testing.T) {
	t.Parallel()
	why := errors.New("nobody said")
	f := &Facts{Config: Known[config.Config]{Err: why}, Settings: Known[Settings]{Err: why},
		Accounts:  Known[[]Account]{Err: why},
		Inventory: Known[sftpgoapi.Inventory]{Err: why}, App: Known[authy.App]{Err: why},
		Hookd: Known[*Hookd]{Err: why}}
	for _, c := range Examine(f).Checks {
		if c.ID != "configuration" && (c.State != NotSeen ||
			!strings.HasSuffix(strings.Join(c.NotSeen, ""), "nobody said")) {
			t.Errorf("%+v", c)
		}
	}
	// What could not be seen matters only where it could make a difference.
	f = facts(recipe(), account("checkpwd"))
	f.Inventory.Err = why
	for id, want := range map[string]State{"shares": NotSeen, "password_reset": OK, "user_api_keys": OK} {
		if got := state(Examine(f), id); got.State != want {
			t.Errorf("an account that is shut, %s: %+v, want %s", id, got, want)
		}
	}
	f = facts(recipe(), account("checkpwd", without(noReset), without(noAPIKeyChange), func(a *Account) {
		a.Email = "x"
	}))
	f.Inventory.Err = why
	for _, id := range []string{"shares", "password_reset", "user_api_keys"} {
		if got := state(Examine(f), id); got.State == OK || len(got.NotSeen) == 0 {
			t.Errorf("an account that is open, %s: %+v", id, got)
		}
	}
}

// asked is Authy as a test wants it.
type asked func(authy.ID) (authy.User, error)

func (asked) App(context.Context) (authy.App, error)                    { return authy.App{}, nil }
func (a asked) User(_ context.Context, id authy.ID) (authy.User, error) { return a(id) }

func TestUsersAtAuthy(t *testing.T) {
	t.Parallel()
	var accounts []Account
	for _, digits := range []string{"1", "2", "3", "1"} {
		id, err := authy.ParseID(digits)
		if err != nil {
			t.Fatal(err)
		}
		accounts = append(accounts, account("checkpwd", func(a *Account) { a.Name, a.Person = "u"+digits, id }))
	}
	gone := &authy.APIError{Status: 404, Code: "60026"}
	calls := 0
	f := facts(recipe(), accounts...)
	f.AskAuthy(t.Context(), asked(func(id authy.ID) (authy.User, error) {
		calls++
		switch id.String() {
		case "1":
			return authy.User{Disabled: true}, nil
		case "2":
			return authy.User{}, gone
		}
		return authy.User{}, nil
	}))
	report := Examine(f)
	if got := finding(report, "mapping"); calls != 3 || len(got) != 3 || f.Authy.Err != nil {
		// the third is that two share one
		t.Errorf("%d calls, %+v, %v", calls, got, f.Authy.Err)
	}
	for name, err := range map[string]error{"silence": errors.New("authy did not answer"),
		"a limit": &authy.APIError{Status: 429, Code: "60003"}} {
		f := facts(recipe(), accounts...)
		calls = 0
		f.AskAuthy(t.Context(), asked(func(authy.ID) (authy.User, error) { calls++; return authy.User{}, err }))
		if got := state(Examine(f), "mapping"); got.State != NotSeen || calls != 1 {
			t.Errorf("%s: %+v after %d calls", name, got, calls)
		}
	}
}

func finding(r Report, id string) []Finding {
	var out []Finding
	for _, f := range r.Findings {
		if f.ID == id {
			out = append(out, f)
		}
	}
	return out
}

// TestDoctorSaysWhatAUsersFileMeansMeanwhile: accounts whose lines are sound are not denied because
// another line is broken, and those of a file that is lost still log in for a while.
func TestDoctorSaysWhatAUsersFileMeansMeanwhile(t *testing.T) {
	t.Parallel()
	one, err := authy.ParseID("11")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		users map[string]provider.Person
		want  string
	}{
		{map[string]provider.Person{"ann": one},
			"accounts on these lines are denied, and all others log in as their lines say"},
		{nil, "goes on with that content for 5 minutes"},
	} {
		f := facts(recipe(), account("checkpwd"))
		f.UsersFile.Value, f.UsersFile.Err = row.users, errors.New("line 2: has no colon")
		found := Examine(f).Findings
		if i := slices.IndexFunc(found, func(f Finding) bool { return f.ID == "users_file" }); i < 0 ||
			!strings.Contains(found[i].What, row.want) {
			t.Errorf("%d sound lines: %+v, want %q", len(row.users), found, row.want)
		}
	}
}
