package gate

import (
	"context"
	"net/netip"
	"slices"
)

// Networks are where the password alone does.
type Networks []netip.Prefix

// Contain reports whether an address as SFTPGo sends it lies in one of them. An address that is
// missing or cannot be read does not. One of IPv4 that is written as IPv6 (::ffff:192.0.2.7) is the
// same as its own: which of the two SFTPGo sends depends on the socket that it listens on.
func (n Networks) Contain(ip string) bool {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(n, func(network netip.Prefix) bool { return network.Contains(address) })
}

// spares reports whether the policy asks for no code where an attempt comes from. Over WebDAV it
// always does: SFTPGo keeps a login there for a while and asks nobody about the same password from
// anywhere else. Of protocols that a later SFTPGo may have nothing is known.
func (p Policy) spares(hook Hook, alone bool, protocol, ip string) bool {
	return !alone && (hook == Keyint || hook == Checkpwd) &&
		slices.Contains([]string{"SSH", "FTP", "HTTP"}, protocol) &&
		p.TrustedNetworks.Contain(ip)
}

// Spares reports whether a login goes on without a code, before one is asked for: because the
// policy lets the password do for an account that is nowhere, or where the attempt comes from.
// [Gate.Judge] decides.
func (g *Gate) Spares(ctx context.Context, a Attempt) bool {
	here, absent := g.Policy.spares(a.Hook, a.Alone, a.Protocol, a.IP), g.Policy.AllowUnmapped[a.Hook] && !a.Alone
	if !here && !absent {
		return false
	}
	switch g.look(ctx, a.Account).mapping {
	case Mapped:
		return here
	case Unmapped:
		return absent
	}
	return false
}
