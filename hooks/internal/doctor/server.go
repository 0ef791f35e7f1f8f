package doctor

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Protocols as SFTPGo names them.
const (
	SSH  = "SSH"
	FTP  = "FTP"
	DAV  = "DAV"
	HTTP = "HTTP"
)

// Scopes of the external authentication hook.
const (
	scopePassword    = 1
	scopeKey         = 2
	scopeInteractive = 4
	scopeCertificate = 8
)

// Binding is one address of the HTTP server, with the settings that matter for logins.
type Binding struct {
	Element
	WebClient, WebAdmin, API bool
	disabled                 int // login methods, as bits
	OIDC                     bool
}

// Bits of disabled_login_methods.
const (
	noClientOIDC = 2
	noAdminForm  = 4
	noClientForm = 8
	noAdminToken = 16
	noUserToken  = 32
	noUserKeys   = 128
)

// The default bindings of SFTPGo.
func bindingDefaults(section string) map[string]string {
	switch section {
	case "sftpd":
		return map[string]string{"port": "2022", "apply_proxy_config": "true"}
	case "ftpd":
		return map[string]string{"port": "0", "apply_proxy_config": "true"}
	case "httpd":
		return map[string]string{"port": "8080", "enable_web_client": "true", "enable_rest_api": "true",
			"enable_web_admin": "true"}
	}
	return map[string]string{"port": "0"}
}

// bindings returns the addresses of a section that are served.
func (s Settings) bindings(section string) []Element {
	var served []Element
	for _, e := range s.Elements(section+".bindings", bindingDefaults(section)) {
		if e.Int("port") > 0 || filepath.IsAbs(e.Text("address")) {
			served = append(served, e)
		}
	}
	return served
}

// Serves reports whether a protocol is served.
func (s Settings) Serves(protocol string) bool {
	switch protocol {
	case SSH:
		return len(s.bindings("sftpd")) > 0
	case FTP:
		return len(s.bindings("ftpd")) > 0
	case DAV:
		return len(s.bindings("webdavd")) > 0
	}
	for _, b := range s.Web() {
		if b.API && b.disabled&noUserToken == 0 || b.WebClient && b.disabled&noClientForm == 0 {
			return true
		}
	}
	return false
}

// Web returns the addresses of the HTTP server that serve users.
func (s Settings) Web() []Binding {
	var all []Binding
	for _, e := range s.bindings("httpd") {
		b := Binding{Element: e, WebClient: e.Bool("enable_web_client"), WebAdmin: e.Bool("enable_web_admin"),
			API: e.Bool("enable_rest_api"), disabled: e.Int("disabled_login_methods")}
		if enabled := e.Int("enabled_login_methods"); b.disabled == 0 && enabled != 0 {
			b.disabled = ^enabled & 15 // the older setting, the other way round
		}
		b.OIDC = e.Text("oidc.config_url") != "" && b.WebClient && b.disabled&noClientOIDC == 0
		all = append(all, b)
	}
	return all
}

// Hook strings; "" where SFTPGo calls none.
func (s Settings) keyint() string {
	if !s.Bool("sftpd.keyboard_interactive_authentication") {
		return ""
	}
	return s.Text("sftpd.keyboard_interactive_auth_hook")
}
func (s Settings) extauth() string  { return s.Text("data_provider.external_auth_hook") }
func (s Settings) checkpwd() string { return s.Text("data_provider.check_password_hook") }

type hookSetting struct{ key, value, hook string }

// hooks returns the hooks that are configured, with their keys.
func (s Settings) hooks() []hookSetting {
	all := []hookSetting{
		{"sftpd.keyboard_interactive_auth_hook", s.keyint(), hookKeyint},
		{"data_provider.external_auth_hook", s.extauth(), hookExtauth},
		{"data_provider.check_password_hook", s.checkpwd(), hookCheckpwd},
	}
	return slices.DeleteFunc(all, func(h hookSetting) bool { return h.value == "" })
}

// Hooked reports whether a login hook is configured.
func (s Settings) Hooked() bool {
	return s.Text("sftpd.keyboard_interactive_auth_hook") != "" || s.extauth() != "" || s.checkpwd() != ""
}

// externalScope returns the scope of the external authentication hook. 0 means all, and SFTPGo
// takes values that it does not know for it.
func (s Settings) externalScope() int {
	scope := s.Int("data_provider.external_auth_scope")
	if scope < 0 || scope > 15 {
		return 0
	}
	return scope
}

// externalAsked reports whether the external authentication hook is asked in this scope.
func (s Settings) externalAsked(scope int) bool {
	return s.extauth() != "" && (s.externalScope() == 0 || s.externalScope()&scope != 0)
}

// checkAsked reports whether the check password hook is asked on this protocol.
func (s Settings) checkAsked(protocol string) bool {
	scope := s.Int("data_provider.check_password_scope")
	if s.checkpwd() == "" || scope == 0 {
		return s.checkpwd() != ""
	}
	switch protocol {
	case SSH:
		return scope&1 != 0
	case FTP:
		return scope&2 != 0
	case DAV:
		return scope&4 != 0
	}
	return false // whatever is not 0 leaves HTTP out
}

// isHTTP reports whether a hook is a URL, by the same rule as SFTPGo.
func isHTTP(hook string) bool { return strings.HasPrefix(hook, "http") }

// command returns the entry of command.commands that counts for a program and hook, and the index
// at which one can be added.
func (s Settings) command(program, hook string) (entry *Element, free int) {
	all := s.Elements("command.commands", nil, "path")
	for _, e := range all {
		value, _ := lookup(e.file, "hook") // SFTPGo takes no variable for it
		if on := scalar(value); e.Text("path") == program && (on == "" || on == hook) {
			return &e, len(all)
		}
	}
	return nil, len(all)
}

// timeout returns the seconds that a program has.
func (s Settings) timeout(program, hook string) int {
	if e, _ := s.command(program, hook); e != nil && e.Int("timeout") != 0 {
		return e.Int("timeout")
	}
	return s.Int("command.timeout")
}

// named returns a setting by its key and its variable, for a person.
func named(key, value string) string {
	return key + ": " + value + " (" + envName(key) + "=" + value + ")"
}

// quoted quotes the name of an account for a terminal.
func quoted(name string) string { return strconv.Quote(name) }
