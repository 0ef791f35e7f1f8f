package gate

import (
	"testing"

	"sftpgo-authy/hooks/internal/authy"
)

// everything gives all facts and policies there are, and some that there are not.
func everything(visit func(Policy, Facts)) {
	for _, hook := range []Hook{Keyint, Extauth, Checkpwd, "other"} {
		for _, refusal := range []Reason{"", MethodUnsupported, ConfigBroken, Internal, LockedOut} {
			for mapping := Mapping(-1); mapping <= Mapped+1; mapping++ {
				for code := CodeState(-1); code <= Reused+1; code++ {
					for result := authy.Result(-1); result <= authy.NoAnswer+1; result++ {
						for bits := range 8 {
							p := Policy{AllowNoAnswer: bits&1 != 0, PassWithoutStore: bits&4 != 0}
							if bits&2 != 0 {
								p.AllowUnmapped = map[Hook]bool{Keyint: true, Checkpwd: true, Extauth: true}
							}
							visit(p, Facts{hook, refusal, mapping, code, authy.Answer{Result: result, Status: 200}})
						}
					}
				}
			}
		}
	}
}

// TestOnlyTheProviderSaysYes is the property of the table: with every bypass off a pass needs the provider's yes, and the bypasses open exactly what they
// name, never in extauth.
func TestOnlyTheProviderSaysYes(t *testing.T) {
	t.Parallel()
	everything(func(p Policy, f Facts) {
		out := Decide(p, f)
		right := f.Refusal == "" && f.Mapping == Mapped && f.Code == WellFormed && f.Answer.Result == authy.Right
		silent := f.Refusal == "" && f.Mapping == Mapped && f.Code == WellFormed && f.Answer.Result == authy.NoAnswer && p.AllowNoAnswer
		absent := f.Refusal == "" && f.Mapping == Unmapped && p.AllowUnmapped[f.Hook]
		bypass := f.Hook != Extauth && (silent || absent)
		switch {
		case (out.Result == Accepted) != right || (out.Reason == CodeRight) != right:
			t.Fatalf("%+v under %+v: %+v, accepted wanted: %v", f, p, out, right)
		case (out.Result == Bypassed) != bypass:
			t.Fatalf("%+v under %+v: %+v, bypass wanted: %v", f, p, out, bypass)
		case out.Passes() != (right || bypass), out.Reason == "", !out.Passes() && out.Result != Denied:
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
	want := map[Reason]bool{ConfigBroken: true, Internal: true, ProviderProtocol: true, AuditFailed: true, StoreUnavailable: true}
	everything(func(p Policy, f Facts) {
		if reason := Decide(p, f).Reason; reason.Fault() != want[reason] {
			t.Fatalf("%s is a fault: %v", reason, reason.Fault())
		}
	})
}
