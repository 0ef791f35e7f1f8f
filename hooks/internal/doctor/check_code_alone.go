package doctor

import "slices"

// codeAlone compares keyint.code_alone with what SFTPGo lets these accounts do. Such an account
// must be one of extauth, for which the code is the only factor anyway, or need a key before the
// code.
func codeAlone(f *Facts) ([]Finding, error) {
	configs, unseen := f.configs()
	var all found
	for _, c := range configs {
		if !c.decides(hookKeyint) {
			continue
		}
		for _, name := range c.Keyint.CodeAlone {
			severity, what := f.codeAlone(name)
			if what != "" {
				all.add(c.Who, Finding{Severity: severity,
					What: "keyint.code_alone names account " + quoted(name) + what,
					Line: "keyint.code_alone: remove " + quoted(name)})
			}
		}
	}
	return all.list, unseen
}

// codeAlone returns what is wrong with naming this account in keyint.code_alone, or "" if nothing
// is.
func (f *Facts) codeAlone(name string) (Severity, string) {
	i := slices.IndexFunc(f.Accounts.Value, func(a Account) bool { return a.Name == name })
	if i < 0 {
		return Warning, ", which SFTPGo does not have, or does not show to this administrator"
	}
	return f.Settings.Value.codeAlone(f.Accounts.Value[i])
}

// codeAlone returns what is wrong with asking the account for its code and no password, or "" if
// nothing is.
func (s Settings) codeAlone(a Account) (Severity, string) {
	prompts := s.interactive(a) || s.keyThenPrompts(a)
	switch {
	case s.interactiveGuard(a) != byKeyint:
		return Warning, ", but SFTPGo does not ask keyint about it"
	case s.interactive(a) && !s.codeIsPassword(a):
		return High, ", so keyint does not ask it for a password, although it has no other login by a code alone: " +
			"whoever has the phone logs in without the password"
	case !prompts:
		return Warning,
			", which denies keyboard-interactive: a code that is typed there is used up, and the login refused"
	}
	return "", ""
}

// keyThenPrompts reports whether the account logs in with a key and keyboard-interactive after it.
func (s Settings) keyThenPrompts(a Account) bool {
	return !a.single() && s.Serves(SSH) && a.allows(methodKeyInteractive, SSH)
}

// namedAlone reports whether keyint asks the account for the code and no password, whichever of its
// configurations counts.
func (f *Facts) namedAlone(a Account) bool {
	configs, _ := f.configs()
	configs = slices.DeleteFunc(configs, func(c Configured) bool { return !c.decides(hookKeyint) })
	return len(configs) > 0 && !slices.ContainsFunc(configs, func(c Configured) bool {
		return !slices.Contains(c.Keyint.CodeAlone, a.Name)
	})
}
