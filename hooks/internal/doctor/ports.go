package doctor

import (
	"encoding/hex"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// isLocal reports whether an address is one of this machine, so that its users may listen there.
func isLocal(ip netip.Addr) bool {
	if ip.IsLoopback() || ip.IsUnspecified() {
		return true
	}
	own, err := net.InterfaceAddrs()
	return err == nil && slices.ContainsFunc(own, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && prefix.Addr().Unmap() == ip.WithZone("")
	})
}

// isPrivileged reports whether only root may listen on a port.
func isPrivileged(port uint16) bool {
	first := 1024
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start"); err == nil {
		if n, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil {
			first = n
		}
	}
	return int(port) < first
}

// listener returns the user whose process listens at an address of this machine, or -1 if the
// system does not say.
func listener(addr netip.AddrPort) int {
	found := -1
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		text, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			// The second field is the address, the fourth the state, the eighth the user.
			fields := strings.Fields(line)
			if len(fields) < 8 || fields[3] != "0A" {
				continue
			}
			at, ok := kernelAddr(fields[1])
			uid, err := strconv.Atoi(fields[7])
			if !ok || err != nil || at.Port() != addr.Port() {
				continue
			}
			switch {
			case at.Addr() == addr.Addr():
				return uid
			case at.Addr().IsUnspecified():
				found = uid
			}
		}
	}
	return found
}

// kernelAddr reads an address as the kernel writes it: words of 32 bits in the order of bytes of
// little-endian machines, which all that we build for are.
func kernelAddr(text string) (netip.AddrPort, bool) {
	ip, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(ip)
	n, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil {
		return netip.AddrPort{}, false
	}
	for word := range slices.Chunk(raw, 4) {
		slices.Reverse(word)
	}
	addr, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr.Unmap(), uint16(n)), ok
}
