package doctor

import (
	"fmt"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/gate"
)

// hookMissing checks that anything asks for a code: a hook, or SFTPGo itself where no hook is meant
// to.
func hookMissing(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	switch {
	case f.Hookless && f.Accounts.Err != nil:
		return nil, fmt.Errorf("whether accounts have SFTPGo's own second factor was not seen: %w", f.Accounts.Err)
	case f.Hookless && slices.ContainsFunc(f.Accounts.Value, Account.own):
		return nil, nil
	case !s.Hooked():
		return []Finding{{
			Severity: Critical, Where: "sftpgo settings",
			What: "no login hook is configured: nobody is asked for a code",
			Line: "set one of sftpd.keyboard_interactive_auth_hook, data_provider.check_password_hook, " +
				"data_provider.external_auth_hook",
		}}, nil
	}
	if s.Text("sftpd.keyboard_interactive_auth_hook") != "" && s.keyint() == "" {
		line, change := set("sftpd.keyboard_interactive_authentication", "true")
		return []Finding{{Severity: Warning, Where: "sftpgo settings",
			What: "the keyboard-interactive hook is configured, but the method is switched off, so the hook is " +
				"never asked",
			Line: line, Change: change}}, nil
	}
	return nil, nil
}

// externalScopeCheck checks that the external authentication hook is asked about passwords, and not
// about keyboard-interactive where there is a hook for that.
func externalScopeCheck(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	line, change := set("data_provider.external_auth_scope", "1")
	switch {
	case s.extauth() == "" || s.externalScope() == scopePassword:
		return nil, nil
	case !s.externalAsked(scopePassword):
		return []Finding{{Severity: Critical, Where: "sftpgo settings",
			What: fmt.Sprintf("external_auth_scope is %d, without passwords: the stored password alone logs in",
				s.externalScope()),
			Line: line, Change: change}}, nil
	case s.keyint() != "" && s.externalAsked(scopeInteractive):
		return []Finding{{Severity: Warning, Where: "sftpgo settings",
			What: fmt.Sprintf("external_auth_scope is %d and covers keyboard-interactive, which the external "+
				"authentication hook refuses: nobody reaches the keyboard-interactive hook", s.externalScope()),
			Line: line, Change: change}}, nil
	}
	return nil, nil
}

// checkScope finds protocols for which the check password hook is not asked.
func checkScope(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	if s.checkpwd() == "" || s.Int("data_provider.check_password_scope") == 0 {
		return nil, nil
	}
	open := map[string][]string{}
	for _, a := range f.protected() {
		if a.Filters.Hooks.CheckOff {
			continue
		}
		ways := s.passwords(a)
		if s.interactive(a) && s.interactiveGuard(a) == unguarded && !s.codeIsPassword(a) {
			ways = append(ways, SSH)
		}
		for _, protocol := range ways {
			if s.passwordGuard(a, protocol) == unguarded && !s.checkAsked(protocol) {
				open[protocol] = union(open[protocol], []string{quoted(a.Name)})
			}
		}
	}
	line, change := set("data_provider.check_password_scope", "0")
	var findings []Finding
	for _, protocol := range []string{SSH, FTP, DAV, HTTP} {
		if names := open[protocol]; len(names) > 0 {
			findings = append(findings, Finding{Severity: Critical, Where: "sftpgo settings",
				What: fmt.Sprintf("check_password_scope leaves out %s: there the stored password alone logs in, for %s",
					protocol, few(names)),
				Line: line, Change: change})
		}
	}
	return findings, nil
}

// few joins at most three names, and says how many more there are.
func few(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

// passwordAlone finds accounts with a second factor whose stored password is enough on some
// protocol.
func passwordAlone(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	for _, a := range f.protected() {
		var open []string
		for _, protocol := range s.passwords(a) {
			if s.passwordGuard(a, protocol) == unguarded && !s.scopeIsToBlame(a, protocol) {
				open = append(open, protocol)
			}
		}
		if a.own() && a.Mapping == gate.Unmapped {
			findings = append(findings, s.besideOwn(a, open)...)
		} else if len(open) > 0 {
			line, change := s.guardPassword(a)
			findings = append(findings, Finding{Severity: Critical, Where: "account " + quoted(a.Name),
				What: "method password: the stored password alone logs in over " + strings.Join(open, ", "), Line: line,
				Change: change})
		}
		if s.interactive(a) && s.interactiveGuard(a) == unguarded && !s.codeIsPassword(a) && !s.scopeIsToBlame(a, SSH) {
			line, change := deny(a, methodInteractive)
			if a.own() && a.Mapping == gate.Unmapped {
				line, change = s.guardOwn(a, SSH)
			}
			findings = append(findings, Finding{Severity: Critical, Where: "account " + quoted(a.Name),
				What: "method keyboard-interactive: no hook is asked, SFTPGo itself asks for the stored password alone",
				Line: line, Change: change})
		}
		for _, method := range s.afterKey(a) {
			line, change := deny(a, method)
			findings = append(findings, Finding{Severity: Critical, Where: "account " + quoted(a.Name),
				What: "method " + method + ": key and stored password log in, no hook is asked", Line: line,
				Change: change})
		}
		if open := s.afterCertificate(a); len(open) > 0 {
			line, change := deny(a, methodTLSPassword)
			findings = append(findings, Finding{Severity: Critical, Where: "account " + quoted(a.Name), Line: line,
				Change: change,
				What: "method " + methodTLSPassword + ": certificate and stored password log in over " +
					strings.Join(open, ", ") + ", no hook is asked"})
		}
	}
	return findings, nil
}

// besideOwn returns a finding for each protocol on which SFTPGo's own second factor is not asked.
func (s Settings) besideOwn(a Account, open []string) []Finding {
	var findings []Finding
	for _, protocol := range open {
		line, change := s.guardOwn(a, protocol)
		findings = append(findings, Finding{Severity: Critical, Where: "account " + quoted(a.Name), Line: line,
			Change: change,
			What: "method password: SFTPGo does not ask for its own second factor, and the stored password alone " +
				"logs in over " + protocol})
	}
	return findings
}

// scopeIsToBlame reports whether the check for scopes reports the way already.
func (s Settings) scopeIsToBlame(a Account, protocol string) bool {
	missed := s.checkpwd() != "" && !a.Filters.Hooks.CheckOff && !s.checkAsked(protocol)
	unasked := s.extauth() != "" && !a.Filters.Hooks.ExternalOff && !s.externalAsked(scopePassword)
	return missed || unasked && s.keyint() == ""
}

// guardPassword returns the change that puts a hook before the account's password, or denies the
// method where another way in remains.
func (s Settings) guardPassword(a Account) (string, *Change) {
	switch {
	case s.interactive(a) && s.interactiveGuard(a) == byKeyint:
		return deny(a, methodPassword)
	case s.checkpwd() != "" && a.Filters.Hooks.CheckOff:
		return turn(a, "filters.hooks.check_password_disabled", a.Own.Hooks.CheckOff, false)
	case s.externalAsked(scopePassword) && a.Filters.Hooks.ExternalOff:
		return turn(a, "filters.hooks.external_auth_disabled", a.Own.Hooks.ExternalOff, false)
	}
	return deny(a, methodPassword)
}

// twoCodes finds accounts whose passwords both hooks judge. No password is right for both. But by
// the time the second hook refuses it, the code has become the stored password, which
// keyboard-interactive then accepts (tried on 2.7.5).
func twoCodes(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	for _, a := range f.protected() {
		for _, protocol := range s.passwords(a) {
			if s.passwordGuard(a, protocol) == byExtThenCk && s.interactive(a) {
				line, change := turn(a, "filters.hooks.external_auth_disabled", false, true)
				findings = append(findings, Finding{Severity: High, Where: "account " + quoted(a.Name),
					What: "both hooks are asked: the external authentication hook takes a code, SFTPGo stores it as " +
						"the password, and with that and further codes keyboard-interactive logs in: the " +
						"phone alone does",
					Line: line + `; then set the password anew`, Change: change})
				break
			}
			if s.passwordGuard(a, protocol) == byExtThenCk {
				line, change := turn(a, "filters.hooks.check_password_disabled", false, true)
				findings = append(findings, Finding{Severity: Warning, Where: "account " + quoted(a.Name),
					What: "the external authentication hook wants a code for the password, then the check password " +
						"hook wants another behind it: nobody can log in with a password", Line: line +
						` (for a code alone; for password and code set filters.hooks.external_auth_disabled instead)`,
					Change: change})
				break
			}
		}
	}
	return findings, nil
}

// replayableCode finds accounts whose last code can be used again: with the external authentication
// hook, SFTPGo stores it as the password.
func replayableCode(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	for _, a := range f.protected() {
		if !s.codeIsPassword(a) {
			continue
		}
		where := "account " + quoted(a.Name)
		// keyint asks an account of keyint.code_alone for no password, stored or not.
		if s.interactive(a) && !(f.namedAlone(a) && s.interactiveGuard(a) == byKeyint) {
			line, change := deny(a, methodInteractive)
			switch s.interactiveGuard(a) {
			case unguarded:
				findings = append(findings, Finding{Severity: Critical, Where: where, Line: line, Change: change,
					What: "SFTPGo stores the last code as the password, and keyboard-interactive takes it again, " +
						"for ever, without asking a hook"})
			case byKeyint:
				findings = append(findings, Finding{Severity: High, Where: where, Change: change,
					What: "SFTPGo stores the last code as the password; the keyboard-interactive hook then asks for " +
						"that and a new code: the phone alone logs in",
					Line: line +
						` (where it logs in by a code alone, or name it in keyint.code_alone; where it logs in by ` +
						`password and prompts, add "password" instead)`})
			}
		}
		if a.Filters.CacheTime > 0 {
			f := Finding{Severity: High, Where: where,
				What: fmt.Sprintf("external_auth_cache_time is %d: for so many seconds after a login the same code "+
					"logs in again, and a new one does not", a.Filters.CacheTime),
				Line: where + ": set filters.external_auth_cache_time to 0"}
			if a.Own.CacheTime > 0 {
				f.Change = &Change{Account: a.Name, Set: map[string]any{"filters.external_auth_cache_time": 0}}
			} else {
				f.Line = "primary group of " + where + ": set user_settings.filters.external_auth_cache_time to 0"
			}
			findings = append(findings, f)
		}
	}
	return findings, nil
}
