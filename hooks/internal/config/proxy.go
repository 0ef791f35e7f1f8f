package config

import (
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"sftpgo-authy/hooks/internal/plainhttp"
	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/tunnel"
)

// WayOut says how calls reach the API. [Load] fills in Proxy and ProxyFrom.
type WayOut struct {
	// ProxyURL is the HTTP proxy that every call to the API goes through: http:// or https://,
	// perhaps user:password@, then host:port (AUTHY_PROXY_URL). Without it, HTTPS_PROXY and
	// NO_PROXY of the environment count, in capitals or lower case, if api_url is https.
	ProxyURL string `yaml:"proxy_url"`
	// ProxyURLFile is a file with the same in it, for an address with a password
	// (AUTHY_PROXY_URL_FILE).
	ProxyURLFile string `yaml:"proxy_url_file"`

	Proxy     *tunnel.Proxy `yaml:"-"` // nil: none
	ProxyFrom string        `yaml:"-"` // the setting or variable that names it
}

// readProxy finds the proxies on the way to the APIs, if there are any, and what names them.
func (c *Config) readProxy(lookup func(string) (string, bool), p *problems) {
	c.Proxy, c.ProxyFrom = c.wayTo("api_url", c.APIURL, lookup, p)
	if c.Verify.Enabled() && (c.ProxyURL == "" || c.Proxy != nil) { // a broken proxy_url is named once
		c.Verify.Proxy, c.Verify.ProxyFrom = c.wayTo("verify.url", c.Verify.URL, lookup, p)
	}
}

// wayTo returns the proxy on the way to an API, whose address a setting holds.
func (c *Config) wayTo(
	setting, api string, lookup func(string) (string, bool), p *problems,
) (way *tunnel.Proxy, from string) {
	var err error
	if c.ProxyURL != "" {
		from = "proxy_url"
		way, err = tunnel.Parse(c.ProxyURL)
	} else {
		way, from, err = proxyOfEnv(api, lookup)
	}
	if err != nil {
		p.add("%s: %w", from, err)
		return nil, from
	}
	u, err := exchange.ParseURL(api)
	if err == nil && way != nil && u.Scheme == "http" && !c.AllowHTTP && !plainhttp.IsLoopback(way.Host()) {
		p.add("%s: plain http through a proxy on another machine would show the key and the codes; use https for "+
			"%s, or set AUTHY_ALLOW_HTTP=1", from, setting)
	}
	return way, from
}

// proxyOfEnv returns the proxy that the environment sets for an API, and the variable that names
// it. The rules are those of net/http: a loopback API is never reached through a proxy. Neither is
// one over plain http, where a proxy would read the key and the codes.
func proxyOfEnv(api string, lookup func(string) (string, bool)) (way *tunnel.Proxy, from string, err error) {
	either := func(names ...string) (name, value string) {
		for _, name := range names {
			if value, _ := lookup(name); value != "" {
				return name, value
			}
		}
		return "", ""
	}
	from, address := either("HTTPS_PROXY", "https_proxy")
	u, err := url.Parse(api)
	if from == "" || err != nil || u.Scheme != "https" {
		return nil, "", nil // what is wrong with the API's URL is said elsewhere
	}
	_, except := either("NO_PROXY", "no_proxy")
	// The library only decides whether a proxy is used. It would silently ignore one whose address
	// it cannot read.
	rules := httpproxy.Config{HTTPSProxy: "http://proxy", NoProxy: except}
	if used, err := rules.ProxyFunc()(u); used == nil || err != nil {
		return nil, "", nil
	}
	if !strings.Contains(address, "://") { // as curl and net/http take it
		address = "http://" + address
	}
	way, err = tunnel.Parse(address)
	return way, from, err
}
