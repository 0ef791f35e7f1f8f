// Package plainhttp holds the rule for addresses without TLS: what is secret goes in clear to this
// machine alone, unless the administrator allows more.
package plainhttp

import (
	"fmt"
	"net"
	"net/url"
)

// Check refuses an address with plain http on another machine, unless allowed is set. shows names
// what the network would read there, for the error.
func Check(u *url.URL, allowed bool, shows string) error {
	if u.Scheme == "http" && !allowed && !IsLoopback(u.Hostname()) {
		return fmt.Errorf("plain http to other than loopback would show %s; use https, or set AUTHY_ALLOW_HTTP=1",
			shows)
	}
	return nil
}

// IsLoopback reports whether host, a name or address without port, is this machine and nothing
// else.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
