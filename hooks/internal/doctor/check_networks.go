package doctor

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// inside are the networks that nobody reaches from the internet.
var inside = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"), netip.MustParsePrefix("::1/128"),
}

// public reports whether a network has addresses of the internet.
func public(n netip.Prefix) bool {
	return !slices.ContainsFunc(inside, func(private netip.Prefix) bool {
		return private.Bits() <= n.Bits() && private.Contains(n.Addr())
	})
}

// trust returns the finding about networks from which the password alone logs in.
func trust(networks []netip.Prefix) Finding {
	finding := Finding{Severity: Warning, Line: "trusted_networks: []"}
	var names, why []string
	for _, n := range networks {
		names = append(names, n.String())
		if n.Overlaps(netip.MustParsePrefix("127.0.0.0/8")) || n.Contains(netip.IPv6Loopback()) {
			why = append(why, fmt.Sprintf("%s has this machine: whoever comes through a proxy or a tunnel on it", n))
		}
		if public(n) && wide(n) != "" {
			why = append(why, fmt.Sprintf("%s is of the internet, %s", n, wide(n)))
		}
	}
	finding.What = "from " + few(names) + " accounts log in with the password alone, by keyint and checkpwd"
	if len(why) > 0 {
		finding.Severity = High
		finding.What += "; " + strings.Join(why, "; ")
	}
	return finding
}

// trustsNetworks reports whether any configuration has networks from which the password alone is
// enough.
func (f *Facts) trustsNetworks() bool {
	configs, _ := f.configs() // what was not seen, own_bypasses reports
	return slices.ContainsFunc(configs, func(c Configured) bool {
		return len(c.TrustedNetworks) > 0 && c.decides(hookKeyint, hookCheckpwd)
	})
}
