package doctor

import (
	"fmt"
	"strings"
	"time"
)

// totpSecrets: the files of local TOTP. A secret that anybody else has makes the same codes.
func totpSecrets(f *Facts) ([]Finding, error) {
	c := f.Config.Value.TOTP
	if !c.Enabled() {
		return nil, nil
	}
	where := "totp.secrets_file " + c.SecretsFile
	if f.TOTP.Err != nil {
		return []Finding{{Severity: Warning, Where: where,
			What: f.TOTP.Err.Error() + "; until it is mended, nobody with local TOTP is let in"}}, nil
	}
	var findings []Finding
	warn := func(accounts []string, what, line string) {
		if len(accounts) > 0 {
			findings = append(findings, Finding{Severity: Warning, Where: where, What: fmt.Sprintf(what, few(accounts)),
				Line: line})
		}
	}
	for _, err := range f.TOTP.Value.Broken {
		findings = append(findings, Finding{Severity: Warning, Where: where,
			What: err.Error() + "; until it is mended, that account is denied"})
	}
	if c.KeyFile == "" {
		warn(f.TOTP.Value.Plain,
			"no key seals the secrets: whoever reads the file, or a backup of it, has the codes of %s",
			"totp.key_file: a file; then authyctl totp key and authyctl totp seal")
	} else {
		warn(f.TOTP.Value.Plain, "the secrets of %s are not sealed", "authyctl totp seal")
	}
	warn(f.TOTP.Value.Old, "the secrets of %s are sealed with an old key", "authyctl totp seal")
	warn(f.TOTP.Value.Short, "the secrets of %s have less than 128 bits", "give these accounts new ones")
	return findings, nil
}

// maxClock is how far our clock and SFTPGo's may be apart: its answers have whole seconds, and take
// their time.
const maxClock = 5 * time.Second

// clock: whether our clock and SFTPGo's agree. Codes of local TOTP are right for a minute or two by
// our clock; who has two clocks cannot tell which one the phones agree with.
func clock(f *Facts) ([]Finding, error) {
	if !f.Config.Value.TOTP.Enabled() {
		return nil, nil
	}
	ahead, way := f.Clock.Value.Round(time.Second), "ahead of"
	if f.Clock.Err != nil || max(ahead, -ahead) <= maxClock {
		return nil, f.Clock.Err
	}
	if ahead < 0 {
		ahead, way = -ahead, "behind"
	}
	return []Finding{{Severity: Warning, Where: "this machine's clock",
		What: strings.Join([]string{"SFTPGo's clock is", ahead.String(), way,
			"ours: codes that phones show may be refused, or taken late"}, " "),
		Line: "set both by NTP"}}, nil
}
