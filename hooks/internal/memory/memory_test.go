package memory

import (
	"context"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// notes is a store that notes the digests and values it is given.
type notes struct {
	store.Store
	seen *[]string
}

func (n notes) Take(ctx context.Context, key store.Key, value string, life time.Duration) (bool, string, error) {
	*n.seen = append(*n.seen, string(key.Digest[:]), value)
	return n.Store.Take(ctx, key, value, life)
}

func (n notes) Set(ctx context.Context, key store.Key, value string, life time.Duration) error {
	*n.seen = append(*n.seen, string(key.Digest[:]), value)
	return n.Store.Set(ctx, key, value, life)
}

func (n notes) Count(ctx context.Context, life time.Duration, counters ...store.Counter) (bool, error) {
	for _, c := range counters {
		*n.seen = append(*n.seen, string(c.Key.Digest[:]))
	}
	return n.Store.Count(ctx, life, counters...)
}

// names returns a source of names that nothing had before.
func names() func() string {
	var n atomic.Int64
	return func() string { return strconv.FormatInt(n.Add(1), 10) }
}

// fresh makes a state whose time the test moves.
func fresh(t *testing.T) (s *Logins, now *time.Time, seen *[]string, p provider.Person, code otp.Code) {
	t.Helper()
	clock := time.UnixMilli(1_700_000_000_000)
	now, seen = &clock, &[]string{}
	s = &Logins{
		Store: notes{inprocess.New(func() time.Time { return *now }), seen}, Key: []byte("k"), Now: func() time.Time {
			return *now
		},
		Limits: Limits{Window: 15 * time.Minute, PerAccountIP: 3, PerAccount: 30}, Grace: 10 * time.Minute,
		Fresh: names(),
	}
	id, err := authy.ParseID("31337")
	if err != nil {
		t.Fatal(err)
	}
	if code, err = otp.ParseCode("1234567"); err != nil {
		t.Fatal(err)
	}
	return s, now, seen, id, code
}

var dav = gate.Attempt{Hook: gate.Extauth, Account: gate.Account{Name: "alice"}, IP: "192.0.2.7", Protocol: "DAV"}

func TestLockEndsWithItsWindow(t *testing.T) {
	t.Parallel()
	s, now, _, _, _ := fresh(t)
	ctx := context.Background()
	fail := func(a gate.Attempt) bool {
		locked, err := s.Enter(ctx, a)
		if err != nil {
			t.Fatal(err)
		}
		if !locked {
			if err := s.Leave(ctx, a, gate.Deny(gate.CodeWrong)); err != nil {
				t.Fatal(err)
			}
		}
		return locked
	}
	for i := range 3 {
		if fail(dav) {
			t.Errorf("locked after %d", i)
		}
	}
	for range 5 {
		if !fail(dav) {
			t.Error("not locked")
		}
		*now = now.Add(time.Minute) // trying on does not make it longer
	}
	*now = now.Add(10 * time.Minute)
	if fail(dav) {
		t.Error("still locked after the window")
	}
	elsewhere := dav
	for i := range 40 {
		elsewhere.IP = "198.51.100." + string(rune('a'+i))
		if locked := fail(elsewhere); locked != (i >= 29) { // one failure is in the new window already
			t.Errorf("failure %d from ever new addresses: locked %v", i, locked)
		}
	}
}

func TestNothingInClearInTheStore(t *testing.T) {
	t.Parallel()
	s, _, seen, id, code := fresh(t)
	ctx := context.Background()
	_, _ = s.Enter(ctx, dav)
	_, _ = s.Claim(ctx, dav, id, code)
	standing, _ := s.Join(ctx, dav, id)
	_ = s.Land(ctx, dav, id, standing, gate.Deny(gate.CodeWrong))
	_ = s.Settle(ctx, dav, id, code, provider.Right)
	_ = s.Settle(ctx, dav, id, code, provider.Blocked)
	_, _ = s.ClaimPush(ctx, id)
	_, _ = s.ClaimSend(ctx, id)
	if len(*seen) < 16 {
		t.Fatalf("saw only %q", *seen)
	}
	for _, text := range *seen {
		for _, secret := range []string{"alice", "192.0.2.7", "31337", "1234567"} {
			if strings.Contains(text, secret) {
				t.Errorf("the store gets %q", text)
			}
		}
	}
	other := *s
	other.Key = []byte("another")
	if s.codeKey(id, code) == other.codeKey(id, code) {
		t.Error("the digests do not depend on the key")
	}
}

// TestOneNetworkIsOneAddress: whoever has IPv6 has a network of 2^64 addresses, and would never
// reach a limit by address.
func TestOneNetworkIsOneAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b      string
		same, one bool // counted as one, and one for the grace
	}{
		{"2001:db8::1", "2001:db8::ffff:1", true, false},
		{"2001:db8::1", "2001:DB8:0:0:1::", true, false},
		{"2001:db8::1", "2001:DB8:0:0::1", true, true},
		{"2001:db8::1", "2001:db8:0:1::1", false, false},
		{"192.0.2.7", "::ffff:192.0.2.7", true, true},
		{"192.0.2.7", "192.0.2.8", false, false},
		{"fe80::1%eth0", "fe80::2%eth0", true, false},
		{"fe80::1%eth0", "fe80::1%eth1", true, false},
		{"no address", "another", false, false},
	} {
		s, _, _, _, _ := fresh(t)
		a, b := dav, dav
		a.IP, b.IP = tt.a, tt.b
		if same := s.counters(a)[0].Key == s.counters(b)[0].Key; same != tt.same {
			t.Errorf("%s and %s: counted as one %v, want %v", tt.a, tt.b, same, tt.same)
		}
		if same := s.graceKey(a, authy.ID{}, otp.Code{}) == s.graceKey(b, authy.ID{}, otp.Code{}); same != tt.one {
			t.Errorf("%s and %s: share a code by the grace %v, want %v", tt.a, tt.b, same, tt.one)
		}
	}
}

// TestManyMayLogInFromOneAddressAtOnce: an office behind one address is not locked out because all
// come at nine o'clock. Of guesses about one account no more get through at once than its limit
// has.
func TestManyMayLogInFromOneAddressAtOnce(t *testing.T) {
	t.Parallel()
	s := crowd()
	enter := func(account string) bool {
		t.Helper()
		locked, err := s.Enter(t.Context(), gate.Attempt{Hook: gate.Checkpwd, Account: gate.Account{Name: account},
			IP: "192.0.2.1"})
		if err != nil {
			t.Fatal(err)
		}
		return !locked
	}
	for i := range 300 {
		if !enter("user" + strconv.Itoa(i)) {
			t.Fatalf("login %d is locked out while the others go on", i)
		}
	}
	for i := range 20 {
		if in := enter("ann"); in != (i < 10) {
			t.Errorf("guess %d at the same time: let in %v", i, in)
		}
	}
}
