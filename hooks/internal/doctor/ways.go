package doctor

import (
	"slices"

	"sftpgo-authy/hooks/internal/gate"
)

// guard is what checks a login besides the stored password.
type guard int

const (
	unguarded   guard = iota // SFTPGo's stored password alone
	byExtauth                // the external authentication hook: a code instead of a password
	byCheckpwd               // the check password hook: password and code
	byKeyint                 // the keyboard-interactive hook: password, then code
	byExtThenCk              // both of the first two: no string is right for both
	byOwn                    // SFTPGo's own second factor
)

// passwordGuard returns what judges a password on a protocol, whether or not the method is denied.
// SFTPGo asks the external authentication hook first; then, from whichever source the account came,
// the check password hook.
func (s Settings) passwordGuard(a Account, protocol string) guard {
	external := s.externalAsked(scopePassword) && !a.Filters.Hooks.ExternalOff
	check := s.checkAsked(protocol) && !a.Filters.Hooks.CheckOff
	switch {
	case external && check:
		return byExtThenCk
	case external:
		return byExtauth
	case check:
		return byCheckpwd
	case a.ownBesidePassword(protocol):
		return byOwn
	}
	return unguarded
}

// closed reports whether the external authentication hook is asked first about logins of a scope
// other than passwords. Ours refuses them. With external_auth_cache_time SFTPGo asks it about
// nothing for that long after a login of any kind.
func (s Settings) closed(a Account, scope int) bool {
	return s.externalAsked(scope) && !a.Filters.Hooks.ExternalOff && a.Filters.CacheTime <= 0
}

// interactiveGuard returns what judges a keyboard-interactive login: our hook, or SFTPGo's own
// question for the password, which the check password hook may follow. The flag that switches the
// external authentication hook off switches the keyboard-interactive hook off as well.
func (s Settings) interactiveGuard(a Account) guard {
	switch {
	case s.keyint() != "" && !a.Filters.Hooks.ExternalOff:
		return byKeyint
	case s.checkAsked(SSH) && !a.Filters.Hooks.CheckOff:
		return byCheckpwd
	case a.ownOn(SSH):
		return byOwn
	}
	return unguarded
}

// interactive reports whether keyboard-interactive logins get as far as a guard.
func (s Settings) interactive(a Account) bool {
	return s.Bool("sftpd.keyboard_interactive_authentication") && s.Serves(SSH) && a.allows(methodInteractive, SSH) &&
		!s.closed(a, scopeInteractive)
}

// passwords returns the protocols on which a password gets as far as a guard.
func (s Settings) passwords(a Account) []string {
	var open []string
	for _, protocol := range []string{SSH, FTP, DAV, HTTP} {
		served := s.Serves(protocol) && (protocol != SSH || s.Bool("sftpd.password_authentication"))
		if served && a.allows(methodPassword, protocol) {
			open = append(open, protocol)
		}
	}
	return open
}

// afterKey returns the methods of two steps by which a key and the stored password log in and no
// hook is asked. SFTPGo takes two steps only from whom no single one is left over SSH, whatever
// there is on other protocols.
func (s Settings) afterKey(a Account) []string {
	if a.single() || !s.Serves(SSH) || s.closed(a, scopeKey) || a.Keys == 0 && !s.authorities() {
		return nil
	}
	var open []string
	if a.allows(methodKeyPassword, SSH) && s.Bool("sftpd.password_authentication") &&
		s.passwordGuard(a, SSH) == unguarded {
		open = append(open, methodKeyPassword)
	}
	if a.allows(methodKeyInteractive, SSH) && s.Bool("sftpd.keyboard_interactive_authentication") &&
		!s.closed(a, scopeInteractive) &&
		s.interactiveGuard(a) == unguarded {
		open = append(open, methodKeyInteractive)
	}
	return open
}

// single reports whether some method of one step is left to the account over SSH. Only where none
// is does SFTPGo take two.
func (a Account) single() bool {
	return a.allows(methodKey, SSH) || a.allows(methodPassword, SSH) || a.allows(methodInteractive, SSH)
}

// byCertificate returns the protocols on which the account may use a method that begins with a TLS
// client certificate.
func (s Settings) byCertificate(a Account, method string) []string {
	if s.closed(a, scopeCertificate) {
		return nil
	}
	var open []string
	for protocol, section := range map[string]string{FTP: "ftpd", DAV: "webdavd"} {
		for _, b := range s.bindings(section) {
			if b.Int("client_auth_type") > 0 && a.allows(method, protocol) {
				open = union(open, []string{protocol})
			}
		}
	}
	slices.Sort(open)
	return open
}

// afterCertificate returns the protocols on which a certificate and the stored password log in and
// no hook is asked, although the password alone may not.
func (s Settings) afterCertificate(a Account) []string {
	if !a.certified() {
		return nil
	}
	return slices.DeleteFunc(s.byCertificate(a, methodTLSPassword), func(protocol string) bool {
		return a.allows(methodPassword, protocol) || s.passwordGuard(a, protocol) != unguarded
	})
}

// authorities reports whether certificates of somebody are taken for keys.
func (s Settings) authorities() bool {
	return len(s.List("sftpd.trusted_user_ca_keys")) > 0 || s.Text("sftpd.opkssh_path") != ""
}

// codeIsPassword reports whether logins of the account go through the external authentication hook
// by password: then SFTPGo stores the code as the password.
func (s Settings) codeIsPassword(a Account) bool {
	return slices.ContainsFunc(s.passwords(a), func(protocol string) bool {
		return s.passwordGuard(a, protocol) == byExtauth
	})
}

// web reports whether the account can log in to the web client or REST API by itself.
func (s Settings) web(a Account) bool { return slices.Contains(s.passwords(a), HTTP) }

// protected returns the accounts that have a second factor: those that map to somebody at a
// provider, or might, and those with SFTPGo's own.
func (f *Facts) protected() []Account {
	var out []Account
	for _, a := range f.Accounts.Value {
		if a.Mapping != gate.Unmapped || a.own() {
			out = append(out, a)
		}
	}
	return out
}

// Changes of an account.

func deny(a Account, method string) (string, *Change) {
	return add(a, "filters.denied_login_methods", method)
}

func forbid(a Account, option string) (string, *Change) { return add(a, "filters.web_client", option) }

func add(a Account, field, item string) (string, *Change) {
	return "account " + quoted(a.Name) + ": add " + quoted(item) + " to " + field,
		&Change{Account: a.Name, Add: map[string][]string{field: {item}}}
}

// turn switches a flag of an account. A flag that comes from the primary group can be switched off
// only there.
func turn(a Account, field string, own, to bool) (string, *Change) {
	value := "false"
	if to {
		value = "true"
	}
	if !to && !own {
		return "primary group of account " + quoted(a.Name) + ": set user_settings." + field + " to " + value, nil
	}
	return "account " + quoted(a.Name) + ": set " + field + " to " + value,
		&Change{Account: a.Name, Set: map[string]any{field: to}}
}

// set changes a setting of SFTPGo.
func set(key, value string) (string, *Change) {
	return named(key, value), &Change{Env: map[string]string{envName(key): value}}
}
