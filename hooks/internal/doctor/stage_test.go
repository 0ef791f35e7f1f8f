package doctor

import (
	"maps"
	"slices"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider/authy"
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
	strong    = "8d1f0c52e97b3a646fe05b21c8d4973a1b7e62f09c35da84e61027fb9d8c43a5"
)

// recipe is an SFTPGo without a hole, that serves everything.
func recipe() map[string]string {
	return map[string]string{
		kbdHook: hookd + "/keyint", extHook: hookd + "/extauth", extScope: "1", chkHook: hookd + "/checkpwd",
		davCached: "1", guarded: "true",
		"SFTPGO_FTPD__BINDINGS__0__PORT": "2121", "SFTPGO_WEBDAVD__BINDINGS__0__PORT": "10080",
	}
}

// change returns the recipe with changes, "" removing a variable.
func change(changes map[string]string) map[string]string {
	env := recipe()
	maps.Copy(env, changes)
	maps.DeleteFunc(env, func(_, v string) bool { return v == "" })
	return env
}

var everything = []string{noKeyChange, noCertChange, noAPIKeyChange, noShares, noReset}

// account makes a mapped account of a kind of the recipe.
func account(kind string, edits ...func(*Account)) Account {
	a := Account{Name: "ann", Mapping: gate.Mapped, Person: authy.ID{}}
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
	settings := Settings{Env: env, UID: -1}
	unset(env).logs(&settings)
	return &Facts{
		Config: Known[config.Config]{Value: config.Defaults()}, Settings: Known[Settings]{Value: settings},
		Hookd:    Known[*Hookd]{Value: &Hookd{Config: config.Defaults()}},
		Accounts: Known[[]Account]{Value: accounts}, Now: time.Unix(1_700_000_000, 0).UnixMilli(),
	}
}

// said returns what a report says as "id severity", in order.
func said(r Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.ID+" "+string(f.Severity))
	}
	return out
}

// secretFor sends hookd's secret to what begins so.
func secretFor(url string) map[string]string {
	return map[string]string{"SFTPGO_HTTP__HEADERS__0__KEY": "x-hook-secret", "SFTPGO_HTTP__HEADERS__0__VALUE": strong,
		"SFTPGO_HTTP__HEADERS__0__URL": url,
		"SFTPGO_LOG_LEVEL":             "info"}
}

func with(env map[string]string, name, value string) map[string]string {
	env[name] = value
	return env
}

// banner begins the variables of the defender.
const banner = "SFTPGO_COMMON__DEFENDER__"
