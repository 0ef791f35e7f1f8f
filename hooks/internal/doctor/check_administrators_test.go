package doctor

import (
	"errors"
	"slices"
	"testing"

	"sftpgo-authy/hooks/internal/sftpgoapi"
)

func administrator(name string, status int, totp bool) sftpgoapi.Administrator {
	a := sftpgoapi.Administrator{Username: name, Status: status}
	a.Filters.TOTP.Enabled = totp
	return a
}

func TestAdministratorsNeedASecondFactor(t *testing.T) {
	t.Parallel()
	all := []sftpgoapi.Administrator{administrator("safe", 1, true), administrator("gone", 0, false),
		administrator("open", 1, false)}
	httpd := "SFTPGO_HTTPD__BINDINGS__0__"
	for name, row := range map[string]struct {
		env  map[string]string
		want []string
	}{
		"one without":        {nil, []string{"administrators warning"}},
		"no form, no tokens": {map[string]string{httpd + "DISABLED_LOGIN_METHODS": "20"}, nil},
		"no form": {map[string]string{httpd + "DISABLED_LOGIN_METHODS": "4"},
			[]string{"administrators warning"}},
		"no tokens, and no web admin": {
			map[string]string{httpd + "DISABLED_LOGIN_METHODS": "16", httpd + "ENABLE_WEB_ADMIN": "false"}, nil},
		"nothing served over HTTP at all": {map[string]string{httpd + "PORT": "0"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := facts(change(row.env), account("keyint"))
			f.Administrators.Value = all
			if got := said(Examine(f)); !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

// TestPartOfTheAccounts: an administrator with a role sees the accounts of that role, and doctor
// must not call that all.
func TestPartOfTheAccounts(t *testing.T) {
	t.Parallel()
	of := func(role string) Account { return account("keyint", func(a *Account) { a.Role = role }) }
	refused := errors.New("403")
	for name, row := range map[string]struct {
		accounts  []Account
		inventory error
		want      State
	}{
		"all permissions":         {[]Account{of("branch")}, nil, OK},
		"one role":                {[]Account{of("branch"), of("branch")}, refused, NotSeen},
		"no roles":                {[]Account{of("")}, refused, OK},
		"a role and none":         {[]Account{of("branch"), of("")}, refused, OK},
		"two roles":               {[]Account{of("branch"), of("other")}, refused, OK},
		"no account, no knowing":  {nil, refused, NotSeen},
		"no account, all allowed": {nil, nil, OK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := facts(recipe(), row.accounts...)
			f.Inventory.Err = row.inventory
			for _, c := range Examine(f).Checks {
				if c.ID == "whole_view" && c.State != row.want {
					t.Errorf("got %s (%q), want %s", c.State, c.NotSeen, row.want)
				}
			}
		})
	}
}
