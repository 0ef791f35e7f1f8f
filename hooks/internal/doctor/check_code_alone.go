package doctor

import "slices"

// codeAlone compares the accounts that keyint asks for the code and no password with what SFTPGo
// lets them do. Such an account must be one of extauth, whose code is its only factor anyway, or
// come with a key before the code.
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

// codeAlone says what is wrong with naming an account; "" where it is right.
func (f *Facts) codeAlone(name string) (Severity, string) {
	i := slices.IndexFunc(f.Accounts.Value, func(a Account) bool { return a.Name == name })
	if i < 0 {
		return Warning, ", which SFTPGo does not have, or does not show to this administrator"
	}
	return f.Settings.Value.codeAlone(f.Accounts.Value[i])
}

// codeAlone says what is wrong with asking the account for its code and no password; "" where it is
// right.
func (s Settings) codeAlone(a Account) (Severity, string) {
	prompts := s.interactive(a) || s.keyThenPrompts(a)
	switch {
	case s.interactiveGuard(a) != byKeyint:
		return Warning, ", but SFTPGo does not ask keyint about it"
	case s.interactive(a) && !s.codeIsPassword(a):
		return High, ", which keyint then asks for no password, although no other login of it is by a code alone: " +
			"who holds the phone logs in without the password"
	case !prompts:
		return Warning,
			", which denies keyboard-interactive: a code that is typed there is used up, and the login refused"
	}
	return "", ""
}

// keyThenPrompts says whether the account logs in with a key and keyboard-interactive after it.
func (s Settings) keyThenPrompts(a Account) bool {
	return !a.single() && s.Serves(SSH) && a.allows(methodKeyInteractive, SSH)
}

// namedAlone says whether keyint asks the account for the code and no password, whichever of its
// configurations counts.
func (f *Facts) namedAlone(a Account) bool {
	configs, _ := f.configs()
	configs = slices.DeleteFunc(configs, func(c Configured) bool { return !c.decides(hookKeyint) })
	return len(configs) > 0 && !slices.ContainsFunc(configs, func(c Configured) bool {
		return !slices.Contains(c.Keyint.CodeAlone, a.Name)
	})
}
