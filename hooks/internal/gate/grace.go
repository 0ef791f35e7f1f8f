package gate

import (
	"context"

	"sftpgo-authy/hooks/internal/provider"
)

// Grace lets whoever was accepted go on for a fixed time with the same code, from the same address,
// at the same hook: clients open several connections at once and send the one password that they
// have with each.
//
// It is for attempts with the address they come from and an account that is mapped. An error means
// that the memory is gone; then there is no grace.
type Grace interface {
	// Join says where an attempt with a code stands. While an identical one is being asked about,
	// it waits for that verdict, [WaitTime] at most.
	Join(ctx context.Context, a Attempt, person provider.Person) (Standing, error)
	// Land tells those who wait what became of an attempt that leads.
	Land(ctx context.Context, a Attempt, person provider.Person, s Standing, o Outcome) error
	// Stands says whether somebody may go on whom no code was asked for yet: in keyint, once the
	// password was right.
	Stands(ctx context.Context, a Attempt, person provider.Person) (bool, error)
	// End ends every grace of an account that is nobody any more, for good: also if it is
	// somebody again.
	End(ctx context.Context, account string) error
}

// Place is where an attempt stands among identical ones. Its zero value is the one without any
// grace.
type Place int

// The places.
const (
	NoGrace Place = iota // there is none for it
	Leads                // it is the first: it is judged, and Land tells the others
	GoesOn               // the same was accepted, and its time is not over
	Shares               // the same was judged while it waited, and not accepted
)

// Standing is the place of an attempt.
type Standing struct {
	Place  Place
	Flight string // of one that leads: how Land finds those who wait
	Reason Reason // of one that shares: why the other one did not get in by its code
}

// judgeWithGrace decides about an attempt with a code. Only one that the grace answers is left out
// of the lockout; of several identical ones at once one is judged, and those that share its no are
// counted like it.
func (g *Gate) judgeWithGrace(ctx context.Context, a Attempt) Outcome {
	who := g.look(ctx, a.Account)
	if who.mapping != Mapped {
		return g.judge(ctx, a, who)
	}
	standing, err := g.Grace.Join(ctx, a, who.Person)
	g.problem(err)
	switch standing.Place {
	case GoesOn:
		return Decide(g.Policy, Facts{Hook: a.Hook, Alone: a.Alone, Mapping: Mapped, Code: Graced, Stale: who.Stale})
	case Leads:
		return g.lead(ctx, a, who, standing)
	case Shares:
		return g.share(ctx, a, who, standing.Reason)
	}
	return g.judge(ctx, a, who)
}

// lead judges an attempt and tells those who wait, even if judging panics.
func (g *Gate) lead(ctx context.Context, a Attempt, who *finding, s Standing) Outcome {
	outcome := Deny(Internal)
	defer func() { g.problem(g.Grace.Land(context.WithoutCancel(ctx), a, who.Person, s, outcome)) }()
	outcome = g.judge(ctx, a, who)
	return outcome
}

// share decides as an identical attempt was decided that was not accepted. A provider's silence is
// shared as silence: the policy decides what it means.
func (g *Gate) share(ctx context.Context, a Attempt, who *finding, reason Reason) Outcome {
	if reason == BypassUnreachable {
		return Decide(g.Policy, Facts{
			Hook: a.Hook, Alone: a.Alone, Mapping: Mapped, Code: WellFormed,
			Answer: provider.Answer{Result: provider.NoAnswer}, Stale: who.Stale,
		})
	}
	a.Refusal = reason
	return g.judge(ctx, a, who)
}

// GoesOn decides about an attempt before a code is asked for. It returns false where one must be
// asked for.
func (g *Gate) GoesOn(ctx context.Context, a Attempt) (Outcome, bool) {
	if g.Grace == nil || a.Alone {
		return Outcome{}, false
	}
	who := g.look(ctx, a.Account)
	if who.mapping != Mapped {
		return Outcome{}, false
	}
	stands, err := g.Grace.Stands(ctx, a, who.Person)
	g.problem(err)
	if err != nil || !stands {
		return Outcome{}, false
	}
	return Decide(g.Policy, Facts{Hook: a.Hook, Mapping: Mapped, Code: Unasked, Stale: who.Stale}), true
}
