package doctor

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/authy"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/gate"
)

// configuration: ours, with the modes of its files. Its reader refuses what is wrong and names it.
func configuration(f *Facts) ([]Finding, error) {
	if f.Config.Err == nil {
		return nil, nil
	}
	var findings []Finding
	for line := range strings.SplitSeq(f.Config.Err.Error(), "\n") {
		findings = append(findings, Finding{Severity: Warning, Where: "configuration of the hooks", What: line + " (until then every login is denied)"})
	}
	return findings, nil
}

// usersFile: the mapping file, its mode and its lines.
func usersFile(f *Facts) ([]Finding, error) {
	if f.UsersFile.Err == nil {
		return nil, nil
	}
	meanwhile := "until it is mended, no account in it is let in; a hookd that has read it before goes on with that content for 5 minutes " +
		"where the file cannot be read or has no line, and then denies every account"
	if len(f.UsersFile.Value) > 0 {
		meanwhile = "until they are mended, accounts on these lines are denied, and all others log in as their lines say"
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
		return []Finding{{Severity: Warning, Where: "api_key", What: f.App.Err.Error(), Line: "AUTHY_API_KEY_FILE: the file with the key of your Authy app"}}, nil
	}
	return nil, f.App.Err
}

// ownBypasses: what our own configuration leaves open.
func ownBypasses(f *Facts) ([]Finding, error) {
	c := f.Config.Value
	var findings []Finding
	report := func(key, value, what string) {
		findings = append(findings, Finding{Severity: High, Where: "configuration of the hooks", What: what, Line: key + ": " + value})
	}
	if c.OnNoAnswer == config.Allow {
		report("on_no_answer", config.Deny, "whoever can keep Authy from answering logs in with the password alone, by keyint and checkpwd")
	}
	if c.Unmapped.Keyint == config.PasswordOnly {
		report("unmapped.keyint", config.Deny, "accounts that map to nobody at Authy log in with the password alone, by keyint")
	}
	if c.Unmapped.Checkpwd == config.PasswordOnly {
		report("unmapped.checkpwd", config.Deny, "accounts that map to nobody at Authy log in with the password alone, by checkpwd")
	}
	if c.OnAuditFailure == config.Allow {
		report("on_audit_failure", config.Deny, "logins go on when the audit cannot be written: nobody will know of them")
	}
	if c.Hookd.OnStoreFailure == config.Allow {
		report("hookd.on_store_failure", config.Deny, "without the shared store a code that was seen logs in once more, and nothing is locked out")
	}
	return findings, nil
}

// mapping: who every account is at Authy.
func mapping(f *Facts) ([]Finding, error) {
	var findings []Finding
	byID := map[authy.ID][]string{}
	names := map[string]bool{}
	for _, a := range f.Accounts.Value {
		names[a.Name] = true
		switch {
		case a.MappingErr != nil:
			findings = append(findings, Finding{Severity: Warning, Where: "account " + quoted(a.Name),
				What: "nobody can say who it is at Authy, so every login is denied: " + a.MappingErr.Error()})
		case a.Mapping == gate.Mapped:
			byID[a.ID] = append(byID[a.ID], a.Name)
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(byID), func(a, b authy.ID) int { return strings.Compare(a.String(), b.String()) }) {
		accounts := byID[id]
		if len(accounts) > 1 {
			findings = append(findings, Finding{Severity: Info, Where: "authy id " + id.String(),
				What: fmt.Sprintf("%d accounts share one phone: %s", len(accounts), few(accounts))})
		}
		if err := f.Authy.Value[id]; err != nil {
			findings = append(findings, Finding{Severity: Warning, Where: "account " + quoted(accounts[0]),
				What: fmt.Sprintf("maps to authy id %s, and nobody can log in with it: %v", id, err), Line: "authyctl remove, then authyctl enroll"})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(f.UsersFile.Value)) {
		if !names[name] {
			findings = append(findings, Finding{Severity: Info, Where: "users file",
				What: quoted(name) + " is no account of SFTPGo that this administrator sees", Line: "delete the line of " + quoted(name)})
		}
	}
	return findings, f.Authy.Err
}

// fetching: keyint and checkpwd are not sent the account.
func fetching(f *Facts) ([]Finding, error) {
	c, s := f.Config.Value, f.Settings.Value
	if c.SFTPGoURL != "" || !slices.Contains(c.AccountSources, config.SourceAdditionalInfo) || s.keyint() == "" && s.checkpwd() == "" {
		return nil, nil
	}
	return []Finding{{Severity: Warning, Where: "configuration of the hooks",
		What: "account_sources has additional_info, which SFTPGo does not send to keyint and checkpwd: accounts that no earlier source knows are denied there",
		Line: "sftpgo_url and sftpgo_api_key_file (AUTHY_SFTPGO_URL, AUTHY_SFTPGO_API_KEY_FILE)"}}, nil
}

// noSecondFactor: accounts without one, by decision or by mistake.
func noSecondFactor(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	for _, a := range f.Accounts.Value {
		if a.Mapping != gate.Unmapped || a.MappingErr != nil {
			continue
		}
		var open []string
		for _, protocol := range s.passwords(a) {
			if s.passwordGuard(a, protocol) == unguarded {
				open = append(open, protocol)
			}
		}
		if s.interactive(a) && s.interactiveGuard(a) == unguarded {
			open = union(open, []string{SSH})
		}
		if len(open) > 0 {
			findings = append(findings, Finding{Severity: Info, Where: "account " + quoted(a.Name),
				What: "has no second factor: maps to nobody at Authy, and no hook is asked over " + strings.Join(open, ", "),
				Line: "authyctl enroll " + a.Name + " …, and let a hook be asked"})
		}
	}
	return findings, nil
}
