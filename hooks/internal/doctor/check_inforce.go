package doctor

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/config"
)

// inForce checks that what runs has the settings that the files say.
func inForce(f *Facts) ([]Finding, error) {
	findings := f.otherFile()
	unseen := f.Settings.Err
	if unseen == nil {
		unseen = f.Settings.Value.Doubt
	}
	hookd, unasked := f.hookd()
	switch {
	case unasked == nil:
		findings = append(findings, hookd.pending()...)
		findings = append(findings, f.otherConfig()...)
	case f.Settings.Err != nil || f.Settings.Value.overHTTP():
		unseen = errors.Join(unseen, unasked)
	}
	return findings, unseen
}

// overHTTP reports whether any hook is asked over HTTP.
func (s Settings) overHTTP() bool {
	return slices.ContainsFunc(s.hooks(), func(h hookSetting) bool { return isHTTP(h.value) })
}

// otherFile returns a finding if SFTPGo reads another configuration file than doctor was told.
func (f *Facts) otherFile() []Finding {
	s := f.Settings.Value
	if f.NamedFile == "" || f.Settings.Err != nil || f.NamedFile == s.ConfigFile {
		return nil
	}
	reads := s.ConfigFile
	if reads == "" {
		reads = "none"
	}
	return []Finding{{Severity: Warning, Where: "sftpgo that runs",
		What: "reads the configuration file " + reads + ", and doctor was told " + f.NamedFile + "; it judges " +
			"what SFTPGo reads",
		Line: "change " + reads + ", or let SFTPGo read " + f.NamedFile}}
}

// pending returns a finding if a reload would change what the running hookd does.
func (h *Hookd) pending() []Finding {
	const who = "running hookd"
	if h.PendingProblem != "" {
		return []Finding{{Severity: Warning, Where: who, Line: "fix that, then reload hookd",
			What: "still has the settings of " + h.Loaded.Format("2006-01-02 15:04:05") + ", because what its " +
				"files and variables say now is refused: " +
				strings.ReplaceAll(h.PendingProblem, "\n", "; ")}}
	}
	differ := slices.Clone(h.Pending)
	for _, file := range h.Files {
		if file.Changed && !file.Live {
			differ = union(differ, []string{file.Key + " (the file changed)"})
		}
	}
	if len(differ) == 0 {
		return nil
	}
	line, change := fmt.Sprintf("reload hookd: systemctl reload hookd, or kill -HUP %d", h.PID), "reload"
	if slices.Contains(h.Pending, "hookd.listen") || slices.Contains(h.Pending, "hookd.admin_socket") {
		line, change = "restart hookd: systemctl restart hookd", "restart"
	}
	return []Finding{{Severity: Warning, Where: who, Line: line, Change: &Change{Hookd: change},
		What: "still has the settings of " + h.Loaded.Format("2006-01-02 15:04:05") + "; its files and variables " +
			"now differ in " + strings.Join(differ, ", ")}}
}

// otherConfig returns a finding if doctor was given another configuration than hookd has. Checks
// look at both.
func (f *Facts) otherConfig() []Finding {
	h := f.Hookd.Value
	if f.Config.Err != nil || len(h.Settings) == 0 || len(h.Pending) > 0 || h.PendingProblem != "" {
		return nil
	}
	var differ []string
	ours, theirs := f.Config.Value.Effective(), h.Config.Effective()
	fetches := slices.Contains(h.Config.AccountSources, config.SourceAdditionalInfo)
	for _, key := range slices.Sorted(maps.Keys(ours)) {
		// hookd may have been told its address by a flag, each has a way out of its own, and
		// authyctl alone may use SFTPGo's REST API.
		idle := key == "hookd.listen" || strings.HasPrefix(key, "proxy") ||
			!fetches && strings.HasPrefix(key, "sftpgo_")
		if !idle && !reflect.DeepEqual(ours[key], theirs[key]) {
			differ = append(differ, key)
		}
	}
	if len(differ) == 0 {
		return nil
	}
	reads := "runs by variables alone, and doctor was given a configuration file"
	line := "start doctor with hookd's AUTHY_ variables, or hookd with the configuration that doctor was given"
	if h.ConfigFile != "" {
		reads = "runs with " + h.ConfigFile + " and its variables, not with what doctor was given"
		line = "authyctl doctor --config " + h.ConfigFile + " with hookd's AUTHY_ " +
			"variables, or start hookd with the configuration that doctor was given"
	}
	return []Finding{{Severity: Warning, Where: "running hookd", Line: line,
		What: reads + "; they differ in " + strings.Join(differ, ", ")}}
}

// wellHookd returns what the running hookd reports about itself.
func wellHookd(f *Facts) ([]Finding, error) {
	hookd, err := f.hookd()
	if err != nil {
		if f.Settings.Err == nil && !f.Settings.Value.overHTTP() {
			return nil, nil // nobody asks one
		}
		return nil, err
	}
	var findings []Finding
	for _, reason := range hookd.Reasons {
		findings = append(findings, Finding{Severity: Warning, Where: "running hookd",
			What: "nobody can log in: " + reason})
	}
	for _, sentence := range hookd.Degraded {
		findings = append(findings, Finding{Severity: Warning, Where: "running hookd", What: sentence})
	}
	return findings, nil
}
