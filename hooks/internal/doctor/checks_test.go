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
	"time"

	"sftpgo-authy/hooks/internal/authy"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

const (
	kbdHook   = "SFTPGO_SFTPD__KEYBOARD_INTERACTIVE_AUTH_HOOK"
	kbdMethod = "SFTPGO_SFTPD__KEYBOARD_INTERACTIVE_AUTHENTICATION"
	extHook   = "SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_HOOK"
	extScope  = "SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_SCOPE"
	chkHook   = "SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_HOOK"
	chkScope  = "SFTPGO_DATA_PROVIDER__CHECK_PASSWORD_SCOPE"
	davCached = "SFTPGO_WEBDAVD__CACHE__USERS__EXPIRATION_TIME"
	guarded   = "SFTPGO_COMMON__DEFENDER__ENABLED"
	hookd     = "http://127.0.0.1:8890"
)

// recipe is an SFTPGo without a hole, that serves everything.
func recipe() map[string]string {
	return map[string]string{
		kbdHook: hookd + "/keyint", extHook: hookd + "/extauth", extScope: "1", chkHook: hookd + "/checkpwd", davCached: "1", guarded: "true",
		"SFTPGO_FTPD__BINDINGS__0__PORT": "2121", "SFTPGO_WEBDAVD__BINDINGS__0__PORT": "10080",
	}
}

// change gives the recipe with changes, "" removing a variable.
func change(changes map[string]string) map[string]string {
	env := recipe()
	maps.Copy(env, changes)
	maps.DeleteFunc(env, func(_, v string) bool { return v == "" })
	return env
}

var everything = []string{noKeyChange, noCertChange, noAPIKeyChange, noShares, noReset}

// account makes a mapped account of a kind of the recipe.
func account(kind string, edits ...func(*Account)) Account {
	a := Account{Name: "ann", Mapping: gate.Mapped}
	f := Filters{Web: everything, DeniedMethods: []string{methodKey}}
	switch kind {
	case "keyint":
		f.Hooks.CheckOff = true
		f.DeniedMethods = append(f.DeniedMethods, methodPassword)
	case "extauth":
		f.Hooks.CheckOff = true
		f.DeniedMethods = append(f.DeniedMethods, methodInteractive)
	case "checkpwd":
		f.Hooks.ExternalOff = true
	}
	a.Filters, a.Own = f, f
	for _, edit := range edits {
		edit(&a)
	}
	return a
}

// filters edits both an account's own settings and the merged ones.
func filters(edit func(*Filters)) func(*Account) {
	return func(a *Account) { edit(&a.Filters); edit(&a.Own) }
}

func without(option string) func(*Account) {
	return filters(func(f *Filters) {
		f.Web = slices.DeleteFunc(slices.Clone(f.Web), func(o string) bool { return o == option })
	})
}

func denies(methods ...string) func(*Account) {
	return filters(func(f *Filters) { f.DeniedMethods = methods })
}

// facts are those of an installation that is well.
func facts(env map[string]string, accounts ...Account) *Facts {
	c := config.Defaults()
	return &Facts{
		Config: Known[config.Config]{Value: c}, Settings: Known[Settings]{Value: Settings{Env: env}},
		Accounts: Known[[]Account]{Value: accounts}, Now: time.Unix(1_700_000_000, 0).UnixMilli(),
	}
}

// said gives what a report says as "id severity", in order.
func said(r Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.ID+" "+string(f.Severity))
	}
	return out
}

func TestWhatEachInstallationIsTold(t *testing.T) {
	t.Parallel()
	on := func(a *Account) { a.Email = "ann@example.test" }
	mail := map[string]string{"SFTPGO_SMTP__HOST": "mail"}
	httpd := "SFTPGO_HTTPD__BINDINGS__0__"
	for _, row := range []struct {
		name    string
		env     map[string]string
		account Account
		want    []string
	}{
		{"keyint by the recipe", nil, account("keyint", on), nil},
		{"extauth by the recipe", nil, account("extauth", on), nil},
		{"checkpwd by the recipe", nil, account("checkpwd", on), nil},

		{"no hook at all", map[string]string{kbdHook: "", extHook: "", chkHook: ""}, account("keyint"), []string{"hooks critical", "password_alone critical"}},
		{"a hook whose method is off", map[string]string{kbdMethod: "false"}, account("checkpwd"), []string{"hooks warning"}},

		{"external auth for keys alone", map[string]string{extScope: "2"}, account("checkpwd"), []string{"external_auth_scope critical"}},
		{"external auth for everything", map[string]string{extScope: "0"}, account("checkpwd"), []string{"external_auth_scope warning"}},
		{"external auth with an unknown scope", map[string]string{extScope: "16"}, account("checkpwd"), []string{"external_auth_scope warning"}},
		{"external auth for everything, no keyint", map[string]string{extScope: "0", kbdHook: ""}, account("extauth", denies(methodKey)), nil},
		{"external auth for passwords and keyboard, no keyint", map[string]string{extScope: "5", kbdHook: ""}, account("extauth", denies(methodKey)), nil},

		{"checkpwd for SSH alone", map[string]string{chkScope: "1"}, account("checkpwd"),
			[]string{"check_password_scope critical", "check_password_scope critical", "check_password_scope critical"}},
		{"checkpwd for SSH alone, other protocols denied", map[string]string{chkScope: "1"},
			account("checkpwd", filters(func(f *Filters) { f.DeniedProtocols = []string{FTP, DAV, HTTP} })), nil},
		{"checkpwd for SSH alone, web not served", map[string]string{chkScope: "7", httpd + "PORT": "0"}, account("checkpwd"), nil},
		{"checkpwd for SSH alone, another kind of account", map[string]string{chkScope: "1"}, account("extauth"), nil},

		{"keyint with passwords allowed, no other hook", map[string]string{extHook: "", chkHook: ""}, account("keyint", denies(methodKey)), []string{"password_alone critical"}},
		{"keyint with SSH passwords denied, no other hook", map[string]string{extHook: "", chkHook: ""}, account("keyint", denies(methodKey, methodSSHPassword)), []string{"password_alone critical"}},
		{"the same over SSH alone", map[string]string{extHook: "", chkHook: ""},
			account("keyint", denies(methodKey, methodSSHPassword), filters(func(f *Filters) { f.DeniedProtocols = []string{FTP, DAV, HTTP} })), nil},
		{"the same with passwords off for SSH, and nothing else served", map[string]string{extHook: "", chkHook: "", "SFTPGO_SFTPD__PASSWORD_AUTHENTICATION": "0",
			httpd + "PORT": "0", "SFTPGO_FTPD__BINDINGS__0__PORT": "0", "SFTPGO_WEBDAVD__BINDINGS__0__PORT": "0"}, account("keyint", denies(methodKey)), nil},
		{"both hooks off", nil, account("checkpwd", filters(func(f *Filters) { f.Hooks.CheckOff = true })), []string{"password_alone critical", "password_alone critical"}},
		{"key and password without a hook", map[string]string{extHook: "", chkHook: ""},
			account("keyint", denies(methodKey, methodSSHPassword, methodInteractive),
				filters(func(f *Filters) { f.DeniedProtocols = []string{FTP, DAV, HTTP} }), func(a *Account) { a.Keys = 1 }),
			[]string{"password_alone critical"}},

		{"extauth and SFTPGo's own prompt", map[string]string{kbdHook: ""}, account("extauth", denies(methodKey)), []string{"replayable_code critical"}},
		{"extauth and keyint", nil, account("extauth", denies(methodKey)), []string{"replayable_code high"}},
		{"extauth with a cache", nil, account("extauth", filters(func(f *Filters) { f.CacheTime = 60 })), []string{"replayable_code high"}},
		{"a cache without extauth", nil, account("checkpwd", filters(func(f *Filters) { f.CacheTime = 60 })), nil},
		{"extauth and checkpwd at once", nil, account("extauth", filters(func(f *Filters) { f.Hooks.CheckOff = false })), []string{"two_codes warning"}},

		{"WebDAV that remembers", map[string]string{davCached: ""}, account("checkpwd"), []string{"webdav_cache critical"}},
		{"WebDAV that remembers, denied", map[string]string{davCached: ""}, account("checkpwd", filters(func(f *Filters) { f.DeniedProtocols = []string{DAV} })), nil},
		{"WebDAV that remembers, another kind", map[string]string{davCached: ""}, account("extauth"), nil},
		{"WebDAV that is not served", map[string]string{davCached: "", "SFTPGO_WEBDAVD__BINDINGS__0__PORT": ""}, account("checkpwd"), nil},

		{"a key", nil, account("keyint", denies(methodPassword), func(a *Account) { a.Keys = 2 }), []string{"public_key_alone critical"}},
		{"a key that is denied", nil, account("keyint", func(a *Account) { a.Keys = 2 }), nil},
		{"an authority for certificates", map[string]string{"SFTPGO_SFTPD__TRUSTED_USER_CA_KEYS": "/ca"}, account("keyint", denies(methodPassword)), []string{"public_key_alone critical"}},
		{"may add keys", nil, account("checkpwd", denies(), without(noKeyChange)), []string{"self_service_keys high"}},
		{"may add keys, without effect", nil, account("checkpwd", without(noKeyChange)), nil},
		{"may add keys, and never gets in to do it", nil, account("keyint", denies(methodPassword), without(noKeyChange)), nil},

		{"a TLS certificate", map[string]string{"SFTPGO_FTPD__BINDINGS__0__CLIENT_AUTH_TYPE": "1"},
			account("checkpwd", filters(func(f *Filters) { f.TLSUsername = "CommonName" })), []string{"tls_certificate_alone critical"}},
		{"may add TLS certificates", map[string]string{"SFTPGO_FTPD__BINDINGS__0__CLIENT_AUTH_TYPE": "2"}, account("checkpwd", without(noCertChange)), []string{"self_service_keys high"}},
		{"a TLS certificate where none is asked for", nil, account("checkpwd", filters(func(f *Filters) { f.TLSUsername = "CommonName" })), nil},

		{"API keys", nil, account("checkpwd", filters(func(f *Filters) { f.APIKeys = true })), []string{"user_api_keys high"}},
		{"API keys, switched off", map[string]string{httpd + "DISABLED_LOGIN_METHODS": "128"}, account("checkpwd", filters(func(f *Filters) { f.APIKeys = true })), nil},
		{"API keys, method password denied", nil, account("keyint", filters(func(f *Filters) { f.APIKeys = true })), nil},
		{"may allow API keys", nil, account("checkpwd", without(noAPIKeyChange)), []string{"user_api_keys warning"}},
		{"may make shares", nil, account("extauth", without(noShares)), []string{"shares warning"}},
		{"may make shares, and never gets in to do it", nil, account("keyint", without(noShares)), nil},
		{"a mail resets", mail, account("checkpwd", on, without(noReset)), []string{"password_reset critical"}},
		{"a mail resets, without address", mail, account("checkpwd", without(noReset)), nil},
		{"a mail resets, without mail", nil, account("checkpwd", on, without(noReset)), nil},
		{"a mail resets, without web client", map[string]string{"SFTPGO_SMTP__HOST": "mail", httpd + "ENABLE_WEB_CLIENT": "0"}, account("checkpwd", on, without(noReset)), nil},
		{"a mail resets, by the older setting without form", map[string]string{"SFTPGO_SMTP__HOST": "mail", httpd + "ENABLED_LOGIN_METHODS": "7"}, account("checkpwd", on, without(noReset)), nil},
		{"an identity provider", map[string]string{httpd + "OIDC__CONFIG_URL": "https://idp"}, account("checkpwd"), []string{"oidc high"}},
		{"an identity provider, switched off", map[string]string{httpd + "OIDC__CONFIG_URL": "https://idp", httpd + "DISABLED_LOGIN_METHODS": "2"}, account("checkpwd"), nil},
		{"anonymous", nil, account("checkpwd", filters(func(f *Filters) { f.Anonymous = true })), []string{"anonymous critical"}},

		{"no defender", map[string]string{guarded: "0"}, account("checkpwd"), []string{"defender warning"}},
		{"a plugin", map[string]string{"SFTPGO_PLUGINS__0__TYPE": "auth"}, account("checkpwd"), []string{"auth_plugins high"}},
		{"a key for every program", map[string]string{"SFTPGO_COMMAND__ENV": "A=b, AUTHY_API_KEY=x"}, account("checkpwd"), []string{"global_secrets high", "secrets_in_log warning"}},
		{"the name of a key file for every program", map[string]string{"SFTPGO_COMMAND__ENV": "AUTHY_API_KEY_FILE=/x"}, account("checkpwd"), nil},
		{"a secret for every server", map[string]string{"SFTPGO_HTTP__HEADERS__0__KEY": "X-Hook-Secret", "SFTPGO_HTTP__HEADERS__0__VALUE": "s"}, account("checkpwd"),
			[]string{"global_headers high", "secrets_in_log warning"}},
		{"a secret for our server", map[string]string{"SFTPGO_HTTP__HEADERS__0__KEY": "X-Hook-Secret", "SFTPGO_HTTP__HEADERS__0__URL": hookd, "SFTPGO_LOG_LEVEL": "info"}, account("checkpwd"), nil},
		{"a key for its program, in a log", map[string]string{"SFTPGO_COMMAND__COMMANDS__0__PATH": "/p", "SFTPGO_COMMAND__COMMANDS__0__ENV": "AUTHY_API_KEY=x", "SFTPGO_LOG_LEVEL": "debug"},
			account("checkpwd"), []string{"secrets_in_log warning"}},
		{"a hook in clear", map[string]string{chkHook: "http://hookd:8890/checkpwd"}, account("checkpwd"), []string{"hook_transport warning"}},
		{"certificates not looked at", map[string]string{"SFTPGO_HTTP__SKIP_TLS_VERIFY": "1"}, account("checkpwd"), []string{"hook_transport high"}},

		{"an unmapped account without hooks", nil, account("checkpwd", func(a *Account) { a.Mapping = gate.Unmapped },
			filters(func(f *Filters) { f.Hooks.CheckOff = true })), []string{"no_second_factor info"}},
		{"an unmapped account with hooks", nil, account("checkpwd", func(a *Account) { a.Mapping = gate.Unmapped }), nil},
		{"an account of which nobody knows", nil, account("checkpwd", func(a *Account) { a.Mapping, a.MappingErr = gate.MappingUnavailable, errors.New("down") }),
			[]string{"mapping warning"}},
		{"a hole of an account of which nobody knows", nil, account("keyint", denies(methodPassword), func(a *Account) { a.Keys, a.Mapping = 1, gate.MappingUnavailable }),
			[]string{"public_key_alone critical"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			report := Examine(facts(change(row.env), row.account))
			if got := said(report); !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q\n%+v", got, row.want, report.Findings)
			}
			for _, f := range report.Findings {
				if f.Where == "" || f.What == "" || f.Line == "" && f.ID != "mapping" {
					t.Errorf("says too little: %+v", f)
				}
			}
		})
	}
}

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
		APIKeys: []sftpgoapi.APIKey{{Name: "old", Scope: 2, ExpiresAt: past}, {Name: "other", Scope: 2, User: "bob"}, {Name: "admin", Scope: 1}},
		Shares:  []sftpgoapi.Share{{Username: "ann", ExpiresAt: past}, {Username: "ann", MaxTokens: 1, UsedTokens: 1}, {Username: "bob"}},
	}
	if got, want := said(Examine(f)), []string{"user_api_keys high", "shares warning"}; !slices.Equal(got, want) {
		t.Errorf("none that counts: %q, want %q", got, want)
	}
	f.Inventory.Value.APIKeys = append(f.Inventory.Value.APIKeys, sftpgoapi.APIKey{Name: "hers", Scope: 2, User: "ann", ExpiresAt: f.Now + 1})
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
		"nothing set":               {nil, first + "TIMEOUT=100"},
		"enough for all":            {map[string]string{"SFTPGO_COMMAND__TIMEOUT": "110"}, ""},
		"enough for it":             {map[string]string{first + "PATH": program, first + "TIMEOUT": "100"}, ""},
		"enough for another":        {map[string]string{first + "PATH": "/x", first + "TIMEOUT": "100"}, second + "TIMEOUT=100"},
		"too little for it":         {map[string]string{first + "PATH": program, first + "TIMEOUT": "20", "SFTPGO_COMMAND__TIMEOUT": "110"}, first + "TIMEOUT=100"},
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
			if len(got) > 1 || (len(got) == 1) != (row.line != "") || len(got) == 1 && !strings.Contains(got[0].Line, row.line) {
				t.Errorf("got %+v, want %q", got, row.line)
			}
		})
	}
}

func TestProgramsThatOthersMayReplace(t *testing.T) {
	t.Parallel()
	for mode, want := range map[os.FileMode]string{0o755: OK, 0o777: Found, 0o775: Found, 0o644: Found} {
		path := filepath.Join(t.TempDir(), "checkpwd")
		if err := os.WriteFile(path, nil, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		report := Examine(facts(change(map[string]string{chkHook: path}), account("checkpwd")))
		if got := state(report, "hook_programs").State; got != want {
			t.Errorf("mode %o: %s, want %s", mode, got, want)
		}
	}
	report := Examine(facts(change(map[string]string{chkHook: "/nonexistent/checkpwd"}), account("checkpwd")))
	if got := state(report, "hook_programs"); got.State != NotChecked || !strings.Contains(got.Because, "this machine") {
		t.Errorf("a program that is elsewhere: %+v", got)
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
	f.Config.Value.OnNoAnswer, f.Config.Value.OnAuditFailure, f.Config.Value.Hookd.OnStoreFailure = config.Allow, config.Allow, config.Allow
	f.Config.Value.Unmapped = config.Unmapped{Keyint: config.PasswordOnly, Checkpwd: config.PasswordOnly}
	f.Config.Value.AccountSources = []string{config.SourceAdditionalInfo}
	f.UsersFile.Err = errors.New("mode 0666, want 0644 or stricter")
	f.App.Err = &authy.APIError{Status: 401, Code: "60001", Message: "Invalid API key"}
	want := []string{"users_file warning", "own_bypasses high", "own_bypasses high", "own_bypasses high", "own_bypasses high", "own_bypasses high", "api_key warning", "account_source warning"}
	if got := said(Examine(f)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}

	f = facts(recipe(), account("checkpwd"))
	f.Config.Err = errors.Join(errors.New("one"), errors.New("two"))
	report := Examine(f)
	if got, want := said(report), []string{"configuration warning", "configuration warning"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := state(report, "mapping"); got.State != NotChecked {
		t.Errorf("without a configuration: %+v", got)
	}

	f = facts(recipe(), account("checkpwd"))
	f.App.Err = errors.New("authy did not answer")
	if got := state(Examine(f), "api_key"); got.State != NotChecked {
		t.Errorf("silence of Authy is no verdict on the key: %+v", got)
	}
}

func TestMapping(t *testing.T) {
	t.Parallel()
	one, err := authy.ParseID("11")
	if err != nil {
		t.Fatal(err)
	}
	ann, bob := account("checkpwd", func(a *Account) { a.ID = one }), account("checkpwd", func(a *Account) { a.Name, a.ID = "bob", one })
	f := facts(recipe(), ann, bob)
	f.UsersFile.Value = map[string]authy.ID{"ann": one, "gone": one}
	f.Authy.Value = map[authy.ID]error{one: errors.New("60026")}
	report := Examine(f)
	if got, want := said(report), []string{"mapping info", "mapping warning", "mapping info"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if text := fmt.Sprint(report.Findings); !strings.Contains(text, "ann, bob") || !strings.Contains(text, `"gone"`) {
		t.Errorf("got %s", text)
	}
}

func TestMissingFactsAreNamedAndNeverOK(t *testing.T) {
	t.Parallel()
	why := errors.New("nobody said")
	f := &Facts{Config: Known[config.Config]{Err: why}, Settings: Known[Settings]{Err: why}, Accounts: Known[[]Account]{Err: why},
		Inventory: Known[sftpgoapi.Inventory]{Err: why}, App: Known[authy.App]{Err: why}}
	for _, c := range Examine(f).Checks {
		if c.ID != "configuration" && (c.State != NotChecked || c.Because != "nobody said") {
			t.Errorf("%+v", c)
		}
	}
	// What could not be seen matters only where it could make a difference.
	f = facts(recipe(), account("checkpwd"))
	f.Inventory.Err = why
	for id, want := range map[string]string{"shares": NotChecked, "password_reset": OK, "user_api_keys": OK} {
		if got := state(Examine(f), id); got.State != want {
			t.Errorf("an account that is shut, %s: %+v, want %s", id, got, want)
		}
	}
	f = facts(recipe(), account("checkpwd", without(noReset), without(noAPIKeyChange), func(a *Account) { a.Email = "x" }))
	f.Inventory.Err = why
	for _, id := range []string{"shares", "password_reset", "user_api_keys"} {
		if got := state(Examine(f), id); got.State != NotChecked {
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
		accounts = append(accounts, account("checkpwd", func(a *Account) { a.Name, a.ID = "u"+digits, id }))
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
	if got := finding(report, "mapping"); calls != 3 || len(got) != 3 || f.Authy.Err != nil { // the third is that two share one
		t.Errorf("%d calls, %+v, %v", calls, got, f.Authy.Err)
	}
	for name, err := range map[string]error{"silence": errors.New("authy did not answer"), "a limit": &authy.APIError{Status: 429, Code: "60003"}} {
		f := facts(recipe(), accounts...)
		calls = 0
		f.AskAuthy(t.Context(), asked(func(authy.ID) (authy.User, error) { calls++; return authy.User{}, err }))
		if got := state(Examine(f), "mapping"); got.State != NotChecked || calls != 1 {
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

func TestReports(t *testing.T) {
	t.Parallel()
	f := facts(change(map[string]string{guarded: ""}), account("checkpwd"))
	f.Inventory.Err = errors.New("first line\nsecond line")
	report := Examine(f)
	if clean, complete := report.Clean(); clean || complete {
		t.Errorf("clean %v, complete %v", clean, complete)
	}
	var text, machine strings.Builder
	if err := errors.Join(report.WriteText(&text), report.WriteJSON(&machine)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"WARNING: sftpgo settings [defender]", "change: common.defender.enabled: true (SFTPGO_COMMON__DEFENDER__ENABLED=true)",
		"not checked  shares", "first line; second line", "ok           oidc", "FOUND        defender"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the text lacks %q:\n%s", want, text.String())
		}
	}
	if !strings.Contains(machine.String(), `"SFTPGO_COMMON__DEFENDER__ENABLED": "true"`) {
		t.Errorf("the JSON is\n%s", machine.String())
	}
}
