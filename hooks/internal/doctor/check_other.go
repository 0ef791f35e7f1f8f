package doctor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// Options of web_client, each forbidding something.
const (
	noKeyChange    = "publickey-change-disabled"
	noCertChange   = "tls-cert-change-disabled"
	noAPIKeyChange = "api-key-auth-change-disabled"
	noShares       = "shares-disabled"
	noReset        = "password-reset-disabled"
	noInfoChange   = "info-change-disabled"
)

// publicKeyAlone finds accounts that log in with a public key and no code.
func publicKeyAlone(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	for _, a := range f.protected() {
		if !s.keyAlone(a) {
			continue
		}
		what := fmt.Sprintf("has %d public keys, and a key alone logs in", a.Keys)
		if a.Keys == 0 {
			what = "a certificate of sftpd.trusted_user_ca_keys alone logs in"
		}
		if a.Keys == 0 && s.Text("sftpd.opkssh_path") != "" {
			what = "an OpenPubkey certificate that sftpd.opkssh_path accepts alone logs in"
		}
		line, change := deny(a, methodKey)
		findings = append(findings, Finding{Severity: Critical, Where: "account " + quoted(a.Name), What: what,
			Line: line, Change: change})
	}
	return findings, nil
}

// keyAlone reports whether a public key of the account logs in by itself.
func (s Settings) keyAlone(a Account) bool {
	return s.Serves(SSH) && a.allows(methodKey, SSH) && !s.closed(a, scopeKey) && (a.Keys > 0 || s.authorities())
}

// selfServiceKeys finds accounts that may add a key or certificate of their own: whoever is in once
// would never be asked for a code again.
func selfServiceKeys(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	for _, a := range f.protected() {
		if !s.web(a) {
			continue
		}
		if s.Serves(SSH) && a.allows(methodKey, SSH) && !s.closed(a, scopeKey) && a.may(noKeyChange) {
			line, change := forbid(a, noKeyChange)
			findings = append(findings, Finding{Severity: High, Where: "account " + quoted(a.Name), Line: line,
				Change: change,
				What:   "may add a public key in the web client or REST API, and that key alone logs in from then on"})
		}
		if s.certificates(a) && a.may(noCertChange) {
			line, change := forbid(a, noCertChange)
			findings = append(findings, Finding{Severity: High, Where: "account " + quoted(a.Name), Line: line,
				Change: change,
				What: "may add a TLS certificate in the web client or REST API, and that certificate alone logs in " +
					"from then on"})
		}
	}
	return findings, nil
}

// certificates reports whether a TLS certificate alone could log in.
func (s Settings) certificates(a Account) bool { return len(s.byCertificate(a, methodTLS)) > 0 }

// tlsAlone finds accounts that log in with a TLS client certificate and no code.
func tlsAlone(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	for _, a := range f.protected() {
		if a.certified() && s.certificates(a) {
			line, change := deny(a, methodTLS)
			findings = append(findings, Finding{Severity: Critical, Where: "account " + quoted(a.Name), Line: line,
				Change: change,
				What:   "a TLS client certificate alone logs in over FTP or WebDAV"})
		}
	}
	return findings, nil
}

// userKeys finds accounts that log in with an API key, for which SFTPGo asks for no code.
func userKeys(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	if !s.userKeysServed() {
		return nil, nil
	}
	var findings []Finding
	for _, a := range f.protected() {
		if !a.allows(methodPassword, HTTP) { // SFTPGo asks for this method also with a key
			continue
		}
		where, keys := "account "+quoted(a.Name), f.keysOf(a)
		switch {
		case a.Filters.APIKeys:
			line, change := turn(a, "filters.allow_api_key_auth", a.Own.APIKeys, false)
			severity, what := High, "allows API keys, which log in without any code"
			if keys != "" {
				severity, what = Critical, "allows API keys, and "+keys+" logs in without any code"
			}
			findings = append(findings, Finding{Severity: severity, Where: where, What: what, Line: line,
				Change: change})
		case s.web(a) && a.may(noAPIKeyChange):
			line, change := forbid(a, noAPIKeyChange)
			findings = append(findings, Finding{Severity: Warning, Where: where, Line: line, Change: change,
				What: "may allow API keys for itself in the web client or REST API, and they log in without any code"})
		}
	}
	if len(findings) > 0 && f.Inventory.Err != nil {
		return findings, fmt.Errorf("whether there are such keys is not known: %w", f.Inventory.Err)
	}
	return findings, nil
}

// userKeysServed reports whether any address accepts API keys of users.
func (s Settings) userKeysServed() bool {
	return slices.ContainsFunc(s.Web(), func(b Binding) bool { return b.API && b.disabled&noUserKeys == 0 })
}

// keysOf describes an API key that logs in as the account, or returns "" if there is none.
func (f *Facts) keysOf(a Account) string {
	for _, k := range f.Inventory.Value.APIKeys {
		if k.Scope == sftpgoapi.ScopeUser && (k.User == a.Name || k.User == "") &&
			(k.ExpiresAt == 0 || k.ExpiresAt > f.Now) {
			return "key " + quoted(k.Name)
		}
	}
	return ""
}

// shares finds accounts that have or may make shares, whose links need no login.
func shares(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	if len(s.Web()) == 0 {
		return nil, nil
	}
	count := map[string]int{}
	for _, share := range f.Inventory.Value.Shares {
		if (share.ExpiresAt == 0 || share.ExpiresAt > f.Now) &&
			(share.MaxTokens == 0 || share.UsedTokens < share.MaxTokens) {
			count[share.Username]++
		}
	}
	var findings []Finding
	for _, a := range f.protected() {
		if !a.may(noShares) {
			continue
		}
		line, change := forbid(a, noShares)
		where := "account " + quoted(a.Name)
		switch {
		case count[a.Name] > 0:
			findings = append(findings, Finding{Severity: High, Where: where, Line: line, Change: change,
				What: fmt.Sprintf("has %d shares: whoever has the link reaches these files without a login",
					count[a.Name])})
		case s.web(a):
			findings = append(findings, Finding{Severity: Warning, Where: where, Line: line, Change: change,
				What: "may make shares, whose links reach files without a login"})
		}
	}
	return findings, nil
}

// passwordReset finds accounts that may reset their password by mail: the code in the mail logs in
// to the web client, and no hook is asked. Whoever has a session of an account for a moment can
// also give it another address.
func passwordReset(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	form := false
	for _, b := range s.Web() {
		form = form || b.WebClient && b.disabled&noClientForm == 0
	}
	if !form {
		return nil, nil
	}
	mail := s.Text("smtp.host") != "" || f.Inventory.Value.Configs.SMTP.Host != ""
	var findings []Finding
	able := 0
	for _, a := range f.protected() {
		if !a.may(noReset) || !a.allows(methodPassword, HTTP) || a.ownBesidePassword(HTTP) ||
			a.Email == "" && !(s.web(a) && a.may(noInfoChange)) {
			continue
		}
		able++
		if !mail {
			continue
		}
		severity, what := Critical,
			"may reset the password by mail, and that logs in to the web client without any code"
		if a.Email == "" {
			severity, what = High,
				"has no mail address, but may set one in the web client or REST API: whoever has a session of it for "+
					"a moment sets an address, has a reset mailed there, and logs in to the web client "+
					"without any code from then on"
		}
		line, change := forbid(a, noReset)
		findings = append(findings, Finding{Severity: severity, Where: "account " + quoted(a.Name), What: what,
			Line: line, Change: change})
	}
	if !mail && able > 0 && f.Inventory.Err != nil {
		return nil, fmt.Errorf("mail may be set up in SFTPGo's web admin: %w", f.Inventory.Err)
	}
	return findings, nil
}

// oidc finds addresses where OpenID Connect logs users in without any code.
func oidc(f *Facts) ([]Finding, error) {
	var findings []Finding
	for _, b := range f.Settings.Value.Web() {
		if !b.OIDC {
			continue
		}
		value := strconv.Itoa(b.disabled | noClientOIDC)
		findings = append(findings, Finding{Severity: High,
			Where: fmt.Sprintf("sftpgo settings, httpd.bindings[%d]", b.Index),
			What: "OpenID Connect logs users in to the web client without any code, with whatever its " +
				"provider asks for",
			Line: fmt.Sprintf(
				"httpd.bindings[%d].disabled_login_methods: %s (%s=%[2]s), or deny protocol HTTP to the accounts",
				b.Index, value, b.Env("disabled_login_methods")),
			Change: &Change{Env: map[string]string{b.Env("disabled_login_methods"): value}}})
	}
	return findings, nil
}

// anonymous finds accounts that accept any password.
func anonymous(f *Facts) ([]Finding, error) {
	var findings []Finding
	for _, a := range f.Accounts.Value {
		if a.Filters.Anonymous {
			line, change := turn(a, "filters.is_anonymous", a.Own.Anonymous, false)
			findings = append(findings, Finding{Severity: Critical, Where: "account " + quoted(a.Name), Line: line,
				Change: change,
				What:   "is anonymous: FTP and WebDAV take any password"})
		}
	}
	return findings, nil
}

// authPlugins: a plugin may answer in place of hooks.
func authPlugins(f *Facts) ([]Finding, error) {
	var findings []Finding
	for _, p := range f.Settings.Value.Elements("plugins", nil, "type") {
		if strings.EqualFold(p.Text("type"), "auth") {
			findings = append(findings, Finding{Severity: High, Where: "sftpgo settings, plugins",
				What: "an authentication plugin answers in place of the hooks, for the scopes it has",
				Line: "remove plugins[" + strconv.Itoa(p.Index) +
					"], or let it have none of the scopes of your accounts"})
		}
	}
	return findings, nil
}
