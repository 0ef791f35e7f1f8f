package doctor

import (
	"slices"
	"testing"
)

// TestCodeAlone: an account that keyint asks for the code alone must have no other factor to lose.
func TestCodeAlone(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		env     map[string]string
		account Account
		want    []string
	}{
		{"an extauth account that may answer prompts", nil, account("extauth", denies(methodKey)), nil},
		{"an extauth account that may not", nil, account("extauth"), []string{"code_alone warning"}},
		{"a keyint account", nil, account("keyint"), []string{"code_alone high"}},
		{"a checkpwd account", nil, account("checkpwd"), []string{"code_alone warning"}},
		{"a key, then the code", nil,
			account("keyint", denies(methodKey, methodPassword, methodInteractive, methodKeyPassword)), nil},
		{"keyint is not asked", map[string]string{kbdHook: ""}, account("extauth", denies(methodKey)),
			[]string{"replayable_code critical", "code_alone warning"}},
		{"nobody of that name", nil, account("extauth", func(a *Account) { a.Name = "other" }),
			[]string{"code_alone warning"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			f := facts(change(row.env), row.account)
			f.Config.Value.Keyint.CodeAlone = []string{"ann"}
			if f.Hookd.Value != nil {
				f.Hookd.Value.Config.Keyint.CodeAlone = []string{"ann"}
			}
			if got := said(Examine(f)); !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// TestCodeAloneOfTheRunningHookd: what counts is what the running hookd was told, not what its file
// says.
func TestCodeAloneOfTheRunningHookd(t *testing.T) {
	t.Parallel()
	f := facts(recipe(), account("keyint"))
	f.Hookd.Value.Config.Keyint.CodeAlone = []string{"ann"}
	if got := said(Examine(f)); !slices.Contains(got, "code_alone high") {
		t.Errorf("named to the running hookd alone: got %q", got)
	}
	f = facts(recipe(), account("extauth", denies(methodKey)))
	f.Config.Value.Keyint.CodeAlone = []string{"ann"}
	if got := said(Examine(f)); !slices.Contains(got, "replayable_code high") {
		t.Errorf("named in the file alone: got %q", got)
	}
}
