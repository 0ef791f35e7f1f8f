package deploy_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// account is what the tests look at in an SFTPGo account.
type account struct {
	Username, Description, Password string
	Filters                         struct {
		Hooks struct {
			ExternalAuthDisabled  bool `json:"external_auth_disabled"`
			CheckPasswordDisabled bool `json:"check_password_disabled"`
		}
		DeniedLoginMethods []string `json:"denied_login_methods"`
		DeniedProtocols    []string `json:"denied_protocols"`
		WebClient          []string `json:"web_client"`
	}
}

func accounts(t *testing.T) map[string]account {
	t.Helper()
	var dump struct{ Users []account }
	readJSON(t, "deploy/demo/accounts.json", &dump)
	byKind := map[string]account{}
	for _, a := range dump.Users {
		kind, _, _ := strings.Cut(a.Description, ":")
		byKind[kind] = a
	}
	return byKind
}

// The recipe for one SFTPGo with several kinds of login. Each line closes a way round the second
// factor; docs/production.md says which.
func TestRecipeOfAccounts(t *testing.T) {
	t.Parallel()
	all := accounts(t)
	for _, want := range []struct {
		kind           string
		extOff, chkOff bool
		denied         []string
		protocols      []string
		password       bool
	}{
		{"keyint", false, true, []string{"password", "publickey"}, []string{"FTP", "DAV", "HTTP"}, true},
		{"extauth", false, true, []string{"keyboard-interactive", "publickey"}, nil, false},
		{"checkpwd", true, false, []string{"publickey"}, nil, true},
		{"no second factor", true, true, nil, nil, true},
	} {
		a, ok := all[want.kind]
		if !ok {
			t.Errorf("no account of kind %s", want.kind)
			continue
		}
		f := a.Filters
		if f.Hooks.ExternalAuthDisabled != want.extOff || f.Hooks.CheckPasswordDisabled != want.chkOff {
			t.Errorf("%s (%s): hooks %+v, want external_auth_disabled %v, check_password_disabled %v", want.kind,
				a.Username, f.Hooks, want.extOff, want.chkOff)
		}
		if !slices.Equal(f.DeniedLoginMethods, want.denied) {
			t.Errorf("%s (%s): denied methods %v, want %v", want.kind, a.Username, f.DeniedLoginMethods, want.denied)
		}
		if !slices.Equal(f.DeniedProtocols, want.protocols) {
			t.Errorf("%s (%s): denied protocols %v, want %v", want.kind, a.Username, f.DeniedProtocols, want.protocols)
		}
		if (a.Password != "") != want.password {
			t.Errorf("%s (%s): has a password: %v, want %v", want.kind, a.Username, a.Password != "", want.password)
		}
		for _, off := range []string{"publickey-change-disabled", "tls-cert-change-disabled",
			"api-key-auth-change-disabled", "mfa-disabled",
			"password-change-disabled", "password-reset-disabled", "info-change-disabled", "shares-disabled"} {
			if !slices.Contains(f.WebClient, off) {
				t.Errorf("%s (%s): web client lacks %s", want.kind, a.Username, off)
			}
		}
	}
}

func TestRecipeOfServer(t *testing.T) {
	t.Parallel()
	var c struct {
		Common struct {
			Defender struct{ Enabled bool }
		}
		Webdavd struct {
			Cache struct {
				Users struct {
					ExpirationTime int `json:"expiration_time"`
				}
			}
		}
		DataProvider struct {
			ExternalAuthScope  int `json:"external_auth_scope"`
			CheckPasswordScope int `json:"check_password_scope"`
		} `json:"data_provider"`
	}
	readJSON(t, "deploy/sftpgo/sftpgo.json", &c)
	if !c.Common.Defender.Enabled {
		t.Error("the defender is off")
	}
	if c.Webdavd.Cache.Users.ExpirationTime != 1 {
		t.Errorf("WebDAV logins are remembered %d minutes, want 1; 0 is for ever", c.Webdavd.Cache.Users.ExpirationTime)
	}
	if c.DataProvider.ExternalAuthScope != 1 || c.DataProvider.CheckPasswordScope != 0 {
		t.Errorf("scopes %+v, want external_auth_scope 1 (passwords alone) and check_password_scope 0 (everywhere)",
			c.DataProvider)
	}
}

func TestRecipeOfCompose(t *testing.T) {
	t.Parallel()
	services := readCompose(t).Services
	env := services["sftpgo"].Environment
	for i, program := range []string{"keyint", "extauth", "checkpwd"} {
		prefix := "SFTPGO_COMMAND__COMMANDS__" + string(rune('0'+i)) + "__"
		if got := env[prefix+"PATH"]; got != "/usr/local/bin/"+program {
			t.Errorf("%sPATH is %q, want /usr/local/bin/%s", prefix, got, program)
		}
		if got := env[prefix+"ENV"]; !strings.Contains(got, "AUTHY_AUDIT=/") {
			t.Errorf("%sENV %q: names no audit file, and what keyint writes to stderr goes nowhere", prefix, got)
		}
	}
	if got := env["SFTPGO_COMMAND__COMMANDS__0__TIMEOUT"]; got != "100" {
		t.Errorf("keyint has %s s, want 100: a person has to type in them", got)
	}
	if env["SFTPGO_COMMAND__ENV"] != "" {
		t.Error("SFTPGO_COMMAND__ENV gives the API key to every program that SFTPGo runs")
	}
	if env["SFTPGO_HTTP__HEADERS__0__VALUE"] != services["hookd"].Environment["AUTHY_HOOKD_SECRET"] {
		t.Error("SFTPGo and hookd have different secrets")
	}
	if env["SFTPGO_HTTP__HEADERS__0__URL"] != "http://hookd:8890/" {
		t.Errorf("the secret goes to %q, want hookd alone", env["SFTPGO_HTTP__HEADERS__0__URL"])
	}
	if env["SFTPGO_DEFAULT_ADMIN_PASSWORD"] == "" {
		t.Error("no first admin: whoever opens the web page first becomes one")
	}
}

// Who is mapped at the hooks exists at the mock, and who has no second factor is not mapped.
func TestDemoAccountsAreEnrolled(t *testing.T) {
	t.Parallel()
	ids := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^(\w+): (\d+|totp)$`).FindAllStringSubmatch(read(t, "deploy/demo/users"),
		-1) {
		ids[m[1]] = m[2]
	}
	var seed struct {
		Users []struct{ ID, Name string }
	}
	if err := yaml.Unmarshal([]byte(read(t, "deploy/demo/seed.yaml")), &seed); err != nil {
		t.Fatal(err)
	}
	atAuthy := map[string]string{}
	for _, u := range seed.Users {
		atAuthy[u.Name] = u.ID
	}
	for kind, a := range accounts(t) {
		id, mapped := ids[a.Username]
		if mapped == (kind == "no second factor") {
			t.Errorf("%s (%s): mapped is %v", a.Username, kind, mapped)
		}
		if id == "totp" {
			id = "" // nobody at Authy, as it should be
		}
		if mapped && atAuthy[a.Username] != id {
			t.Errorf("%s: id %s at the hooks, %q at the mock", a.Username, id, atAuthy[a.Username])
		}
	}
}
