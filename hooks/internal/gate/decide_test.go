package gate

import (
	"testing"

	"sftpgo-authy/hooks/internal/provider"
)

// everything returns all facts and policies there are, and some that there are not.
func everything(visit func(Policy, Facts)) {
	for _, hook := range []Hook{Keyint, Extauth, Checkpwd, "other"} {
		for _, refusal := range []Reason{"", MethodUnsupported, ConfigBroken} {
			for mapping := Mapping(-1); mapping <= Vanished+1; mapping++ {
				for code := CodeState(-1); code <= Unasked+1; code++ {
					for push := PushState(-1); push <= AnotherPending+1; push++ {
						for result := provider.Result(-1); result <= provider.NoMemory+1; result++ {
							for bits := range 64 {
								p := Policy{AllowNoAnswer: bits&1 != 0, RecoveryAlone: bits&16 != 0}
								if bits&2 != 0 {
									p.AllowUnmapped = map[Hook]bool{Keyint: true, Checkpwd: true, Extauth: true}
								}
								visit(p, Facts{
									Hook: hook, Alone: bits&8 != 0, Refusal: refusal, Mapping: mapping, Code: code,
									Push:    push,
									Answer:  provider.Answer{Result: result, Status: 200, OurMemory: bits&32 != 0},
									NoStore: bits&4 != 0,
								})
							}
						}
					}
				}
			}
		}
	}
}

// TestOnlyTheProviderSaysYes is the property of the table: with every bypass off a pass needs a yes
// of the provider or of the person's phone, or a code that had one and may go on; and the bypasses
// open exactly what they name, never in extauth.
func TestOnlyTheProviderSaysYes(t *testing.T) {
	t.Parallel()
	everything(func(p Policy, f Facts) {
		out := Decide(p, f)
		asked := f.Refusal == "" && f.Mapping == Mapped
		alone := f.Hook == Extauth || f.Alone
		forgotten := f.NoStore && f.Answer.OurMemory
		recovered := asked && !forgotten && f.Code == WellFormed && f.Answer.Result == provider.Recovered &&
			(!alone || p.RecoveryAlone)
		right := asked && !forgotten && f.Code == WellFormed && f.Answer.Result == provider.Right
		pushed := asked && !forgotten && f.Code == Pushed && f.Push == Approved && !alone
		unasked := f.Code == Unasked && f.Hook == Keyint && !alone
		graced := asked && !f.NoStore && (f.Code == Graced || unasked)
		silent := asked && f.Code == WellFormed && f.Answer.Result == provider.NoAnswer && p.AllowNoAnswer
		absent := f.Refusal == "" && f.Mapping == Unmapped && p.AllowUnmapped[f.Hook]
		passes := right || recovered || pushed || graced
		bypass := !alone && (silent || absent)
		switch {
		case (out.Result == Accepted) != (passes):
			t.Fatalf("%+v under %+v: %+v, accepted wanted: %v", f, p, out, passes)
		case (out.Result == Bypassed) != bypass:
			t.Fatalf("%+v under %+v: %+v, bypass wanted: %v", f, p, out, bypass)
		case (out.Reason == CodeRight) != (right && !f.NoStore),
			(out.Reason == RecoveryCode) != (recovered && !f.NoStore),
			(out.Reason == PushApproved) != (pushed && !f.NoStore), (out.Reason == CodeGrace) != graced:
			t.Fatalf("%+v under %+v: %+v", f, p, out)
		case out.Passes() != (passes || bypass), out.Reason == "", !out.Passes() && out.Result != Denied:
			t.Fatalf("%+v under %+v: %+v", f, p, out)
		}
	})
}

func TestZeroFactsDeny(t *testing.T) {
	t.Parallel()
	if out := Decide(Policy{}, Facts{}); out.Passes() {
		t.Errorf("nothing known: %+v", out)
	}
	if (Outcome{}).Passes() {
		t.Error("the zero outcome passes")
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	want := map[Reason]bool{
		ConfigBroken: true, Internal: true, ProviderProtocol: true, AuditFailed: true, StoreUnavailable: true,
	}
	everything(func(p Policy, f Facts) {
		if reason := Decide(p, f).Reason; reason.Fault() != want[reason] {
			t.Fatalf("%s is a fault: %v", reason, reason.Fault())
		}
	})
}
