package memory

import (
	"encoding/binary"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
)

// crowd is a state with the default limits whose time stands still.
func crowd() *Logins {
	now := time.UnixMilli(1_700_000_000_000)
	return &Logins{
		Store: inprocess.New(func() time.Time { return now }), Key: []byte("k"), Now: func() time.Time { return now },
		Limits: Limits{Window: 15 * time.Minute, PerAccountIP: 10, PerIP: 100},
	}
}

// networkNumber returns an address in one of very many IPv6 networks of 64 bits.
func networkNumber(n int) string {
	b := netip.MustParseAddr("2001:db8::1").As16()
	binary.BigEndian.PutUint32(b[4:], uint32(n))
	return netip.AddrFrom16(b).String()
}

// try makes one attempt that ends with the given outcome unless it is locked out.
func try(t testing.TB, s *Logins, account, ip string, o gate.Outcome) (locked bool) {
	t.Helper()
	a := gate.Attempt{Hook: gate.Checkpwd, Account: gate.Account{Name: account}, IP: ip, Protocol: "SSH"}
	locked, err := s.Enter(t.Context(), a)
	if err == nil && !locked && o.Reason == gate.CodeRight {
		err = s.forgive(t.Context(), a) // as Settle does
	}
	if err == nil && !locked {
		err = s.Leave(t.Context(), a, o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return locked
}

func fail(t testing.TB, s *Logins, account, ip string) (locked bool) {
	t.Helper()
	return try(t, s, account, ip, gate.Deny(gate.CodeWrong))
}

// TestAMillionNetworksMakeNobodyForgotten: while a million networks fail once each within one
// window, somebody who guesses now and then is locked out at the same guess as ever, by account and
// address and by address alone, others log in, and what lives stays below the bound.
func TestAMillionNetworksMakeNobodyForgotten(t *testing.T) {
	if testing.Short() {
		t.Skip("notes a million networks, and -short is set")
	}
	networks := 1_000_000
	if raceDetector {
		networks = 450_000 // two counters each: still more than there is room for
	}
	s := crowd()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	const every = 5_000
	guesses, spread := 0, 0
	for n := range networks {
		if fail(t, s, "user"+networkNumber(n), networkNumber(n)) {
			t.Fatalf("network %d is locked out at its first failure", n)
		}
		if n%every != 0 {
			continue
		}
		if locked := fail(t, s, "ann", "192.0.2.1"); locked != (guesses >= 10) {
			t.Fatalf("guess %d about ann: locked out %v", guesses+1, locked)
		}
		guesses++
		if try(t, s, "bob", "192.0.2.2", gate.Outcome{Result: gate.Accepted, Reason: gate.CodeRight}) {
			t.Fatal("bob is locked out")
		}
		if n > networks/2 && len(s.Store.(*inprocess.Store).Full()) == 0 {
			t.Fatal("a login makes the full memory say that it is not")
		}
		if locked := fail(t, s, "user"+networkNumber(n), "2001:db8:ffff::7"); n%(2*every) == 0 &&
			locked != (spread >= 100) {
			t.Fatalf("guess %d from one network, each about another account: locked out %v", spread+1, locked)
		}
		spread++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	lives := int(after.HeapAlloc) - int(before.HeapAlloc)
	t.Logf("%d MiB live, %d guesses from one network", lives>>20, spread)
	if full := s.Store.(*inprocess.Store).Full(); len(full) != 1 || full[0] != store.Failure {
		t.Errorf("full are %v, want failures alone", full)
	}
	if lives > 256<<20 {
		t.Errorf("%d MiB live, want 256 at most", lives>>20)
	}
	if !fail(t, s, "ann", "192.0.2.1") {
		t.Error("ann can be guessed about again")
	}
}
