package doctor

import "slices"

// codeAlone compares the accounts that keyint asks for the code and no password with what SFTPGo lets them do. Such an
// account must be one of extauth, whose code is its only factor anyway, or come with a key before the code.
func codeAlone(f *Facts) ([]Finding, error) {
	var findings []Finding
	for _, name := range f.Config.Value.Keyint.CodeAlone {
		line := "keyint.code_alone: remove " + quoted(name)
		i := slices.IndexFunc(f.Accounts.Value, func(a Account) bool { return a.Name == name })
		if i < 0 {
			findings = append(findings, Finding{Severity: Warning, Where: "configuration of the hooks", Line: line,
				What: "keyint.code_alone names " + quoted(name) + ", an account that SFTPGo does not have, or does not show to this administrator"})
			continue
		}
		if severity, what := f.Settings.Value.codeAlone(f.Accounts.Value[i]); what != "" {
			findings = append(findings, Finding{Severity: severity, Where: "account " + quoted(name), What: what, Line: line})
		}
	}
	return findings, nil
}

// codeAlone says what is wrong with asking the account for its code and no password; "" where it is right.
func (s Settings) codeAlone(a Account) (Severity, string) {
	prompts := s.interactive(a) || s.keyThenPrompts(a)
	switch {
	case s.interactiveGuard(a) != byKeyint:
		return Warning, "keyint.code_alone names it, but SFTPGo does not ask keyint about it"
	case s.interactive(a) && !s.codeIsPassword(a):
		return High, "keyint.code_alone has keyint ask it for the code and no password, although no other login of it is by a code alone: " +
			"who holds the phone logs in without the password"
	case !prompts:
		return Warning, "keyint.code_alone names it, but it denies keyboard-interactive: a code that is typed there is used up, and the login refused"
	}
	return "", ""
}

// keyThenPrompts says whether the account logs in with a key and keyboard-interactive after it.
func (s Settings) keyThenPrompts(a Account) bool {
	return !a.single() && s.Serves(SSH) && a.allows(methodKeyInteractive, SSH)
}

// namedAlone says whether keyint asks the account for the code and no password.
func (f *Facts) namedAlone(a Account) bool {
	return slices.Contains(f.Config.Value.Keyint.CodeAlone, a.Name)
}
