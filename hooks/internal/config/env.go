package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// UnknownVariables returns an error for each variable of an environment, NAME=value, that begins
// like ours and that nothing reads: a misspelt one would be ignored in silence. It is no reason to
// stop, since other programs may have variables of such names.
func UnknownVariables(environ []string) []error {
	var known []string
	_, _ = Load("", func(name string) (string, bool) { // which asks for all that there are
		known = append(known, name)
		return "", false
	})
	var unknown []error
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "AUTHY_") && !slices.Contains(known, name) {
			unknown = append(unknown, fmt.Errorf("%s: no such variable, it is ignored; did you mean %s?", name,
				nearest(name, known)))
		}
	}
	return unknown
}

// nearest returns the name that has most in common with the one given, from its beginning and from
// its end.
func nearest(name string, known []string) string {
	best, most := "", 0
	for _, k := range known {
		start, end, n := 0, 0, min(len(k), len(name))
		for start < n && k[start] == name[start] {
			start++
		}
		for end < n-start && k[len(k)-1-end] == name[len(name)-1-end] {
			end++
		}
		if score := 2*(start+end) - len(k); best == "" || score > most {
			best, most = k, score
		}
	}
	return best
}

// readEnv overrides c with what the environment sets. An empty variable counts as not set: compose
// files pass them on. A variable for a secret replaces it in whichever form the file has it.
func (c *Config) readEnv(lookup func(string) (string, bool), p *problems) {
	get := func(name string, into *string) bool {
		value, _ := lookup(name)
		if value != "" {
			*into = value
		}
		return value != ""
	}
	pair := func(name string, value, file *string) {
		var v, f string
		if inClear, inFile := get(name, &v), get(name+"_FILE", &f); inClear || inFile {
			*value, *file = v, f
		}
	}
	pair("AUTHY_API_KEY", &c.APIKey, &c.APIKeyFile)
	pair("AUTHY_VERIFY_SECRET", &c.Verify.Secret, &c.Verify.SecretFile)
	get("AUTHY_VERIFY_ACCOUNT_SID", &c.Verify.AccountSID)
	get("AUTHY_VERIFY_API_KEY_SID", &c.Verify.KeySID)
	get("AUTHY_VERIFY_SERVICE_SID", &c.Verify.ServiceSID)
	get("AUTHY_VERIFY_URL", &c.Verify.URL)
	pair("AUTHY_HOOKD_SECRET", &c.Hookd.Secret, &c.Hookd.SecretFile)
	pair("AUTHY_HOOKD_REDIS_URL", &c.Hookd.RedisURL, &c.Hookd.RedisURLFile)
	get("AUTHY_HOOKD_ADMIN_SOCKET", &c.Hookd.AdminSocket)
	pair("AUTHY_PROXY_URL", &c.ProxyURL, &c.ProxyURLFile)
	get("AUTHY_API_URL", &c.APIURL)
	get("AUTHY_USERS_FILE", &c.UsersFile)
	get("AUTHY_AUDIT", &c.Audit)
	get("AUTHY_MEMORY_FILE", &c.MemoryFile)
	get("AUTHY_SFTPGO_URL", &c.SFTPGoURL)
	get("AUTHY_SFTPGO_API_KEY_FILE", &c.SFTPGoAPIKeyFile)
	get("AUTHY_SFTPGO_CA_FILE", &c.SFTPGoCAFile)
	var sources string
	if get("AUTHY_ACCOUNT_SOURCES", &sources) {
		c.AccountSources = splitSources(sources)
	}
	yes := func(name string, into *bool) {
		var text string
		if get(name, &text) {
			var err error
			if *into, err = strconv.ParseBool(text); err != nil {
				p.add("%s: %q; want 1 or 0", name, text)
			}
		}
	}
	yes("AUTHY_ALLOW_HTTP", &c.AllowHTTP)
	yes("AUTHY_ADDITIONAL_INFO_BARE_NUMBER", &c.AdditionalInfoBareNumber)
}
