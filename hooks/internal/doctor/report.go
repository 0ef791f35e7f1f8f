// Package doctor examines an SFTPGo and our hooks, and reports the ways round the second factor
// that are open, each with the line that closes it.
//
// A [Check] is data: what it is about, which facts it needs, and a function that turns [Facts] into
// findings. Nothing here logs in anywhere.
package doctor

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// Severity says how bad a finding is.
type Severity string

// Severities.
const (
	Critical Severity = "critical" // somebody gets in without the second factor, now
	High     Severity = "high"     // one step away from that
	Warning  Severity = "warning"  // weakens the protection, or locks people out
	Info     Severity = "info"     // to know
)

// Finding is one thing that is not as it should be. Line tells a person what to change. Change
// tells a program the same, where a program could do it.
type Finding struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	Where    string   `json:"where"`
	What     string   `json:"what"`
	Line     string   `json:"line"`
	Change   *Change  `json:"change,omitempty"`
}

// Change is what closes a way: variables of SFTPGo's environment, fields of an account to set or to
// add to, or a reload of hookd.
type Change struct {
	Env     map[string]string   `json:"env,omitempty"`
	Hookd   string              `json:"hookd,omitempty"` // reload or restart
	Account string              `json:"account,omitempty"`
	Add     map[string][]string `json:"add,omitempty"` // field with dots: items to add to its list
	Set     map[string]any      `json:"set,omitempty"` // field with dots: its value
}

// State is the result of a check in one word.
type State string

// States, best first.
const (
	OK      State = "ok"
	NotSeen State = "not_seen" // nothing was found in what was seen, and something was not seen
	Warn    State = "warn"     // a warning was found
	Fail    State = "fail"     // something critical or high was found
)

// Result is the result of a check. NotSeen says what the check could not look at and why, even if
// it found something in the rest.
type Result struct {
	ID      string   `json:"id"`
	About   string   `json:"about"` // what holds where the check is ok
	State   State    `json:"state"`
	NotSeen []string `json:"not_seen,omitempty"`
}

// Report is what doctor has to say: the result of each check, and all findings.
type Report struct {
	SFTPGo   string    `json:"sftpgo,omitempty"` // version
	Checks   []Result  `json:"checks"`
	Findings []Finding `json:"findings"`
}

// Need is a fact that a check cannot do without.
type Need int

// Needs.
const (
	NeedHooks  Need = iota // hooks, or a configuration of theirs: without, the check is left out
	NeedConfig             // the configuration of our hooks: as above
	NeedPeople             // whom accounts belong to: without hooks, to nobody
	NeedApp
	NeedSettings
	NeedAccounts
	NeedInventory
	NeedAdministrators
)

// Check is one thing to look at. About says what holds if all is well. Run returns what it found
// and, as an error, what it could not see; several of those are joined with [errors.Join]. It may
// return both.
type Check struct {
	ID    string
	About string
	Needs []Need
	Run   func(f *Facts) (findings []Finding, unseen error)
}

// missing returns why a fact is not known.
func (f *Facts) missing(n Need) error {
	switch n {
	case NeedHooks:
		return nil
	case NeedPeople:
		if f.Hookless {
			return nil
		}
		return f.Config.Err
	case NeedConfig:
		return f.Config.Err
	case NeedApp:
		return f.App.Err
	case NeedSettings:
		return f.Settings.Err
	case NeedAccounts:
		return f.Accounts.Err
	case NeedInventory:
		return f.Inventory.Err
	case NeedAdministrators:
		return f.Administrators.Err
	}
	return fmt.Errorf("need %d is unknown", n)
}

// Examine makes all checks.
func Examine(f *Facts) Report { return examine(f, Checks()) }

func examine(f *Facts, checks []Check) Report {
	report := Report{SFTPGo: f.Version, Checks: []Result{}, Findings: []Finding{}}
	for _, c := range checks {
		if f.Hookless && (slices.Contains(c.Needs, NeedHooks) || slices.Contains(c.Needs, NeedConfig)) {
			continue
		}
		result, findings := c.make(f)
		report.Checks = append(report.Checks, result)
		report.Findings = append(report.Findings, findings...)
	}
	return report
}

// make makes one check.
func (c Check) make(f *Facts) (Result, []Finding) {
	result := Result{ID: c.ID, About: c.About}
	for _, need := range c.Needs {
		if err := f.missing(need); err != nil {
			result.State, result.NotSeen = NotSeen, []string{oneLine(err)}
			return result, nil
		}
	}
	findings, unseen := c.Run(f)
	for i := range findings {
		findings[i].ID = c.ID
	}
	if slices.Contains(c.Needs, NeedSettings) {
		unseen = errors.Join(unseen, f.Settings.Value.Doubt)
	}
	result.NotSeen = reasons(unseen)
	result.State = stateOf(findings, len(result.NotSeen) == 0)
	return result, findings
}

// stateOf returns the state of a check that found this, and saw everything or not.
func stateOf(findings []Finding, complete bool) State {
	worst := OK
	if !complete {
		worst = NotSeen
	}
	for _, f := range findings {
		switch f.Severity {
		case Critical, High:
			return Fail
		case Warning:
			worst = Warn
		}
	}
	return worst
}

// reasons returns the errors that [errors.Join] joined, one line each.
func reasons(err error) []string {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || err.Error() != errors.Join(joined.Unwrap()...).Error() {
		return []string{oneLine(err)}
	}
	var all []string
	for _, one := range joined.Unwrap() {
		all = union(all, reasons(one))
	}
	return all
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

// Clean reports whether nothing but information was found, and whether everything was looked at.
func (r Report) Clean() (clean, complete bool) {
	clean, complete = true, true
	for _, c := range r.Checks {
		clean = clean && c.State != Warn && c.State != Fail
		complete = complete && len(c.NotSeen) == 0
	}
	return clean, complete
}

func marshal(d sftpgoapi.Document) (json.RawMessage, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("account cannot be encoded: %w", err)
	}
	return raw, nil
}
