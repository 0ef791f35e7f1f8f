package config

import (
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"sftpgo-authy/hooks/internal/plainhttp"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/tunnel"
)

// WayOut is the way to the API. [Load] fills in Proxy and ProxyFrom.
type WayOut struct {
	// ProxyURL is an HTTP proxy that every call to the API goes through: http:// or https://, perhaps
	// user:password@, host:port (AUTHY_PROXY_URL). Without one HTTPS_PROXY and NO_PROXY of the
	// environment count, and their names in lower case, if api_url is https.
	ProxyURL string `yaml:"proxy_url"`
	// ProxyURLFile holds the same where there is a password in it (AUTHY_PROXY_URL_FILE).
	ProxyURLFile string `yaml:"proxy_url_file"`

	Proxy     *tunnel.Proxy `yaml:"-"` // nil: none
	ProxyFrom string        `yaml:"-"` // the setting or variable that names it
}

// readProxy finds the way out.
func (c *Config) readProxy(lookup func(string) (string, bool), p *problems) {
	var err error
	if c.ProxyURL != "" {
		c.ProxyFrom = "proxy_url"
		c.Proxy, err = tunnel.Parse(c.ProxyURL)
	} else {
		c.Proxy, c.ProxyFrom, err = proxyOfEnv(c.APIURL, lookup)
	}
	if err != nil {
		p.add("%s: %w", c.ProxyFrom, err)
		return
	}
	u, err := authy.ParseURL(c.APIURL)
	if err == nil && c.Proxy != nil && u.Scheme == "http" && !c.AllowHTTP && !plainhttp.IsLoopback(c.Proxy.Host()) {
		p.add("%s: plain http through a proxy on another machine would show the key and the codes; use https for api_url, or set AUTHY_ALLOW_HTTP=1", c.ProxyFrom)
	}
}

// proxyOfEnv finds the proxy that the environment has for an API, and the variable that names it.
// The rules are those of net/http: a loopback API is never asked through one. Plain http goes
// without one as well: a proxy of that kind would read key and codes.
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
	// Only whether a proxy is to be used is asked for: one whose address cannot be read would be left
	// out in silence.
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
