package accounts_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/internal/sftpgotest"
)

// said takes apart what the sources said.
func said(found gate.Found, err error) (authy.ID, bool, error) { return found.ID, found.Mapped, err }

func TestAdditionalInfoOfARealSFTPGo(t *testing.T) {
	t.Parallel()
	s := sftpgotest.Start(t, nil)
	s.AddUser(t, "ann", "pw", map[string]any{"additional_info": `{"authy_id":4711}`})
	s.AddUser(t, "bob", "pw", map[string]any{"additional_info": "a note"})
	s.AddUser(t, "ü ñ;%", "pw", map[string]any{"additional_info": `{"authy_id":"99"}`})

	// The key of an administrator who may look at accounts and do nothing else.
	s.Call(t, http.MethodPost, "/admins", map[string]any{"username": "viewer", "password": "viewer-pw", "status": 1,
		"permissions": []string{"view_users"}, "filters": map[string]any{"allow_api_key_auth": true}})
	c := config.Defaults()
	c.AccountSources = []string{config.SourceAdditionalInfo}
	c.SFTPGoURL, c.SFTPGoAPIKey = "http://"+s.HTTP, s.NewKey(t, map[string]any{"name": "hooks", "scope": 1, "admin": "viewer"})
	chain, err := accounts.Configured(c, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"ann": "4711", "bob": "", "ü ñ;%": "99"} {
		id, found, err := said(chain.Lookup(t.Context(), gate.Account{Name: name}))
		if err != nil || found != (want != "") || id.String() != want {
			t.Errorf("%s: %v %v %v; want %q", name, id, found, err, want)
		}
	}
	// SFTPGo asks only about accounts that it has: one that is not there is no "not here".
	if _, found, err := said(chain.Lookup(t.Context(), gate.Account{Name: "nobody"})); err == nil || found || !strings.Contains(err.Error(), "404") {
		t.Errorf("nobody: %v %v", found, err)
	}
	s.Restart(t, map[string]string{"SFTPGO_HTTPD__BINDINGS__0__DISABLED_LOGIN_METHODS": "64"})
	chain, err = accounts.Configured(c, time.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, found, err := said(chain.Lookup(t.Context(), gate.Account{Name: "ann"})); err == nil || found {
		t.Errorf("with API keys switched off: %v %v", found, err)
	}
}

func TestSourcesComeInTheConfiguredOrder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(path, []byte("ann: 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sent := gate.Account{Name: "ann", User: []byte(`{"additional_info":"{\"authy_id\":2}"}`)}
	for want, order := range map[string][]string{
		"1": {config.SourceFile, config.SourceAdditionalInfo},
		"2": {config.SourceAdditionalInfo, config.SourceFile},
	} {
		c := config.Defaults()
		c.UsersFile, c.AccountSources = path, order
		chain, err := accounts.Configured(c, time.Now, nil)
		if err != nil {
			t.Fatal(err)
		}
		if id, _, err := said(chain.Lookup(t.Context(), sent)); err != nil || id.String() != want {
			t.Errorf("%v: %v, %v; want %s", order, id, err, want)
		}
	}
	for _, order := range [][]string{nil, {"ldap"}} {
		c := config.Defaults()
		c.AccountSources = order
		if _, err := accounts.Configured(c, time.Now, nil); err == nil {
			t.Errorf("%v was taken", order)
		}
	}
}
