package doctor

import (
	"errors"
	"fmt"
)

// administrators finds administrators without a second factor: an administrator can let anybody in.
func administrators(f *Facts) ([]Finding, error) {
	served := false
	for _, b := range f.Settings.Value.Web() {
		served = served || b.WebAdmin && b.disabled&noAdminForm == 0 || b.API && b.disabled&noAdminToken == 0
	}
	if !served {
		return nil, nil
	}
	var findings []Finding
	for _, a := range f.Administrators.Value {
		if a.Status == 1 && !a.Filters.TOTP.Enabled {
			findings = append(findings, Finding{Severity: Warning, Where: "administrator " + quoted(a.Username),
				What: "logs in to the web admin and the REST API with a password alone, and can then change the " +
					"settings and the password of every account",
				Line: "as " + quoted(a.Username) + ": web admin, Two-factor authentication, enable it"})
		}
	}
	return findings, nil
}

// wholeView reports it as unseen if the administrator may not see all accounts: one with a role
// sees only the accounts of that role.
func wholeView(f *Facts) ([]Finding, error) {
	if f.Inventory.Err == nil {
		return nil, nil // takes all permissions, which nobody with a role can have
	}
	seen := f.Accounts.Value
	if len(seen) == 0 {
		return nil, errors.New("no account was seen; an administrator with a role sees the accounts of that role alone")
	}
	for _, a := range seen {
		if a.Role == "" || a.Role != seen[0].Role {
			return nil, nil // accounts without a role, or of several: this administrator has none
		}
	}
	return nil, fmt.Errorf(
		"all of the %d accounts seen have the role %s: an administrator with that role sees no others",
		len(seen), quoted(seen[0].Role))
}
