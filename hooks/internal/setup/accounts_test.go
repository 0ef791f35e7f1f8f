package setup

import (
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
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
		chain, err := Accounts(c, time.Now, nil)
		if err != nil {
			t.Fatal(err)
		}
		if found, err := chain.Lookup(t.Context(), sent); err != nil || found.ID.String() != want {
			t.Errorf("%v: %v, %v; want %s", order, found.ID, err, want)
		}
	}
	for _, order := range [][]string{nil, {"ldap"}} {
		c := config.Defaults()
		c.AccountSources = order
		if _, err := Accounts(c, time.Now, nil); err == nil {
			t.Errorf("%v was taken", order)
		}
	}
}
