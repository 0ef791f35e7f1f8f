package memory

import (
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/memory/store"
)

// TestAnyLimit: one of them is enough.
func TestAnyLimit(t *testing.T) {
	t.Parallel()
	for limits, want := range map[Limits]bool{
		{}: false, {Window: time.Minute}: false, {PerAccountIP: 1}: true, {PerIP: 1}: true, {PerAccount: 1}: true,
	} {
		if limits.Any() != want {
			t.Errorf("%+v: %v", limits, limits.Any())
		}
	}
}

// TestEachLimitCountsAlone: with one limit alone there is one counter, and with none there is none.
func TestEachLimitCountsAlone(t *testing.T) {
	t.Parallel()
	for limits, want := range map[Limits]int{
		{}: 0, {PerAccountIP: 2}: 1, {PerIP: 2}: 1, {PerAccount: 2}: 1, {PerAccountIP: 2, PerIP: 2, PerAccount: 2}: 3,
	} {
		s, _, _, _, _ := fresh(t)
		limits.Window = time.Minute
		s.Limits = limits
		counters := s.counters(dav)
		if len(counters) != want {
			t.Errorf("%+v: %d counters, want %d", limits, len(counters), want)
		}
		for _, c := range counters {
			if c.Bound != 2 || c.Look != (c.Key == s.counter(2, "ip", networks(dav.IP)).Key) || c.Wider != nil {
				t.Errorf("%+v: %+v", limits, c)
			}
		}
		unknown := dav
		unknown.IP = ""
		if n := len(s.counters(unknown)); n != min(limits.PerAccount, 1) {
			t.Errorf("%+v: %d counters of nobody's address", limits, n)
		}
		for i := range 4 {
			locked, err := s.Enter(t.Context(), dav)
			if err != nil || locked != (want > 0 && i >= 2) {
				t.Fatalf("%+v: try %d: locked %v, %v", limits, i, locked, err)
			}
			if !locked {
				if err := s.Leave(t.Context(), dav, gate.Deny(gate.CodeWrong)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	s, _, _, _, _ := fresh(t)
	s.Limits.PerIP = 2
	six := dav
	six.IP = "2001:db8::1"
	for _, c := range s.counters(six)[:2] {
		if c.Wider == nil || len(c.Wider()) != 2 || c.Wider()[0].Kind != store.Lock || c.Wider()[0] == c.Wider()[1] {
			t.Errorf("wider networks of %+v", c)
		}
	}
}

// TestSuccessForgetsTheFailuresOfItsOwn: of the account from that address, whatever let it in; and
// neither those of the address nor those of the account from elsewhere.
func TestSuccessForgetsTheFailuresOfItsOwn(t *testing.T) {
	t.Parallel()
	for reason, forgets := range map[gate.Reason]bool{
		gate.CodeRight: false, gate.CodeGrace: true, gate.PushApproved: true, gate.RecoveryCode: true,
	} {
		s, _, _, _, _ := fresh(t)
		ctx := t.Context()
		try := func(a gate.Attempt, o gate.Outcome) bool {
			t.Helper()
			locked, err := s.Enter(ctx, a)
			if err == nil && !locked {
				err = s.Leave(ctx, a, o)
			}
			if err != nil {
				t.Fatal(err)
			}
			return locked
		}
		try(dav, gate.Deny(gate.CodeWrong))
		try(dav, gate.Deny(gate.CodeWrong))
		try(dav, gate.Outcome{Result: gate.Accepted, Reason: reason})
		locked := false
		for range 2 {
			locked = try(dav, gate.Deny(gate.CodeWrong)) || locked
		}
		if locked == forgets { // Settle forgets where a code was right
			t.Errorf("%s: locked at the fourth failure: %v", reason, locked)
		}
	}
}

// TestWhatBlamesNobodyIsTakenOff: what the provider or the administrator did counts for nothing,
// and so does a success.
func TestWhatBlamesNobodyIsTakenOff(t *testing.T) {
	t.Parallel()
	for _, o := range []gate.Outcome{
		gate.Deny(gate.ProviderUnreachable), gate.Deny(gate.ProviderLimited),
		{Result: gate.Bypassed, Reason: gate.BypassUnreachable},
		{Result: gate.Accepted, Reason: gate.PushApproved}, {Result: gate.Accepted, Reason: gate.RecoveryCode},
	} {
		for _, limits := range []Limits{{PerAccountIP: 3}, {PerIP: 3}, {PerAccount: 3},
			{PerAccountIP: 3, PerAccount: 3}} {
			s, _, _, _, _ := fresh(t)
			limits.Window = time.Minute
			s.Limits = limits
			for i := range 10 {
				locked, err := s.Enter(t.Context(), dav)
				if err == nil {
					err = s.Leave(t.Context(), dav, o)
				}
				if locked || err != nil {
					t.Fatalf("%+v, %s: try %d: locked %v, %v", limits, o.Reason, i, locked, err)
				}
			}
		}
	}
}

// TestConversations: where one comes from is kept under its name, which has its bounds, and whether
// it went on after a step.
func TestConversations(t *testing.T) {
	t.Parallel()
	s, now, _, _, _ := fresh(t)
	ctx := t.Context()
	for request, kept := range map[string]bool{
		"": false, "r": true, strings.Repeat("r", 64): true, strings.Repeat("r", 65): false,
	} {
		if got := s.Address(ctx, request, "192.0.2.7"); got != "192.0.2.7" {
			t.Errorf("%.3q: %q at once", request, got)
		}
		if got := s.Address(ctx, request, ""); (got == "192.0.2.7") != kept || got != "" && !kept {
			t.Errorf("%d bytes: %q later; kept: %v", len(request), got, kept)
		}
	}
	*now = now.Add(addressLife)
	if got := s.Address(ctx, "r", ""); got != "" {
		t.Errorf("after its life: %q", got)
	}
	s.NoteAnswer(ctx, "r", 3)
	for step, want := range map[int]bool{2: true, 3: false, 4: false} {
		if got, err := s.HasAnswer(ctx, "r", step); got != want || err != nil {
			t.Errorf("after step %d: %v, %v", step, got, err)
		}
	}
	if got, err := s.HasAnswer(ctx, "another", 1); got || err != nil {
		t.Errorf("another conversation: %v, %v", got, err)
	}
}

// TestOnePushAndOneCodeAtATime: a person has one question to answer, and one code on its way.
func TestOnePushAndOneCodeAtATime(t *testing.T) {
	t.Parallel()
	s, now, _, p, _ := fresh(t)
	ctx := t.Context()
	push := func(want bool) {
		t.Helper()
		if free, err := s.ClaimPush(ctx, p); free != want || err != nil {
			t.Errorf("push: %v, %v; want %v", free, err, want)
		}
	}
	push(true)
	push(false)
	if err := s.SettlePush(ctx, p, 0); err != nil {
		t.Fatal(err)
	}
	push(true)
	*now = now.Add(2*gate.PushTime - time.Millisecond)
	push(false)
	*now = now.Add(time.Millisecond)
	push(true)
	send := func(want bool) {
		t.Helper()
		if free, err := s.ClaimSend(ctx, p); free != want || err != nil {
			t.Errorf("send: %v, %v; want %v", free, err, want)
		}
	}
	send(true)
	*now = now.Add(gate.SendPause - time.Millisecond)
	send(false)
	*now = now.Add(time.Millisecond)
	send(true)
}
