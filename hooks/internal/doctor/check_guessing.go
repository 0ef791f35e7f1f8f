package doctor

import (
	"fmt"
	"maps"
	"math"
	"net/netip"
	"strings"
)

// tolerated is how many codes an hour one address may try before doctor warns. SFTPGo's defaults
// let it try 240: bursts of twenty connections with six tries each, every half hour.
const tolerated = 1000

// unlimited stands for any number of tries.
const unlimited = math.MaxInt32

// defender finds out how many codes SFTPGo lets an address try in an hour. Its defender adds up the
// scores of failed logins within the observation time, and bans the address for some minutes when
// they reach the threshold. A ban does not end open connections, and SSH takes several tries on
// each (internal/common/defendermem.go, and tried on 2.7.5).
func defender(f *Facts) ([]Finding, error) {
	s := f.Settings.Value
	finding := Finding{Severity: Warning, Where: "sftpgo settings"}
	switch tries := s.triesPerHour(); {
	case !s.Bool("common.defender.enabled"):
		finding.What = "the defender is off: SFTPGo lets an address guess passwords and codes without end"
		finding.Line, finding.Change = set("common.defender.enabled", "true")
	case s.Int("common.defender.score_valid") <= 0:
		finding.What = "the defender does not count failed logins of accounts that exist: SFTPGo lets an address " +
			"guess their codes without end"
		finding.Line, finding.Change = set("common.defender.score_valid", "1")
	case tries >= unlimited:
		finding.What = "an address may open any number of connections and guess on each of them: a ban comes too late"
		finding.Line, finding.Change = set("common.max_per_host_connections", "20")
		if s.Int("sftpd.max_auth_tries") < 0 {
			finding.Line, finding.Change = set("sftpd.max_auth_tries", "6")
		}
	case tries > tolerated:
		finding.What = fmt.Sprintf("the defender lets an address try some %d codes an hour (threshold %d within "+
			"%d minutes, a ban of %d minutes, %d connections at "+
			"once); by default it is 240", tries, s.Int("common.defender.threshold"),
			s.Int("common.defender.observation_time"),
			s.Int("common.defender.ban_time"), s.Int("common.max_per_host_connections"))
		finding.Line, finding.Change = s.byDefault()
	default:
		return safeList(f)
	}
	return []Finding{finding}, nil
}

// byDefault returns the change that sets whatever is laxer than SFTPGo's defaults back to them.
func (s Settings) byDefault() (string, *Change) {
	var lines []string
	env := map[string]string{}
	for _, one := range []struct {
		key, value string
		lax        bool
	}{
		{"common.defender.threshold", "15", s.Int("common.defender.threshold") > 15},
		{"common.defender.observation_time", "30", s.Int("common.defender.observation_time") < 30},
		{"common.defender.ban_time", "30", s.Int("common.defender.ban_time") < 30},
		{"common.max_per_host_connections", "20", s.Int("common.max_per_host_connections") > 20},
		{"sftpd.max_auth_tries", "6", s.Int("sftpd.max_auth_tries") > 6},
	} {
		if one.lax {
			line, change := set(one.key, one.value)
			lines = append(lines, line)
			maps.Copy(env, change.Env)
		}
	}
	return strings.Join(lines, ", "), &Change{Env: env}
}

// triesPerHour returns how many codes an address may try in an hour: by staying below the
// threshold, or by bursts with a ban after each, whichever is more.
func (s Settings) triesPerHour() int {
	threshold, score := s.Int("common.defender.threshold"), max(s.Int("common.defender.score_valid"), 1)
	observed, banned := max(s.Int("common.defender.observation_time"), 1), max(s.Int("common.defender.ban_time"), 1)
	connections, each := s.Int("common.max_per_host_connections"), s.Int("sftpd.max_auth_tries")
	if each == 0 {
		each = 6 // golang.org/x/crypto/ssh
	}
	if s.Serves(SSH) && (connections <= 0 || each < 0) {
		return unlimited
	}
	burst := (threshold + score - 1) / score
	if s.Serves(SSH) {
		burst = max(burst, connections*each)
	}
	patient := (threshold - 1) / score
	return max(patient*60/observed, burst*60/banned)
}

// safeList finds large networks that the defender never bans.
func safeList(f *Facts) ([]Finding, error) {
	var findings []Finding
	for _, entry := range f.Inventory.Value.IPLists {
		if network, err := netip.ParsePrefix(entry.Network); entry.Defender() && entry.Allowed() && err == nil &&
			wide(network) != "" {
			findings = append(findings, Finding{Severity: Warning, Where: "sftpgo's defender list",
				What: "is told never to ban " + entry.Network + ", " + wide(network) +
					": whoever is there guesses without end",
				Line: "web admin, IP Manager, IP Lists, Defender: take out " + entry.Network +
					", or name single addresses"})
		}
	}
	if f.Inventory.Err != nil {
		return nil, fmt.Errorf("whom the defender never bans was not seen: %w", f.Inventory.Err)
	}
	return findings, nil
}

// Lengths of networks that are small enough to be those of one machine or one rack.
const (
	narrow4 = 24
	narrow6 = 64
)

// wide returns in words how many addresses a network has if those are too many to be trusted, else
// "".
func wide(n netip.Prefix) string {
	switch {
	case n.Bits() == 0:
		return "which is everybody"
	case n.Addr().Is4() && n.Bits() < narrow4:
		return fmt.Sprintf("which is %d addresses", uint64(1)<<(32-n.Bits()))
	case n.Addr().Is6() && n.Bits() < narrow6:
		return fmt.Sprintf("which is a network of %d bits", n.Bits())
	}
	return ""
}

// trusted is a listener that believes what a proxy says about a client's address.
type trusted struct {
	listener string
	key      string // of the list of proxies
	env      string // its variable
	networks []string
	by       string // what the client's address is read from
}

// trusting returns the listeners that believe proxies, and which ones.
func (s Settings) trusting() []trusted {
	var all []trusted
	common := func(listener string) {
		if s.Int("common.proxy_protocol") > 0 && s.Int("common.proxy_protocol") <= 2 {
			all = append(all, trusted{listener, "common.proxy_allowed", envName("common.proxy_allowed"),
				s.rawList("common.proxy_allowed"), "the PROXY protocol"})
		}
	}
	for _, section := range []string{"sftpd", "ftpd"} {
		for _, b := range s.bindings(section) {
			if b.Bool("apply_proxy_config") {
				common(fmt.Sprintf("%s.bindings[%d]", section, b.Index))
			}
		}
	}
	for _, section := range []string{"webdavd", "httpd"} {
		for _, b := range s.bindings(section) {
			name := fmt.Sprintf("%s.bindings[%d]", section, b.Index)
			if b.Int("proxy_mode") == 1 {
				common(name)
			}
			if header := b.Text("client_ip_proxy_header"); header != "" && !strings.HasPrefix(b.Text("address"), "/") {
				all = append(all, trusted{name, name + ".proxy_allowed", b.Env("proxy_allowed"),
					b.List("proxy_allowed"), "the header " + header})
			}
		}
	}
	return all
}

// proxies finds large networks that may claim any address for their clients. The defender, and
// hookd's lockout, grace and trusted networks, rely on that address.
func proxies(f *Facts) ([]Finding, error) {
	type wrong struct{ network, env string }
	where := map[wrong][]trusted{}
	var order []wrong
	for _, t := range f.Settings.Value.trusting() {
		for _, network := range t.networks {
			w := wrong{network, t.env}
			if where[w] == nil {
				order = append(order, w)
			}
			where[w] = append(where[w], t)
		}
	}
	var findings []Finding
	trusts := f.trustsNetworks()
	for _, w := range order {
		n, err := netip.ParsePrefix(w.network)
		size := wide(n)
		if trusts && size == "" && !n.IsSingleIP() {
			size = "which is more than one machine"
		}
		if err != nil || size == "" {
			continue // a single address, or nothing that SFTPGo starts with
		}
		severity, opens := Warning, "uses the grace of others"
		if n.Bits() < 8 || n.Addr().Is6() && n.Bits() < 16 { // more than any one network
			severity = High
		}
		if trusts {
			severity, opens = High, opens+", and logs in with the password alone as if from one of trusted_networks"
		}
		var listeners []string
		for _, t := range where[w] {
			listeners = append(listeners, t.listener)
		}
		t := where[w][0]
		findings = append(findings, Finding{Severity: severity,
			Where: "sftpgo settings, " + strings.Join(listeners, ", "),
			What: "believes " + t.by + " of " + w.network + ", " + size + ": whoever is there comes from any " +
				"address they like, which defeats the defender and the lockout, and " + opens,
			Line: fmt.Sprintf("%s: the addresses of your proxies alone (%s)", t.key, t.env)})
	}
	return findings, nil
}
