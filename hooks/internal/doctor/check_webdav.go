package doctor

import "fmt"

// Minutes for which WebDAV may remember a login: one is the least, and what production.md sets.
const (
	shortCache = 1
	longCache  = 10
)

// davCache checks for how long SFTPGo remembers a WebDAV login. From the first use of a password
// and code on it asks no hook about the same ones. It asks the external authentication hook each
// time (internal/webdavd/server.go, and tried).
func davCache(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	minutes := s.Int("webdavd.cache.users.expiration_time")
	if !s.Serves(DAV) || minutes == shortCache {
		return nil, nil
	}
	var names []string
	for _, a := range f.protected() {
		if a.allows(methodPassword, DAV) && s.passwordGuard(a, DAV) == byCheckpwd {
			names = append(names, quoted(a.Name))
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	line, change := set("webdavd.cache.users.expiration_time", "1")
	finding := Finding{Severity: Critical, Where: "sftpgo settings", Line: line, Change: change}
	switch {
	case minutes <= 0:
		finding.What = "WebDAV logins are remembered for ever: the first password and code stay good, and newer " +
			"codes are refused, for " + few(names)
	default:
		finding.What = fmt.Sprintf("WebDAV logins are remembered for %s: a password and code that were seen stay "+
			"good that long, from anywhere, and newer codes are refused, for %s",
			span(minutes), few(names))
		switch {
		case minutes <= longCache:
			finding.Severity = Warning
		case minutes < 24*60:
			finding.Severity = High
		}
	}
	return []Finding{finding}, nil
}

// span writes minutes for a person.
func span(minutes int) string {
	switch {
	case minutes >= 2*24*60:
		return fmt.Sprintf("%d days", minutes/(24*60))
	case minutes >= 2*60:
		return fmt.Sprintf("%d hours", minutes/60)
	}
	return fmt.Sprintf("%d minutes", minutes)
}
