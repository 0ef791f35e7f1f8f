package doctor

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/verify"
)

// configuration: those that doctor and the programs were given, with the modes of their files. The
// reader refuses what is wrong and names it.
func configuration(f *Facts) ([]Finding, error) {
	var findings []Finding
	if f.Config.Err != nil {
		for line := range strings.SplitSeq(f.Config.Err.Error(), "\n") {
			findings = append(findings, Finding{Severity: Warning, Where: own, What: line + " (until then every " +
				"login is denied)"})
		}
	}
	for _, b := range f.brokenPrograms() {
		findings = append(findings, Finding{Severity: Warning, Where: b.who, What: b.why + " (until then every " +
			"login is denied)"})
	}
	return findings, nil
}

// usersFile: the mapping file, its mode and its lines.
func usersFile(f *Facts) ([]Finding, error) {
	if f.UsersFile.Err == nil {
		return nil, nil
	}
	meanwhile := "until it is mended, no account in it is let in; a hookd that has read it before goes on with " +
		"that content for 5 minutes " +
		"where the file cannot be read or has no line, and then denies every account"
	if len(f.UsersFile.Value) > 0 {
		meanwhile = "until they are mended, accounts on these lines are denied, and all others log in as " +
			"their lines say"
	}
	return []Finding{{Severity: Warning, Where: "users file " + f.Config.Value.UsersFile,
		What: f.UsersFile.Err.Error() + "; " + meanwhile}}, nil
}

// apiKey: whether Authy knows the key.
func apiKey(f *Facts) ([]Finding, error) {
	if f.App.Err == nil {
		return nil, nil
	}
	var refused *authy.APIError
	if errors.As(f.App.Err, &refused) {
		return []Finding{{Severity: Warning, Where: "api_key", What: f.App.Err.Error(),
			Line: "AUTHY_API_KEY_FILE: the file with the key of your Authy app"}}, nil
	}
	return nil, f.App.Err
}

// found collects what is the same in several configurations as one finding that names all of them.
type found struct{ list []Finding }

func (f *found) add(who string, new Finding) {
	for i, old := range f.list {
		if old.Severity == new.Severity && old.What == new.What && old.Line == new.Line {
			f.list[i].Where += ", " + who
			return
		}
	}
	new.Where = who
	f.list = append(f.list, new)
}

// ownBypasses: what the configurations leave open that decide logins.
func ownBypasses(f *Facts) ([]Finding, error) {
	configs, unseen := f.configs()
	var all found
	for _, c := range configs {
		report := func(key, value, what string) {
			all.add(c.Who, Finding{Severity: High, What: what, Line: key + ": " + value})
		}
		if c.OnNoAnswer == config.Allow && c.decides(hookKeyint, hookCheckpwd) {
			report("on_no_answer", config.Deny, "whoever can keep Authy from answering logs in with the password "+
				"alone, by keyint and checkpwd")
		}
		if c.Unmapped.Keyint == config.PasswordOnly && c.decides(hookKeyint) {
			report("unmapped.keyint", config.Deny, "accounts that map to nobody at Authy log in with the password "+
				"alone, by keyint")
		}
		if c.Unmapped.Checkpwd == config.PasswordOnly && c.decides(hookCheckpwd) {
			report("unmapped.checkpwd", config.Deny, "accounts that map to nobody at Authy log in with the password "+
				"alone, by checkpwd")
		}
		if len(c.TrustedNetworks) > 0 && c.decides(hookKeyint, hookCheckpwd) {
			all.add(c.Who, trust(c.Trusted()))
		}
		if c.OnAuditFailure == config.Allow {
			report("on_audit_failure", config.Deny,
				"logins go on when the audit cannot be written: nobody will know of them")
		}
		if c.Hookd.OnStoreFailure == config.Allow && len(c.Hooks) == len(allHooks) {
			report("hookd.on_store_failure", config.Deny, "without the shared store a code that was seen logs in "+
				"once more, and nothing is locked out")
		}
	}
	return all.list, unseen
}

// judges checks that Authy and Twilio themselves judge the codes. A mock that was left in would
// accept whoever can reach it, since it shows its codes to everybody.
func judges(f *Facts) ([]Finding, error) {
	configs, unseen := f.configs()
	var all found
	for _, c := range configs {
		if c.AsksAuthy() && !is(c.APIURL, authyHost) {
			all.add(c.Who, Finding{Severity: Critical, What: "codes are judged by " + c.APIURL + " and not by Authy: " +
				"whoever runs that lets in whom they like",
				Line: "remove api_url (AUTHY_API_URL): the default is " + authy.DefaultURL})
		}
		if c.Verify.Enabled() && !is(c.Verify.URL, verifyHost) {
			all.add(c.Who, Finding{Severity: Critical, What: "codes are judged by " + c.Verify.URL + " and not by " +
				"Twilio Verify: whoever runs that lets in whom they like",
				Line: "remove verify.url (AUTHY_VERIFY_URL): the default is " + verify.DefaultURL})
		}
		if !c.AsksAuthy() && !c.Verify.Enabled() {
			continue
		}
		if c.AllowHTTP {
			all.add(c.Who, Finding{Severity: Critical, What: "allow_http lets the API be asked over plain http: " +
				"whoever is on the way reads the key and the codes, and says yes",
				Line: "remove allow_http (AUTHY_ALLOW_HTTP)"})
		}
		if c.CAFile != "" {
			all.add(c.Who, Finding{Severity: Info,
				What: "the certificates of ca_file " + c.CAFile + " alone are trusted " +
					"for Authy and Twilio Verify: whoever has one of their keys can answer in their place",
				Line: "remove ca_file, unless a proxy of yours intercepts TLS"})
		}
	}
	return all.list, unseen
}

// Where Authy and Twilio Verify answer.
const (
	authyHost  = "api.authy.com"
	verifyHost = "verify.twilio.com"
)

// is says whether an address is that of a host, over TLS.
func is(address, host string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Hostname() == host && (u.Port() == "" || u.Port() == "443")
}

// mapping checks which person each account belongs to.
func mapping(f *Facts) ([]Finding, error) {
	var findings []Finding
	byPerson := map[provider.Person][]string{}
	names := map[string]bool{}
	for _, a := range f.Accounts.Value {
		names[a.Name] = true
		switch {
		case a.MappingErr != nil:
			findings = append(findings, Finding{Severity: Warning, Where: "account " + quoted(a.Name),
				What: "its person cannot be looked up, so every login is denied: " + a.MappingErr.Error()})
		case a.Mapping == gate.Mapped:
			byPerson[a.Person] = append(byPerson[a.Person], a.Name)
		}
	}
	byKey := func(a, b provider.Person) int { return strings.Compare(provider.Key(a), provider.Key(b)) }
	for _, person := range slices.SortedFunc(maps.Keys(byPerson), byKey) {
		accounts := byPerson[person]
		if len(accounts) > 1 {
			findings = append(findings, Finding{Severity: Info, Where: person.Provider() + " id " + person.String(),
				What: fmt.Sprintf("%d accounts share one phone: %s", len(accounts), few(accounts))})
		}
		if id, authys := person.(authy.ID); authys && f.Authy.Value[id] != nil {
			findings = append(findings, Finding{Severity: Warning, Where: "account " + quoted(accounts[0]),
				What: fmt.Sprintf("maps to authy id %s, and nobody can log in with it: %v", id, f.Authy.Value[id]),
				Line: "run authyctl remove, then authyctl enroll"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.UsersFile.Value)) {
		if !names[name] {
			findings = append(findings, Finding{Severity: Info, Where: "users file",
				What: quoted(name) + " is not an account of SFTPGo, or this administrator does not see it",
				Line: "delete the line of " + quoted(name)})
		}
	}
	return findings, f.Authy.Err
}

// fetching checks that keyint and checkpwd, which SFTPGo does not send the account, can look it up.
func fetching(f *Facts) ([]Finding, error) {
	configs, unseen := f.configs()
	s := f.Settings.Value
	if s.keyint() == "" && s.checkpwd() == "" {
		return nil, nil
	}
	var all found
	for _, c := range configs {
		if c.SFTPGoURL != "" || !slices.Contains(c.AccountSources, config.SourceAdditionalInfo) ||
			!c.decides(hookKeyint, hookCheckpwd) {
			continue
		}
		all.add(c.Who, Finding{Severity: Warning,
			What: "account_sources has additional_info, which SFTPGo does not send to keyint and checkpwd: accounts " +
				"that no earlier source knows are denied there",
			Line: "sftpgo_url and sftpgo_api_key_file (AUTHY_SFTPGO_URL, AUTHY_SFTPGO_API_KEY_FILE)"})
	}
	return all.list, unseen
}

// noSecondFactor finds accounts without a second factor, whether on purpose or by mistake.
func noSecondFactor(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	for _, a := range f.Accounts.Value {
		if a.Mapping != gate.Unmapped || a.MappingErr != nil || a.own() {
			continue
		}
		if open := s.unasked(a); len(open) > 0 && f.Hookless {
			findings = append(findings, Finding{Severity: Info, Where: "account " + quoted(a.Name),
				What: "has no second factor, over " + strings.Join(open, ", "),
				Line: "account " + quoted(a.Name) + `: add "SSH", "FTP", "HTTP" to filters.two_factor_protocols, ` +
					"and have it set"})
		} else if len(open) > 0 {
			findings = append(findings, Finding{Severity: Info, Where: "account " + quoted(a.Name),
				What: "has no second factor: maps to nobody at Authy, and no hook is asked over " +
					strings.Join(open, ", "),
				Line: "authyctl enroll " + a.Name + " …, and let a hook be asked"})
		}
	}
	return findings, nil
}

// unasked returns the ways in which an account logs in without any hook: protocols for the password
// alone, and other ways by their names.
func (s Settings) unasked(a Account) (open []string) {
	for _, protocol := range s.passwords(a) {
		if s.passwordGuard(a, protocol) == unguarded {
			open = append(open, protocol)
		}
	}
	if s.interactive(a) && s.interactiveGuard(a) == unguarded {
		open = union(open, []string{SSH})
	}
	if s.keyAlone(a) {
		open = append(open, "SSH by key")
	}
	if len(s.afterKey(a)) > 0 {
		open = append(open, "SSH by key and password")
	}
	if a.certified() && s.certificates(a) || len(s.afterCertificate(a)) > 0 {
		open = append(open, "TLS certificates")
	}
	if s.userKeysServed() && a.allows(methodPassword, HTTP) && a.Filters.APIKeys {
		open = append(open, "API keys")
	}
	return open
}
