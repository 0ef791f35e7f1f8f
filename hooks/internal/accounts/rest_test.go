package accounts_test

import (
	"net/http"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/sftpgoapi"
	"sftpgo-authy/internal/sftpgotest"
)

// said takes apart what the sources said.
func said(found gate.Found, err error) (id string, mapped bool, _ error) {
	if found.Mapped {
		id = found.Person.String()
	}
	return id, found.Mapped, err
}

func TestAdditionalInfoOfARealSFTPGo(t *testing.T) {
	t.Parallel()
	s := sftpgotest.Start(t, nil)
	s.AddUser(t, "ann", "pw", map[string]any{"additional_info": `{"authy_id":4711}`})
	s.AddUser(t, "bob", "pw", map[string]any{"additional_info": "a note"})
	s.AddUser(t, "ü ñ;%", "pw", map[string]any{"additional_info": `{"authy_id":"99"}`})

	// The key of an administrator who may look at accounts and do nothing else.
	s.Call(t, http.MethodPost, "/admins", map[string]any{"username": "viewer", "password": "viewer-pw", "status": 1,
		"permissions": []string{"view_users"}, "filters": map[string]any{"allow_api_key_auth": true}})
	key := s.NewKey(t, map[string]any{"name": "hooks", "scope": 1, "admin": "viewer"})
	client, err := sftpgoapi.New(sftpgoapi.Options{URL: "http://" + s.HTTP, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	judge, err := authy.New(authy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	people, err := provider.NewSet(authy.Name, judge)
	if err != nil {
		t.Fatal(err)
	}
	source := accounts.Additional{People: people, Users: accounts.REST{Client: client}}
	for name, want := range map[string]string{"ann": "4711", "bob": "", "ü ñ;%": "99"} {
		id, found, err := said(source.Lookup(t.Context(), gate.Account{Name: name}))
		if err != nil || found != (want != "") || id != want {
			t.Errorf("%s: %v %v %v; want %q", name, id, found, err, want)
		}
	}
	// SFTPGo asks only about accounts that it has: one that is not there is no "not here".
	if _, found, err := said(source.Lookup(t.Context(), gate.Account{Name: "nobody"})); err == nil || found ||
		!strings.Contains(err.Error(), "404") {
		t.Errorf("nobody: %v %v", found, err)
	}
	s.Restart(t, map[string]string{"SFTPGO_HTTPD__BINDINGS__0__DISABLED_LOGIN_METHODS": "64"})
	if _, found, err := said(source.Lookup(t.Context(), gate.Account{Name: "ann"})); err == nil || found {
		t.Errorf("with API keys switched off: %v %v", found, err)
	}
}
