package doctor

import (
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/plainhttp"
	"sftpgo-authy/hooks/internal/proof"
)

// transport finds out who may read or answer what SFTPGo asks hooks over HTTP.
func transport(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	var clear []string
	for _, h := range s.hooks() {
		u, err := url.Parse(h.value)
		if err == nil && u.Scheme == "http" && !plainhttp.IsLoopback(u.Hostname()) {
			clear = append(clear, h.key)
		}
	}
	if len(clear) > 0 {
		findings = append(findings, Finding{Severity: Warning, Where: "sftpgo settings",
			What: "passwords and answers of hooks cross the network unencrypted: whoever is on it reads them, and " +
				"may answer yes",
			Line: "https:// in " + strings.Join(clear, ", ") + ", and hookd.tls"})
	}
	if s.Bool("http.skip_tls_verify") {
		line, change := set("http.skip_tls_verify", "false")
		findings = append(findings, Finding{Severity: High, Where: "sftpgo settings",
			What: "SFTPGo accepts any certificate for a hook's: whoever is on the way may answer yes", Line: line,
			Change: change})
	}
	var unseen error
	if s.overHTTP() && len(f.Endpoints) == 0 {
		unseen = errors.New("who answers what SFTPGo asks hooks over HTTP was not seen")
	}
	for _, endpoint := range f.Endpoints {
		found, err := f.judge(endpoint)
		unseen = errors.Join(unseen, err)
		findings = append(findings, found...)
	}
	return slices.Concat(findings, f.weakSecrets(), f.oldSecret()), unseen
}

// judge says what is wrong with an endpoint.
func (f *Facts) judge(d Endpoint) ([]Finding, error) {
	s := f.Settings.Value
	where := d.Server
	if !strings.HasSuffix(d.Server, "//"+d.Addr.String()) {
		where += " at " + d.Addr.String()
	}
	guarded := strings.HasPrefix(d.Server, "https:") && !s.Bool("http.skip_tls_verify")
	one := func(severity Severity, what, line string) ([]Finding, error) {
		return []Finding{{Severity: severity, Where: where, What: what, Line: line}}, nil
	}
	anybody := d.Local && !isPrivileged(d.Addr.Port())
	switch d.Sight {
	case Absent:
		return nil, nil
	case Unseen:
		return nil, d.Why
	case Disbelieved:
		line := "http.ca_certificates: the certificate that hookd has, or that of its authority; or end what " +
			"listens there"
		var name x509.HostnameError
		if errors.As(d.Why, &name) {
			line = "a name or address that hookd's certificate has, in " + strings.Join(d.Keys, ", ") +
				"; or a certificate for " + name.Host + " in hookd.tls"
		}
		return one(Warning,
			fmt.Sprintf("SFTPGo does not believe what answers, so every login that asks there is denied: %v", d.Why),
			line)
	case Stranger:
		if errors.Is(d.Why, errWantsTLS) {
			return one(Critical,
				fmt.Sprintf("what answers cannot be told from a stranger: %v. Every login that asks there is "+
					"denied, and whoever listens there (%s) may read its password", d.Why, d.runner()),
				"https:// in "+strings.Join(d.Keys, ", "))
		}
		return one(Critical,
			fmt.Sprintf("what answers is not our hookd: %v. Whoever runs it (%s) reads every password and lets in "+
				"whom they like",
				d.Why, d.runner()),
			fmt.Sprintf("see who listens there (ss -ltnp 'sport = :%d'), end it and start hookd; a hookd that is "+
				"older than doctor cannot prove itself: update it", d.Addr.Port()))
	case PassedOn:
		if d.Local && d.UID > 0 && d.UID != s.UID {
			return one(High, "our hookd answers, but "+d.runner()+
				" listens there, passes everything on, reads every password and may answer yes",
				"the address of hookd itself in "+strings.Join(d.Keys, ", "))
		}
		return nil, fmt.Errorf("what lies between SFTPGo and hookd was not seen: hookd answers at %s, but through "+
			"something that has its address (a proxy, or the ports of a container)", d.Addr)
	case Silent:
		return f.silent(d, where, guarded, anybody), nil
	case Proven:
		if anybody && !guarded {
			return one(High,
				"while hookd is stopped or restarts, any user of this machine may listen there: then that user "+
					"reads every password and lets in whom they like",
				"a certificate of hookd's own: hookd.tls, http.ca_certificates, and https:// in "+
					strings.Join(d.Keys, ", ")+
					" (docs/production.md has the commands)")
		}
	}
	return nil, nil
}

// silent returns the finding about an address where nothing listens.
func (f *Facts) silent(d Endpoint, where string, guarded, anybody bool) []Finding {
	finding := Finding{Severity: High, Where: where, Line: "start hookd, so that it listens there"}
	switch {
	case !anybody:
		finding.Severity, finding.What = Warning, "nothing answers: every login that asks there is denied"
	case guarded:
		finding.Severity, finding.What = Warning,
			"nothing listens there, and any user of this machine may: every login that asks there is then denied"
	default:
		finding.What = "nothing listens there, and any user of this machine may: that user then reads passwords and " +
			"lets in whom they like"
	}
	for _, other := range f.Endpoints {
		if other.Server != d.Server || other.Sight != Proven && other.Sight != PassedOn {
			continue
		}
		u, err := url.Parse(d.Server)
		if err != nil {
			continue
		}
		finding.Change = &Change{Env: map[string]string{}}
		u.Host = net.JoinHostPort(other.Addr.Addr().String(), strconv.Itoa(int(other.Addr.Port())))
		for _, key := range d.Keys {
			value := strings.Replace(f.Settings.Value.Text(key), d.Server, u.String(), 1)
			finding.Change.Env[envName(key)] = value
		}
		finding.What = "the name stands for several addresses; at this one " + finding.What
		finding.Line = "use " + other.Addr.Addr().String() + ": " + u.String() + " in " + strings.Join(d.Keys, ", ")
	}
	return []Finding{finding}
}

// runner names the user whose process listens at an endpoint.
func (d Endpoint) runner() string {
	if d.UID < 0 {
		return "unknown to doctor"
	}
	return hands{}.user(d.UID)
}

// weakSecrets finds secrets between SFTPGo and hookd that can be guessed.
func (f *Facts) weakSecrets() []Finding {
	named := map[string]string{}
	if f.Config.Err == nil {
		named[own+", hookd.secret"] = f.Config.Value.Hookd.Secret
		named[own+", hookd.previous_secret_file"] = f.Config.Value.Hookd.PreviousSecret
	}
	s := f.Settings.Value
	for _, h := range s.Elements("http.headers", nil, "key", "value") {
		if strings.EqualFold(h.Text("key"), "X-Hook-Secret") {
			named[fmt.Sprintf("sftpgo settings, http.headers[%d]", h.Index)] = h.Text("value")
		}
	}
	var all found
	for _, where := range slices.Sorted(maps.Keys(named)) {
		strength := config.StrengthOf(named[where])
		if named[where] == "" || strength.Bits >= proof.MinBits {
			continue
		}
		all.add(where, Finding{Severity: Warning,
			Line: "openssl rand -hex 32, in hookd.secret_file and in http.headers",
			What: fmt.Sprintf("the secret between SFTPGo and hookd has at most %d random bits in %d characters, "+
				"fewer than %d: it can be guessed, and hookd proves nothing with it", strength.Bits, strength.Length,
				proof.MinBits)})
	}
	return all.list
}

// overlap is how long both secrets may count while one is being changed.
const overlap = 24 * time.Hour

// oldSecret finds a secret that was replaced a while ago and still counts.
func (f *Facts) oldSecret() []Finding {
	h := f.Config.Value.Hookd
	if f.Config.Err != nil || h.PreviousSecretFile == "" || h.SecretFile == "" {
		return nil
	}
	info, err := os.Stat(h.SecretFile)
	if err != nil || time.UnixMilli(f.Now).Sub(info.ModTime()) < overlap {
		return nil
	}
	return []Finding{{Severity: Warning, Where: own + ", hookd.previous_secret_file",
		What: fmt.Sprintf("the secret that was replaced on %s still opens hookd to whoever has it",
			info.ModTime().Format(time.DateOnly)),
		Line: "remove hookd.previous_secret_file when no SFTPGo sends the old one any more (docs/operations.md), and " +
			"reload hookd"}}
}
