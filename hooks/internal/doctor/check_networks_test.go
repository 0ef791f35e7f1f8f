package doctor

import (
	"slices"
	"strings"
	"testing"
)

// TestTrustedNetworks: doctor names where the password alone does, whatever configuration says so,
// and is louder where strangers are there, or may say that they are.
func TestTrustedNetworks(t *testing.T) {
	t.Parallel()
	const web = "SFTPGO_HTTPD__BINDINGS__0__"
	for name, row := range map[string]struct {
		networks []string
		env      map[string]string
		want     []string
		says     string
	}{
		"none": {nil, nil, nil, ""},
		"an office": {[]string{"10.0.0.0/8", "203.0.113.7/32"}, nil,
			[]string{"own_bypasses warning"}, "from 10.0.0.0/8, 203.0.113.7/32 accounts"},
		"an office of IPv6": {[]string{"fd00:7::/48", "2001:db8:7:1::/64"}, nil,
			[]string{"own_bypasses warning"}, ""},
		"half the internet": {[]string{"0.0.0.0/1"}, nil, []string{"own_bypasses high"},
			"0.0.0.0/1 is of the internet"},
		"half the internet of IPv6": {[]string{"2000::/3"}, nil, []string{"own_bypasses high"},
			"2000::/3 is of the internet"},
		"more than what is private": {[]string{"10.0.0.0/7"}, nil, []string{"own_bypasses high"},
			"10.0.0.0/7 is of the internet"},
		"this machine": {[]string{"127.0.0.1/32"}, nil, []string{"own_bypasses high"},
			"through a proxy or a tunnel"},
		"this machine, IPv6": {[]string{"::1/128"}, nil, []string{"own_bypasses high"},
			"through a proxy or a tunnel"},
		"an office, and one proxy": {[]string{"10.0.0.0/8"},
			map[string]string{web + "PROXY_ALLOWED": "192.168.0.7/32"}, []string{"own_bypasses warning"}, ""},
		"an office, and a few proxies": {[]string{"10.0.0.0/8"},
			map[string]string{web + "PROXY_ALLOWED": "192.168.0.0/24"},
			[]string{"own_bypasses warning", "proxies high"}, "as if from one of trusted_networks"},
		"an office, and many proxies": {[]string{"10.0.0.0/8"},
			map[string]string{web + "PROXY_ALLOWED": "192.168.0.0/16"},
			[]string{"own_bypasses warning", "proxies high"}, "as if from one of trusted_networks"},
		"a few proxies alone": {nil, map[string]string{web + "PROXY_ALLOWED": "192.168.0.0/24"}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if row.env != nil {
				row.env[web+"CLIENT_IP_PROXY_HEADER"] = "X-Real-IP"
			}
			f := facts(change(row.env), account("checkpwd"))
			f.Config.Value.TrustedNetworks = row.networks
			f.Hookd.Value.Config.TrustedNetworks = row.networks
			report := Examine(f)
			if got := said(report); !slices.Equal(got, row.want) {
				t.Errorf("got %q, want %q\n%+v", got, row.want, report.Findings)
			}
			var text strings.Builder
			for _, f := range report.Findings {
				text.WriteString(f.What + "\n")
			}
			if !strings.Contains(text.String(), row.says) {
				t.Errorf("says %q, want %q", text.String(), row.says)
			}
		})
	}
}

// TestTrustedNetworksOfARunningHookd: what counts is what hookd has in force.
func TestTrustedNetworksOfARunningHookd(t *testing.T) {
	t.Parallel()
	f := facts(recipe(), account("checkpwd"))
	f.Hookd.Value.Config.TrustedNetworks = []string{"10.0.0.0/8"}
	report := Examine(f)
	if len(report.Findings) != 1 || report.Findings[0].Where != "running hookd" {
		t.Errorf("%+v", report.Findings)
	}
}
