package cli

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Config is what the server is started with. The table [settings] gives each field its flag,
// variable and default.
type Config struct {
	File       string // where --config says that settings stand
	Listen     string
	Expose     bool
	PortFile   string
	APIKeys    []string
	AnyKey     bool
	Seed       string
	AllowHosts []string
	LogFormat  string // "", "text" or "json"
	LogLevel   slog.Level
	Journal    int
	MaxMemory  int      // MiB; 0 is no bound
	Set        []string // NAME=VALUE of the app's settings
	Quirks     []string
	State      string
	SeedRandom *uint64

	ExternalURL string
	TLSListen   string
	ProxyListen string
	TLSCert     string
	TLSKey      string
	TLSCA       string
	TLSHosts    []string
}

// setting is one row of the table from which flags, variables, configuration keys and help are
// made.
type setting struct {
	name     string // of the flag; MOCKAUTHY_NAME and the key in the file follow from it
	value    string // what the help calls the value; empty for a switch
	fallback string // the default, as a person would write it
	many     bool   // may be given several times
	help     string
	set      func(c *Config, values []string) error
}

func settings() []setting {
	return []setting{
		{name: "listen", value: "ADDR", fallback: "127.0.0.1:8880",
			help: "address to serve on; port 0 takes a free one",
			set:  func(c *Config, v []string) error { c.Listen = v[0]; return checkAddr(v[0]) }},
		{name: "expose", help: "allow an address that other machines can reach",
			set: toggle(func(c *Config) *bool { return &c.Expose })},
		{name: "port-file", value: "FILE", help: "write the port to this file once the server accepts",
			set: text(func(c *Config) *string { return &c.PortFile })},
		{name: "api-key", value: "KEY", many: true, fallback: "mock-api-key",
			help: "an accepted API key; each has a world of its own",
			set:  func(c *Config, v []string) error { c.APIKeys = v; return checkKeys(v) }},
		{name: "any-key", help: "accept every API key, each with a world of its own",
			set: toggle(func(c *Config) *bool { return &c.AnyKey })},
		{name: "seed", value: "FILE",
			help: "what every world starts with, YAML or JSON in the form of GET /_mock/state (default a user, alice)",
			set:  text(func(c *Config) *string { return &c.Seed })},
		{name: "set", value: "NAME=VALUE", many: true,
			help: "a setting of every app, such as delete_grace=24h or totp.app.past=2; see GET /_mock/settings",
			set:  func(c *Config, v []string) error { c.Set = v; return nil }},
		{name: "quirk", value: "NAME", many: true,
			help: "a named difference from the usual behaviour, such as vulnerable-2015; see GET /_mock/quirks",
			set:  func(c *Config, v []string) error { c.Quirks = v; return nil }},
		{name: "state", value: "FILE",
			help: "keep all worlds in this file: loaded at the start, saved after changes and at the end",
			set:  text(func(c *Config) *string { return &c.State })},
		{name: "seed-random", value: "N",
			help: "make secrets, codes, ids and the chances of faults the same in every run",
			set: func(c *Config, v []string) error {
				n, err := strconv.ParseUint(v[0], 10, 64)
				if err != nil {
					return fmt.Errorf("%q, want a number from 0 to 2^64-1", v[0])
				}
				c.SeedRandom = &n
				return nil
			}},
		{name: "external-url", value: "URL",
			help: "how clients reach the mock, for the links in its replies (default as they say themselves)",
			set:  func(c *Config, v []string) error { c.ExternalURL = v[0]; return checkURL(v[0]) }},
		{name: "tls-listen", value: "ADDR", help: "address to serve https on, as api.authy.com and verify.twilio.com",
			set: func(c *Config, v []string) error { c.TLSListen = v[0]; return checkAddr(v[0]) }},
		{name: "proxy-listen", value: "ADDR",
			help: "address of a proxy for HTTPS_PROXY and HTTP_PROXY that answers for api.authy.com, " +
				"sandbox-api.authy.com and verify.twilio.com and refuses all other hosts",
			set: func(c *Config, v []string) error { c.ProxyListen = v[0]; return checkAddr(v[0]) }},
		{name: "tls-host", value: "HOST", many: true, help: "a further name or address in the certificate",
			set: func(c *Config, v []string) error { c.TLSHosts = v; return checkHosts(v) }},
		{name: "tls-ca", value: "FILE",
			help: "keep the authority behind the certificate in this file, made when missing (default in memory)",
			set:  text(func(c *Config) *string { return &c.TLSCA })},
		{name: "tls-cert", value: "FILE", help: "certificate to use instead, PEM; needs --tls-key",
			set: text(func(c *Config) *string { return &c.TLSCert })},
		{name: "tls-key", value: "FILE", help: "its key, PEM",
			set: text(func(c *Config) *string { return &c.TLSKey })},
		{name: "allow-host", value: "HOST", many: true,
			help: "a name besides localhost under which / and /_mock/ answer",
			set:  func(c *Config, v []string) error { c.AllowHosts = v; return checkHosts(v) }},
		{name: "journal-size", value: "N", fallback: "10000", help: "how many requests and messages a world remembers",
			set: func(c *Config, v []string) error { return number(&c.Journal, v[0], 0, 1_000_000) }},
		{name: "max-memory", value: "MIB", fallback: "256",
			help: "bound for all worlds together; 0 is none. Worlds of --any-key that nobody used for a " +
				"minute make room",
			set: func(c *Config, v []string) error { return number(&c.MaxMemory, v[0], 0, 1_000_000) }},
		{name: "log-format", value: "FORMAT", help: "text or json (default text on a terminal, else json)",
			set: func(c *Config, v []string) error {
				c.LogFormat = v[0]
				return oneOf(v[0], "text", "json")
			}},
		{name: "log-level", value: "LEVEL", fallback: "info", help: "debug, info, warn or error",
			set: func(c *Config, v []string) error {
				if err := oneOf(strings.ToLower(v[0]), "debug", "info", "warn", "error"); err != nil {
					return err
				}
				return c.LogLevel.UnmarshalText([]byte(v[0]))
			}},
	}
}

// env is the variable of a setting: "port-file" is MOCKAUTHY_PORT_FILE.
func (s setting) env() string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(s.name, "-", "_"))
}

const envPrefix = "MOCKAUTHY_"

func text(field func(*Config) *string) func(*Config, []string) error {
	return func(c *Config, v []string) error {
		if v[0] == "" {
			return fmt.Errorf("is empty, want a value or leave it out")
		}
		*field(c) = v[0]
		return nil
	}
}

func toggle(field func(*Config) *bool) func(*Config, []string) error {
	return func(c *Config, v []string) error {
		on, err := strconv.ParseBool(v[0])
		if err != nil {
			return fmt.Errorf("%q, want true or false", v[0])
		}
		*field(c) = on
		return nil
	}
}

func number(field *int, v string, least, most int) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < least || n > most {
		return fmt.Errorf("%q, want a number from %d to %d", v, least, most)
	}
	*field = n
	return nil
}

func oneOf(v string, wanted ...string) error {
	for _, w := range wanted {
		if v == w {
			return nil
		}
	}
	return fmt.Errorf("%q, want %s", v, strings.Join(wanted, " or "))
}

func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q, want HOST:PORT such as 127.0.0.1:8880", addr)
	}
	return nil
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%q, want a URL such as https://mock.test", text)
	}
	return nil
}

// loopback says whether only this machine can reach addr, a checked HOST:PORT.
func loopback(addr string) bool {
	host, _, _ := net.SplitHostPort(addr)
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// maxKey bounds an API key: real ones have 32 characters.
const maxKey = 256

func checkKeys(keys []string) error {
	seen := map[string]bool{}
	for _, key := range keys {
		switch {
		case key == "" || len(key) > maxKey ||
			strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
			return fmt.Errorf("%q, want 1 to %d visible ASCII characters", key, maxKey)
		case seen[key]:
			return fmt.Errorf("%q is given twice, want each key once", key)
		}
		seen[key] = true
	}
	return nil
}

func checkHosts(hosts []string) error {
	for _, host := range hosts {
		if host == "" || strings.ContainsAny(host, "/:* \t") && net.ParseIP(host) == nil {
			return fmt.Errorf("%q, want a host name or address without scheme and port", host)
		}
	}
	return nil
}
