package control

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// guard refuses what a foreign web page could make a browser send: a request with a foreign Origin,
// or with a Host that only an attacker's DNS resolves to this machine (DNS rebinding).
func (h *Handler) guard(r *http.Request) error {
	if !h.knownHost(r) {
		return refuseAs(http.StatusForbidden, "Host", fmt.Sprintf("%.100q is not a name of this server", r.Host),
			"localhost, a loopback address, the listening address or a name given with --allow-host")
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
			return refuseAs(http.StatusForbidden, "Origin", fmt.Sprintf("%.100q is another site", origin),
				"no Origin, or this server's own")
		}
	}
	return nil
}

// knownHost checks the name only: a port does not distinguish an attacker's site on the same
// machine.
func (h *Handler) knownHost(r *http.Request) bool {
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") { // RFC 6761: always loopback
		return true
	}
	for _, allowed := range h.o.AllowHosts {
		if strings.EqualFold(host, strings.Trim(allowed, "[]")) {
			return true
		}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	if ip = ip.Unmap(); ip.IsLoopback() {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	at, err := netip.ParseAddrPort(local.String())
	return err == nil && at.Addr().Unmap().WithZone("") == ip.WithZone("")
}
