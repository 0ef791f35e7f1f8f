package config

import (
	"fmt"
	"strings"
	"testing"
)

// TestTrustedNetworks: networks are taken as they are written and no other way, and no list of them
// is everybody.
func TestTrustedNetworks(t *testing.T) {
	t.Parallel()
	for list, want := range map[string]string{
		"":                                       "",
		"192.0.2.0/24":                           "",
		"192.0.2.7/32":                           "",
		"2001:db8::/32, fe80::/10":               "",
		"::ffff:192.0.2.0/120":                   "",
		"0.0.0.0/1":                              "",
		"0.0.0.0/1, 128.0.0.0/2":                 "",
		"192.0.2.7":                              "192.0.2.7/32 for one address",
		"192.0.2.7/24":                           "the network 192.0.2.0/24",
		"office":                                 "want an address",
		"192.0.2.0/33":                           "want an address",
		"fe80::1%eth0/64":                        "want an address",
		"192.0.2.0/24, office":                   `trusted_networks[1]: "office"`,
		"0.0.0.0/0":                              "hold every address of 0.0.0.0/0",
		"::/0":                                   "hold every address of ::/0",
		"0.0.0.0/1, 128.0.0.0/1":                 "hold every address of 0.0.0.0/0",
		"128.0.0.0/2, 0.0.0.0/1, 192.0.0.0/2":    "hold every address of 0.0.0.0/0",
		"0.0.0.0/1, 10.0.0.0/8, 128.0.0.0/1":     "hold every address of 0.0.0.0/0",
		"8000::/1, ::/2, 4000::/2":               "hold every address of ::/0",
		"::ffff:0.0.0.0/96":                      "hold every address of 0.0.0.0/0",
		"::ffff:0.0.0.0/97, 128.0.0.0/1":         "hold every address of 0.0.0.0/0",
		"::ffff:0.0.0.0/95":                      "holds all addresses of IPv4",
		"0.0.0.0/1, ::/1, 128.0.0.0/2, 8000::/2": "",
	} {
		c := Defaults()
		c.TrustedNetworks = strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
		p := &problems{}
		c.checkNetworks(p)
		if got := fmt.Sprint(p.list); (len(p.list) == 0) != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %q", list, got, want)
		}
	}
}

// TestTrustedNetworksOfIPv4: one written as IPv6 is the same network.
func TestTrustedNetworksOfIPv4(t *testing.T) {
	t.Parallel()
	c := Config{TrustedNetworks: []string{"::ffff:192.0.2.0/120", "office", "2001:db8::/32"}}
	if got := fmt.Sprint(c.Trusted()); got != "[192.0.2.0/24 2001:db8::/32]" {
		t.Errorf("got %s", got)
	}
}
