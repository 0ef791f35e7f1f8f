package config

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

// Trusted returns the trusted networks. One that cannot be read is left out: [Load] refuses it.
func (c Config) Trusted() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range c.TrustedNetworks {
		if network, err := parseNetwork(text); err == nil {
			all = append(all, network)
		}
	}
	return all
}

// parseNetwork reads a network. One of IPv4 that is written as IPv6 (::ffff:192.0.2.0/120) is the
// same as its own.
func parseNetwork(text string) (netip.Prefix, error) {
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return network,
			errors.New("want an address and the length of its network, such as 192.0.2.0/24, or 192.0.2.7/32 for " +
				"one address")
	}
	if network.Addr().Is4In6() {
		if network.Bits() < 96 {
			return network, errors.New("holds all addresses of IPv4; want the networks that you trust")
		}
		network = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-96)
	}
	if whole := network.Masked(); whole != network {
		return network, fmt.Errorf("is an address in the network %s; want that network, or one address alone", whole)
	}
	return network, nil
}

// checkNetworks refuses what is no network, and trust in everybody, however it is cut into pieces.
func (c *Config) checkNetworks(p *problems) {
	for i, text := range c.TrustedNetworks {
		if _, err := parseNetwork(text); err != nil {
			p.add("trusted_networks[%d]: %q: %w", i, text, err)
		}
	}
	for _, everybody := range []string{"0.0.0.0/0", "::/0"} {
		if covered(netip.MustParsePrefix(everybody), c.Trusted()) {
			p.add("trusted_networks: hold every address of %s, and so everybody; want the networks that you trust",
				everybody)
		}
	}
}

// covered reports whether every address of a network lies in one of list.
func covered(network netip.Prefix, list []netip.Prefix) bool {
	inside := slices.DeleteFunc(slices.Clone(list), func(n netip.Prefix) bool { return !network.Overlaps(n) })
	if len(inside) == 0 {
		return false
	}
	if slices.ContainsFunc(inside, func(n netip.Prefix) bool { return n.Bits() <= network.Bits() }) {
		return true
	}
	low, high := halves(network)
	return covered(low, inside) && covered(high, inside)
}

// halves cuts a network that has more than one address in two.
func halves(network netip.Prefix) (low, high netip.Prefix) {
	bytes, bit := network.Addr().AsSlice(), network.Bits()
	low = netip.PrefixFrom(network.Addr(), bit+1)
	bytes[bit/8] |= 0x80 >> (bit % 8)
	address, _ := netip.AddrFromSlice(bytes)
	return low, netip.PrefixFrom(address, bit+1)
}
