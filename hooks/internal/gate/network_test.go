package gate

import (
	"context"
	"net/netip"
	"testing"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// office is the network that these tests trust.
var office = Networks{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("fe80::/10")}

// trusting is a world in which alice has typed a right code.
func trusting() *world {
	return &world{found: true, claim: WellFormed, answer: provider.Answer{Result: provider.Right, Status: 200}}
}

// TestContain: an address that is unknown lies in no network.
func TestContain(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]bool{
		"192.0.2.7": true, "::ffff:192.0.2.7": true, "fe80::1": true, "fe80::1%eth0": true,
		"192.0.3.7": false, "2001:db8::1": false, "": false, "-": false, "192.0.2.7:22": false, "192.0.2.007": false,
		" 192.0.2.7": false,
	} {
		if got := office.Contain(ip); got != want {
			t.Errorf("%q: %v, want %v", ip, got, want)
		}
	}
	if Networks(nil).Contain("192.0.2.7") {
		t.Error("no network has an address")
	}
}

// TestTrustOpensWhatItNames is the property of trusted networks: without a code somebody gets in
// from there alone, whom the sources know, over a protocol of the list, where the password is
// judged by somebody else. For whoever typed a code, nothing changes.
func TestTrustOpensWhatItNames(t *testing.T) {
	t.Parallel()
	everything(func(p Policy, f Facts) {
		without := Decide(p, f)
		p.TrustedNetworks = office
		for _, ip := range []string{"192.0.2.7", "198.51.100.7", ""} {
			for _, protocol := range []string{"SSH", "FTP", "HTTP", "DAV", "OIDC", ""} {
				f.IP, f.Protocol = ip, protocol
				got := Decide(p, f)
				bypass := f.Code == Untyped && f.Refusal == "" && f.Mapping == Mapped &&
					(f.Hook == Keyint || f.Hook == Checkpwd) && !f.Alone &&
					ip == "192.0.2.7" && (protocol == "SSH" || protocol == "FTP" || protocol == "HTTP")
				switch {
				case bypass && got != Outcome{Result: Bypassed, Reason: BypassNetwork}, !bypass && got != without:
					t.Fatalf("%+v under %+v: %+v, bypass wanted: %v", f, p, got, bypass)
				}
			}
		}
	})
}

// TestTrustAsksNoMoreThanNeeded: from a trusted network nobody is asked about a code that may be
// the end of the password, and one that was typed as a code is judged.
func TestTrustAsksNoMoreThanNeeded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Attempt)
		want   Reason
		asked  string
	}{
		"what may be a code": {func(a *Attempt) { a.Untyped = true }, BypassNetwork,
			"enter accounts leave "},
		"a code": {func(*Attempt) {}, CodeRight, "enter accounts claim provider keep leave "},
		"what may be a code, elsewhere": {func(a *Attempt) { a.Untyped, a.IP = true, "198.51.100.7" }, CodeRight,
			"enter accounts claim provider keep leave "},
		"over WebDAV": {func(a *Attempt) { a.Untyped, a.Protocol = true, "DAV" }, CodeRight,
			"enter accounts claim provider keep leave "},
		"extauth": {func(a *Attempt) { a.Untyped, a.Hook = true, Extauth }, CodeRight,
			"enter accounts claim provider keep leave "},
		"nobody judges a password": {func(a *Attempt) { a.Untyped, a.Alone = true, true }, CodeRight,
			"enter accounts claim provider keep leave "},
		"a reason to deny": {func(a *Attempt) { a.Untyped, a.Refusal = true, CodeMalformed },
			CodeMalformed, "enter leave "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trusting()
			code, err := otp.ParseCode("1234567")
			if err != nil {
				t.Fatal(err)
			}
			a := Attempt{Hook: Checkpwd, IP: "192.0.2.7", Protocol: "FTP", Code: code}
			c.change(&a)
			g := &Gate{Policy: Policy{TrustedNetworks: office}, Accounts: w, Provider: w, Memory: w, Guard: w}
			if out := g.Judge(t.Context(), a); out.Reason != c.want || w.asked != c.asked {
				t.Errorf("%+v, asked %q; want %s, %q", out, w.asked, c.want, c.asked)
			}
		})
	}
}

// TestTrustIsNoWayRoundALock: whoever is locked out is so everywhere.
func TestTrustIsNoWayRoundALock(t *testing.T) {
	t.Parallel()
	w := trusting()
	w.locked = true
	g := &Gate{Policy: Policy{TrustedNetworks: office}, Accounts: w, Provider: w, Guard: w}
	if out := g.Judge(t.Context(),
		Attempt{Hook: Keyint, IP: "192.0.2.7", Protocol: "SSH", Untyped: true}); out.Reason != LockedOut {
		t.Errorf("%+v", out)
	}
}

// TestSpares: keyint leaves the question out where no answer would matter, and for nobody else.
func TestSpares(t *testing.T) {
	t.Parallel()
	here := Attempt{Hook: Keyint, IP: "192.0.2.7", Protocol: "SSH"}
	there := Attempt{Hook: Keyint, IP: "198.51.100.7", Protocol: "SSH"}
	alone := here
	alone.Alone = true
	trust, absent := Policy{TrustedNetworks: office}, Policy{AllowUnmapped: map[Hook]bool{Keyint: true}}
	for name, c := range map[string]struct {
		policy  Policy
		attempt Attempt
		change  func(*world)
		want    bool
		asked   string
	}{
		"no policy":                       {Policy{}, here, func(*world) {}, false, ""},
		"from a trusted network":          {trust, here, func(*world) {}, true, "accounts "},
		"from elsewhere":                  {trust, there, func(*world) {}, false, ""},
		"the code alone":                  {trust, alone, func(*world) {}, false, ""},
		"nowhere, from a trusted network": {trust, here, func(w *world) { w.found = false }, false, "accounts "},
		"a source that cannot answer": {trust, here, func(w *world) { w.err = context.Canceled }, false,
			"accounts "},
		"nowhere, and that is let in":      {absent, there, func(w *world) { w.found = false }, true, "accounts "},
		"nowhere, the code alone":          {absent, alone, func(w *world) { w.found = false }, false, ""},
		"somewhere, and nowhere is let in": {absent, there, func(*world) {}, false, "accounts "},
		"nowhere any more, nowhere is let in": {absent, there, func(w *world) { w.found, w.vanished = false, true },
			false, "accounts "},
		"nowhere, another hook's would be let": {absent, Attempt{Hook: Checkpwd}, func(w *world) { w.found = false },
			false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := trusting()
			c.change(w)
			g := &Gate{Policy: c.policy, Accounts: w}
			if got := g.Spares(t.Context(), c.attempt); got != c.want || w.asked != c.asked {
				t.Errorf("%v, asked %q; want %v, %q", got, w.asked, c.want, c.asked)
			}
		})
	}
}
