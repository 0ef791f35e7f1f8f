package doctor

import "slices"

// This is about SFTPGo's own second factor: where it asks for a code, as read in the source of
// 2.7.5 (checkUserPasscode, doBuiltinKeyboardInteractiveAuth, loginUser) and tried.

// noFactorChange is the option of web_client that forbids to set the second factor.
const noFactorChange = "mfa-disabled"

// own reports whether the account has SFTPGo's own second factor, or must have it.
func (a Account) own() bool { return a.Filters.TOTP.Enabled || len(a.Filters.Required) > 0 }

// ownOn reports whether the person has switched the second factor on for a protocol.
func (a Account) ownOn(protocol string) bool {
	return a.Filters.TOTP.Enabled && slices.Contains(a.Filters.TOTP.Protocols, protocol)
}

// lacks reports whether the account must have a second factor on a protocol and has none there.
// Then SFTPGo refuses it over SSH and FTP, and over HTTP it shows the page that sets the factor,
// and nothing else.
func (a Account) lacks(protocol string) bool {
	return slices.Contains(a.Filters.Required, protocol) && !a.ownOn(protocol)
}

// ownBesidePassword reports whether SFTPGo wants a code besides the password of a login. Over SSH
// it never does: there it asks at a prompt, and a client need not offer prompts. WebDAV knows no
// second factor. The web client asks nobody who may not set one.
func (a Account) ownBesidePassword(protocol string) bool {
	switch protocol {
	case FTP:
		return a.ownOn(FTP)
	case HTTP:
		return a.ownOn(HTTP) && a.may(noFactorChange) || a.lacks(HTTP)
	}
	return false
}

// guardOwn returns the change that has the password of an account with SFTPGo's own second factor
// ask for a code, or shuts it out.
func (s Settings) guardOwn(a Account, protocol string) (string, *Change) {
	switch {
	case protocol == SSH && s.interactive(a) && a.ownOn(SSH):
		return deny(a, methodSSHPassword)
	case protocol == HTTP && a.ownOn(HTTP):
		return "groups of account " + quoted(a.Name) + ": take " + quoted(noFactorChange) +
			" out of user_settings.filters.web_client", nil
	case protocol == DAV || protocol == HTTP || a.ownOn(protocol):
		return add(a, "filters.denied_protocols", protocol)
	}
	return add(a, "filters.two_factor_protocols", protocol)
}

// ownFactor finds accounts whose own second factor another person can set, or a session take away.
func ownFactor(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	for _, a := range f.Accounts.Value {
		if !a.own() || !s.web(a) || !a.may(noFactorChange) {
			continue
		}
		where := "account " + quoted(a.Name)
		if a.lacks(HTTP) {
			findings = append(findings, Finding{Severity: High, Where: where,
				What: "must have a second factor and has not set it: whoever knows the password sets it, in the web " +
					"client, and with it logs in from then on",
				Line: "as " + quoted(a.Name) + ": web client, Two-factor authentication, enable it for " +
					few(a.Filters.Required)})
			continue
		}
		var free []string
		for _, protocol := range a.Filters.TOTP.Protocols {
			if !slices.Contains(a.Filters.Required, protocol) {
				free = append(free, protocol)
			}
		}
		if len(free) > 0 {
			findings = append(findings, Finding{Severity: Warning, Where: where,
				What: "may switch the second factor off for " + few(free) + " in the web client or REST API: whoever " +
					"has a session of it for a moment logs in with the password alone from then on",
				Line:   where + ": add " + few(quotedAll(free)) + " to filters.two_factor_protocols",
				Change: &Change{Account: a.Name, Add: map[string][]string{"filters.two_factor_protocols": free}}})
		}
	}
	return findings, nil
}

func quotedAll(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = quoted(name)
	}
	return out
}
