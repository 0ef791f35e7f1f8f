// Package doctor looks at an SFTPGo and our hooks, and names the ways round the second factor that are open, each with the line that
// shuts it.
//
// A [Check] is data: what it is about, which facts it needs, and a function from [Facts] to findings. Nothing here logs in anywhere.
package doctor

import (
	"encoding/json"
	"fmt"
	"io"
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

// Finding is one thing that is not as it should be. Line says what to change, for a person; Change the same for a
// machine, where it can be said.
type Finding struct {
	ID       string   `json:"id"`
	Severity Severity `json:"severity"`
	Where    string   `json:"where"`
	What     string   `json:"what"`
	Line     string   `json:"line"`
	Change   *Change  `json:"change,omitempty"`
}

// Change is what shuts a way: variables of SFTPGo's environment, or fields of an account to set or to add to.
type Change struct {
	Env     map[string]string   `json:"env,omitempty"`
	Account string              `json:"account,omitempty"`
	Add     map[string][]string `json:"add,omitempty"` // field with dots: items to add to its list
	Set     map[string]any      `json:"set,omitempty"` // field with dots: its value
}

// States of a check.
const (
	OK         = "ok"
	Found      = "found"
	NotChecked = "not_checked"
)

// Result is what became of a check.
type Result struct {
	ID      string `json:"id"`
	About   string `json:"about"`
	State   string `json:"state"`
	Because string `json:"because,omitempty"` // of a check that was not made
}

// Report is everything.
type Report struct {
	SFTPGo   string    `json:"sftpgo,omitempty"` // version
	Checks   []Result  `json:"checks"`
	Findings []Finding `json:"findings"`
}

// Need is a fact that a check cannot do without.
type Need int

// Needs.
const (
	NeedConfig Need = iota
	NeedApp
	NeedSettings
	NeedAccounts
	NeedInventory
)

// Check is one thing to look at. Run may itself find that it cannot judge: then it gives the reason.
type Check struct {
	ID    string
	About string
	Needs []Need
	Run   func(f *Facts) (findings []Finding, because error)
}

// missing gives why a fact is not known.
func (f *Facts) missing(n Need) error {
	switch n {
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
	}
	return fmt.Errorf("need %d is unknown", n)
}

// Examine makes all checks.
func Examine(f *Facts) Report { return examine(f, Checks()) }

func examine(f *Facts, checks []Check) Report {
	report := Report{SFTPGo: f.Version, Checks: []Result{}, Findings: []Finding{}}
	for _, c := range checks {
		result, findings := c.make(f)
		report.Checks = append(report.Checks, result)
		report.Findings = append(report.Findings, findings...)
	}
	return report
}

// make makes one check.
func (c Check) make(f *Facts) (Result, []Finding) {
	result := Result{ID: c.ID, About: c.About, State: OK}
	for _, need := range c.Needs {
		if err := f.missing(need); err != nil {
			result.State, result.Because = NotChecked, err.Error()
			return result, nil
		}
	}
	findings, because := c.Run(f)
	for i := range findings {
		findings[i].ID = c.ID
	}
	switch {
	case because != nil:
		result.State, result.Because = NotChecked, because.Error()
	case len(findings) > 0:
		result.State = Found
	}
	return result, findings
}

// Clean says whether nothing but information was found, and whether everything was looked at.
func (r Report) Clean() (clean, complete bool) {
	clean, complete = true, true
	for _, f := range r.Findings {
		clean = clean && f.Severity == Info
	}
	for _, c := range r.Checks {
		complete = complete && c.State != NotChecked
	}
	return clean, complete
}

// WriteText writes the report for a person. Texts that come from SFTPGo are quoted where they are found.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s: %s [%s]\n    %s\n", strings.ToUpper(string(f.Severity)), f.Where, f.ID, f.What)
		if f.Line != "" {
			fmt.Fprintf(&b, "    change: %s\n", f.Line)
		}
	}
	if len(r.Findings) > 0 {
		b.WriteByte('\n')
	}
	harmless := map[string]bool{}
	for _, f := range r.Findings {
		known, there := harmless[f.ID]
		harmless[f.ID] = f.Severity == Info && (known || !there)
	}
	for _, c := range r.Checks {
		word, text := "ok", c.About
		switch {
		case c.State == NotChecked:
			word, text = "not checked", "because "+strings.ReplaceAll(c.Because, "\n", "; ")
		case c.State == Found && harmless[c.ID]:
			word = "noted"
		case c.State == Found:
			word = "FOUND"
		}
		fmt.Fprintf(&b, "%-12s %-22s %s\n", word, c.ID, text)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes the report for a machine.
func (r Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}

func marshal(d sftpgoapi.Document) (json.RawMessage, error) {
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("account cannot be encoded: %w", err)
	}
	return raw, nil
}
