package config

import (
	"maps"
	"strings"
	"testing"
)

// TestTheWayOut: the setting comes first and always counts; the environment counts as it does for
// other programs.
func TestTheWayOut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		way  string // "" for none
		from string
	}{
		"nothing": {},
		"the setting": {env: map[string]string{"AUTHY_PROXY_URL": "http://u:p@proxy:3128"},
			way: "http://proxy:3128", from: "proxy_url"},
		"the setting and others": {
			env: map[string]string{"AUTHY_PROXY_URL": "https://a", "HTTPS_PROXY": "http://b", "NO_PROXY": "*"},
			way: "https://a:443", from: "proxy_url"},
		"the setting, for loopback": {
			env: map[string]string{"AUTHY_PROXY_URL": "http://127.0.0.1:3128",
				"AUTHY_API_URL": "http://127.0.0.1:8880"}, way: "http://127.0.0.1:3128", from: "proxy_url"},
		"the setting and plain http": {
			env: map[string]string{"AUTHY_PROXY_URL": "http://a", "AUTHY_API_URL": "http://mock",
				"AUTHY_ALLOW_HTTP": "1"}, way: "http://a:80", from: "proxy_url"},
		"the environment": {env: map[string]string{"HTTPS_PROXY": "http://u:p@proxy:3128"},
			way: "http://proxy:3128", from: "HTTPS_PROXY"},
		"in lower case": {env: map[string]string{"https_proxy": "http://proxy:3128"},
			way: "http://proxy:3128", from: "https_proxy"},
		"in both": {env: map[string]string{"https_proxy": "http://a", "HTTPS_PROXY": "http://b"},
			way: "http://b:80", from: "HTTPS_PROXY"},
		"without scheme": {env: map[string]string{"HTTPS_PROXY": "proxy:3128"},
			way: "http://proxy:3128", from: "HTTPS_PROXY"},
		"set to nothing": {env: map[string]string{"HTTPS_PROXY": "", "AUTHY_PROXY_URL": ""}},
		"not for this name": {
			env: map[string]string{"HTTPS_PROXY": "http://a", "NO_PROXY": "x.test, authy.com"}},
		"not for this name, lower case": {
			env: map[string]string{"HTTPS_PROXY": "http://a", "no_proxy": "api.authy.com:443"}},
		"not for others": {
			env: map[string]string{"HTTPS_PROXY": "http://a", "NO_PROXY": "example.com,10.0.0.0/8"}, way: "http://a:80",
			from: "HTTPS_PROXY"},
		"not for a network": {env: map[string]string{"HTTPS_PROXY": "http://a", "NO_PROXY": "192.0.2.0/24",
			"AUTHY_API_URL": "https://192.0.2.7:8443"}},
		"not for loopback": {
			env: map[string]string{"HTTPS_PROXY": "http://a", "AUTHY_API_URL": "https://127.0.0.1:8443"}},
		"not for localhost": {
			env: map[string]string{"HTTPS_PROXY": "http://a", "AUTHY_API_URL": "https://localhost:8443"}},
		"not for plain http": {env: map[string]string{"HTTPS_PROXY": "http://a", "HTTP_PROXY": "http://b",
			"AUTHY_API_URL": "http://mock", "AUTHY_ALLOW_HTTP": "1"}},
		"a variable of some other thing": {env: map[string]string{"HTTP_PROXY": "http://a", "ALL_PROXY": "http://a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			maps.Copy(p.env, c.env)
			got, err := p.load()
			if err != nil {
				t.Fatal(err)
			}
			way := ""
			if got.Proxy != nil {
				way = got.Proxy.String()
			}
			if way != c.way || got.ProxyFrom != c.from {
				t.Errorf("got %q by %q, want %q by %q", way, got.ProxyFrom, c.way, c.from)
			}
		})
	}
}

// TestAProxyThatIsNone: a way out that cannot be read is an error, and not a call that goes out
// some other way.
func TestAProxyThatIsNone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env  map[string]string
		want string
	}{
		"no scheme": {map[string]string{"AUTHY_PROXY_URL": "the-password@proxy:3128"},
			"proxy_url: want http://"},
		"another scheme": {map[string]string{"HTTPS_PROXY": "socks5://u:the-password@proxy"},
			"HTTPS_PROXY: want http://"},
		"no address": {map[string]string{"https_proxy": "http://u:the-password@%zz"},
			"https_proxy: "},
		"a path": {map[string]string{"HTTPS_PROXY": "http://u:the-password@proxy/x"},
			"HTTPS_PROXY: has a path"},
		"in clear and as a file": {
			map[string]string{"AUTHY_PROXY_URL": "http://proxy", "AUTHY_PROXY_URL_FILE": "/x"},
			"proxy_url: is set both as a value and as a file"},
		"with a blank": {map[string]string{"AUTHY_PROXY_URL": "http://u:the-password@proxy "},
			"proxy_url: has a blank"},
		"plain http through a network": {
			map[string]string{"AUTHY_PROXY_URL": "http://proxy", "AUTHY_API_URL": "http://127.0.0.1:8880"},
			"proxy_url: plain http through a proxy on another machine"},
	} {
		p := newPlace(t)
		maps.Copy(p.env, c.env)
		if _, err := p.load(); err == nil || !strings.Contains(err.Error(), c.want) ||
			strings.Contains(err.Error(), "the-password") {
			t.Errorf("%s: got %v\nwant it to say %s and no password", name, err, c.want)
		}
	}
	p := newPlace(t)
	p.env["AUTHY_HOOKS_CONFIG"] = p.file("c", "proxy_url: http://u:the-password@proxy\n", 0o644)
	if _, err := p.load(); err == nil || !strings.Contains(err.Error(), "holds a secret") {
		t.Errorf("a password in a file for everybody: got %v", err)
	}
	p.env["AUTHY_HOOKS_CONFIG"] = ""
	p.env["AUTHY_PROXY_URL_FILE"] = p.file("proxy", "http://u:the-password@proxy:3128\n", 0o600)
	if c, err := p.load(); err != nil || c.Proxy.String() != "http://proxy:3128" {
		t.Errorf("a password in a file of its own: got %v, %v", c.Proxy, err)
	}
}
