package doctor

import (
	"net/url"
	"strings"

	"sftpgo-authy/hooks/internal/config"
)

// plainHTTP: hooks over a network that others can read.
func plainHTTP(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	var clear []string
	for _, h := range s.hooks() {
		u, err := url.Parse(h.value)
		if err == nil && u.Scheme == "http" && !config.IsLoopback(u.Hostname()) {
			clear = append(clear, h.key)
		}
	}
	if len(clear) > 0 {
		findings = append(findings, Finding{Severity: Warning, Where: "sftpgo settings",
			What: "passwords and answers of hooks go over the network in clear: whoever is on it reads them, and may answer yes",
			Line: "https:// in " + strings.Join(clear, ", ") + ", and hookd.tls"})
	}
	if s.Bool("http.skip_tls_verify") {
		line, change := set("http.skip_tls_verify", "false")
		findings = append(findings, Finding{Severity: High, Where: "sftpgo settings",
			What: "SFTPGo takes any certificate for the hook's: whoever is in between may answer yes", Line: line, Change: change})
	}
	return findings, nil
}
