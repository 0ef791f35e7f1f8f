package setup

import (
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
)

// TestSourcesComeInTheConfiguredOrder: the first source that knows the account counts.
func TestSourcesComeInTheConfiguredOrder(t *testing.T) {
	t.Parallel()
	path := write(t, "users", []byte("ann: 1\n"))
	sent := gate.Account{Name: "ann", User: []byte(`{"additional_info":"{\"authy_id\":2}"}`)}
	for want, order := range map[string][]string{
		"1": {config.SourceFile, config.SourceAdditionalInfo},
		"2": {config.SourceAdditionalInfo, config.SourceFile},
	} {
		c := config.Defaults()
		c.UsersFile, c.AccountSources = path, order
		chain, err := Accounts(c, people(t), time.Now, nil)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := chain.Lookup(t.Context(), sent); err != nil || found.Person.String() != want {
			t.Errorf("%v: %v, %v; want %s", order, found.Person, err, want)
		}
	}
	for _, order := range [][]string{nil, {"ldap"}} {
		c := config.Defaults()
		c.AccountSources = order
		if _, err := Accounts(c, people(t), time.Now, nil); err == nil {
			t.Errorf("%v was taken", order)
		}
	}
}

// people returns the providers of a configuration that needs no other settings.
func people(t *testing.T) provider.Set {
	t.Helper()
	set, err := References(config.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return set
}
