package doctor

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// hookSecret is the header by which hookd recognizes SFTPGo.
const hookSecret = "X-Hook-Secret"

// secretHeader reports whether a header looks like one that holds a secret.
func secretHeader(name string) bool {
	return secretName(name) || strings.EqualFold(name, hookSecret) || strings.EqualFold(name, "Authorization")
}

// otherCalls are the settings for calls of SFTPGo other than login hooks. They carry the same
// headers.
var otherCalls = []string{
	"common.actions.hook", "common.startup_hook", "common.post_connect_hook", "common.post_disconnect_hook",
	"data_provider.actions.hook", "data_provider.pre_login_hook", "data_provider.post_login_hook",
}

// reaches reports whether SFTPGo sends a header along with a call: where the call's address begins
// with the header's, letter by letter (internal/httpclient/httpclient.go).
func reaches(header Element, address string) bool {
	return strings.HasPrefix(address, header.Text("url"))
}

// headers checks that a secret goes to all login hooks, and to nobody else.
func headers(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	var findings []Finding
	for _, h := range s.Elements("http.headers", nil, "key", "value") {
		if secretHeader(h.Text("key")) {
			findings = append(findings, s.strayHeader(h)...)
		}
	}
	return append(findings, s.missingHeader(f)...), nil
}

// strayHeader finds others that a secret goes to.
func (s Settings) strayHeader(h Element) []Finding {
	name, prefix := h.Text("key"), h.Text("url")
	finding := Finding{Severity: High, Where: fmt.Sprintf("sftpgo settings, http.headers[%d]", h.Index),
		Line: fmt.Sprintf("http.headers[%d].url: the beginning of the hook's URL, up to the slash behind host and "+
			"port (%s=…)", h.Index, h.Env("url"))}
	if prefix == "" {
		finding.What = name + " goes to every server that SFTPGo calls, whoever runs it"
		return []Finding{finding}
	}
	var hooks []string
	for _, hook := range s.hooks() {
		hooks = append(hooks, origin(hook.value))
	}
	for _, key := range otherCalls {
		if address := s.Text(key); isHTTP(address) && reaches(h, address) && !slices.Contains(hooks, origin(address)) {
			finding.What = fmt.Sprintf("%s also goes to %s, as %s names it", name, origin(address), key)
			return []Finding{finding}
		}
	}
	u, err := url.Parse(prefix)
	if err == nil && u.Path == "" {
		finding.Severity = Warning
		finding.What = fmt.Sprintf("%s goes to every host and port whose name begins like %s, for no slash ends it",
			name, origin(prefix))
		return []Finding{finding}
	}
	return nil
}

// missingHeader finds hooks that do not get hookd's secret. If several headers have that name, the
// last one counts.
func (s Settings) missingHeader(f *Facts) []Finding {
	var secrets []Element
	for _, h := range s.Elements("http.headers", nil, "key", "value") {
		if strings.EqualFold(h.Text("key"), hookSecret) {
			secrets = append(secrets, h)
		}
	}
	wanted := len(secrets) > 0
	if hookd, err := f.hookd(); err == nil {
		_, wanted = hookd.Secrets["hookd.secret"]
	}
	var without []string
	for _, hook := range s.hooks() {
		if wanted && isHTTP(hook.value) &&
			!slices.ContainsFunc(secrets, func(h Element) bool { return reaches(h, hook.value) }) {
			without = append(without, hook.key)
		}
	}
	if len(without) == 0 {
		return nil
	}
	return []Finding{{Severity: Warning, Where: "sftpgo settings, http.headers",
		What: "no " + hookSecret + " goes to " + strings.Join(without, ", ") + ": hookd answers 401, and every " +
			"login is denied",
		Line: "http.headers[].url: the beginning of the URL of each hook, letter by letter"}}
}

// origin returns scheme, host and port of an address. The rest may contain secrets.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	return u.Scheme + "://" + u.Host
}
