package gate

import (
	"context"
	"encoding/json"
	"time"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// Times of what somebody else does: the person, the provider, another attempt.
const (
	PushTime  = 15 * time.Second // to answer a push; SFTPGo gives a hook 20 s
	SendPause = 30 * time.Second // between two codes that are sent to somebody
	// WaitTime is how long an attempt waits for the verdict about an identical one: longer than a
	// question to a provider may take (a second for its turn and 5 s), and well below the 20 s that
	// SFTPGo gives a hook.
	WaitTime = 8 * time.Second
)

// Account is the SFTPGo account that wants in: its name and, where SFTPGo sent it (extauth), its
// stored JSON.
type Account struct {
	Name string
	User json.RawMessage
}

// Found is what the sources of accounts know about an account. Its zero value is a clear "not
// here".
type Found struct {
	Person   provider.Person
	Mapped   bool // the account is Person
	Vanished bool // it is not mapped, and was since hookd last read its configuration
	Stale    bool // said by the last content of a source that cannot be read any more
}

// Accounts says who an account is at which provider. An error means that some source could not
// answer; what was found does not count then.
type Accounts interface {
	Lookup(ctx context.Context, a Account) (Found, error)
}

// Recovery judges recovery codes. [provider.Set] does.
type Recovery interface {
	// Recovers says whether code can be no other than a recovery code of the person.
	Recovers(person provider.Person, code otp.Code) bool
	provider.Recoverer
}

// Pusher asks a person on the phone, and waits for the answer no longer than [PushTime].
type Pusher interface {
	Push(ctx context.Context, person provider.Person, a Attempt) (PushState, provider.Answer)
}

// Memory remembers what was accepted, so that no code opens a second door, and what waits. An error
// means that it is not known.
type Memory interface {
	// Claim takes a code for the attempt: WellFormed if nobody had it, else Reused.
	Claim(ctx context.Context, a Attempt, person provider.Person, code otp.Code) (CodeState, error)
	// Settle keeps a code that the provider took, and gives back any other. After an error of a yes
	// the code may be taken again, so nobody gets in by it. Where there is a grace,
	// [provider.Right] begins one, and an answer that the person is suspended or gone ends all of
	// the person's.
	Settle(ctx context.Context, a Attempt, person provider.Person, code otp.Code, answer provider.Result) error
	// ClaimPush takes the one push that a person may have to answer at a time.
	ClaimPush(ctx context.Context, person provider.Person) (bool, error)
	// SettlePush gives it back, and ends graces as Settle does.
	SettlePush(ctx context.Context, person provider.Person, answer provider.Result) error
}

// Guard locks out who fails too often.
type Guard interface {
	// Enter counts an attempt, before anybody is asked.
	Enter(ctx context.Context, a Attempt) (locked bool, err error)
	// Leave takes it off again if it was no failure. It is not called after a lock or an error.
	Leave(ctx context.Context, a Attempt, o Outcome) error
}

// Attempt is one login as a hook sees it.
type Attempt struct {
	Hook     Hook
	Account  Account
	IP       string
	Protocol string
	Refusal  Reason   // found by the hook before the gate was asked; "" for none
	Code     otp.Code // the zero Code if what was typed is malformed
	Push     bool     // no code was typed: ask on the phone
	Alone    bool     // nobody judges a password: the code is the only factor
	Untyped  bool     // a code may not have been typed: Code is none, or was cut off by its length
}

// Gate finds out the facts of an attempt, in their order and no more than needed, and has them
// decided.
type Gate struct {
	Policy   Policy
	Accounts Accounts
	Provider provider.Verifier
	Recovery Recovery    // nil: nobody has recovery codes
	Pusher   Pusher      // nil: no push
	Memory   Memory      // nil: programs have none
	Grace    Grace       // nil: every login takes a code of its own
	Guard    Guard       // nil: no lockout
	Problem  func(error) // told why a source or store could not answer; may be nil
}

func (g *Gate) problem(err error) {
	if err != nil && g.Problem != nil {
		g.Problem(err)
	}
}

// Who finds out who the account is, without a code: keyint asks it before it asks the person.
func (g *Gate) Who(ctx context.Context, a Account) (Mapping, provider.Person) {
	who := g.look(ctx, a)
	return who.mapping, who.Person
}

// finding is who an account is, as far as the sources of accounts know.
type finding struct {
	mapping Mapping
	Found
}

func (g *Gate) look(ctx context.Context, a Account) *finding {
	found, err := g.Accounts.Lookup(ctx, a)
	switch {
	case err != nil:
		g.problem(err)
		return &finding{mapping: MappingUnavailable}
	case found.Mapped:
		return &finding{Mapped, found}
	case g.Grace != nil:
		g.problem(g.Grace.End(context.WithoutCancel(ctx), a.Name))
	}
	if found.Vanished {
		return &finding{Vanished, Found{Stale: found.Stale}}
	}
	return &finding{Unmapped, Found{Stale: found.Stale}}
}

// Judge decides about an attempt.
func (g *Gate) Judge(ctx context.Context, a Attempt) Outcome {
	if a.Untyped = a.Untyped && g.Policy.spares(a.Hook, a.Alone, a.Protocol, a.IP); a.Untyped {
		a.Code = otp.Code{} // where none is needed, what looks like one is the end of the password
	}
	if g.Grace == nil || a.Refusal != "" || a.Push || a.Code == (otp.Code{}) {
		return g.judge(ctx, a, nil)
	}
	return g.judgeWithGrace(ctx, a)
}

// judge counts an attempt and decides about it. who is who the account is, nil if that is still to
// be found out.
func (g *Gate) judge(ctx context.Context, a Attempt, who *finding) Outcome {
	facts := Facts{Hook: a.Hook, Alone: a.Alone, IP: a.IP, Protocol: a.Protocol, Refusal: a.Refusal}
	counts := a.Refusal == "" || a.Refusal.Blames()
	if g.Guard == nil || !counts {
		return Decide(g.Policy, g.find(ctx, a, facts, who))
	}
	locked, err := g.Guard.Enter(ctx, a)
	g.problem(err)
	switch {
	case locked: // that much is known, whatever became of the store then
		return Deny(LockedOut)
	case err != nil && !g.Policy.PassWithoutStore:
		return Deny(StoreUnavailable)
	case err != nil:
		facts.NoStore = true
		return Decide(g.Policy, g.find(ctx, a, facts, who))
	}
	outcome := Decide(g.Policy, g.find(ctx, a, facts, who))
	// The person may have hung up: that does not undo what they did.
	g.problem(g.Guard.Leave(context.WithoutCancel(ctx), a, outcome))
	return outcome
}

// find adds to the facts: who the account is, then what the phone, or memory and provider, say. It
// asks no further once the decision is known.
func (g *Gate) find(ctx context.Context, a Attempt, facts Facts, who *finding) Facts {
	if facts.Refusal != "" {
		return facts
	}
	if who == nil {
		who = g.look(ctx, a.Account)
	}
	facts.Mapping, facts.Stale = who.mapping, who.Stale
	switch {
	case facts.Mapping != Mapped:
	case a.Push && g.mayPush(facts):
		return g.push(ctx, a, facts, who.Person)
	case a.Untyped:
		facts.Code = Untyped
	case !a.Push && a.Code != (otp.Code{}):
		return g.ask(ctx, a, facts, who.Person)
	}
	return facts
}

// ask adds what memory and provider know of a well-formed code. The code is taken before the
// provider is asked, so that of two attempts at once only one is.
func (g *Gate) ask(ctx context.Context, a Attempt, facts Facts, person provider.Person) Facts {
	facts, taken := g.take(ctx, a, facts, person)
	if facts.Refusal != "" || facts.Code != WellFormed {
		return facts
	}
	facts.Answer = g.verify(ctx, a, facts, person)
	if !taken {
		facts.NoStore = facts.NoStore || facts.Answer.OurMemory // which there is none of
		return facts
	}
	// In a memory that lasts, this is the write: also of what a provider kept there, such as the
	// step of local TOTP.
	err := g.Memory.Settle(context.WithoutCancel(ctx), a, person, a.Code, facts.Answer.Result)
	if err != nil && facts.Answer.Result.Yes() {
		return g.without(facts, err)
	}
	g.problem(err)
	return facts
}

// take adds whether the code is still anybody's, and takes it for this attempt. taken is false
// where it is somebody's already, and where nothing remembers codes.
func (g *Gate) take(ctx context.Context, a Attempt, facts Facts, person provider.Person) (_ Facts, taken bool) {
	facts.Code = WellFormed
	if g.Memory == nil {
		return facts, false
	}
	state, err := g.Memory.Claim(ctx, a, person, a.Code)
	if err != nil {
		return g.without(facts, err), false
	}
	facts.Code = state
	return facts, state == WellFormed
}

// without adds that the store is gone, which the policy may go on without.
func (g *Gate) without(facts Facts, err error) Facts {
	g.problem(err)
	if g.Policy.PassWithoutStore {
		facts.NoStore = true
	} else {
		facts.Refusal = StoreUnavailable
	}
	return facts
}

// verify asks the provider, once.
func (g *Gate) verify(ctx context.Context, a Attempt, facts Facts, person provider.Person) provider.Answer {
	if g.Recovery != nil && facts.mayRecover(g.Policy) && g.Recovery.Recovers(person, a.Code) {
		return g.Recovery.Recover(ctx, person, a.Code)
	}
	return g.Provider.Verify(ctx, person, a.Code)
}

// mayPush says whether a person may be asked on the phone: not where nothing remembers that a
// question waits already, nor where the code is the only factor.
func (g *Gate) mayPush(facts Facts) bool { return g.Pusher != nil && g.Memory != nil && !facts.alone() }

// push adds what the person says on the phone.
func (g *Gate) push(ctx context.Context, a Attempt, facts Facts, person provider.Person) Facts {
	facts.Code = Pushed
	free, err := g.Memory.ClaimPush(ctx, person)
	switch {
	case err != nil:
		// Without the memory nothing keeps somebody from sending push after push until one is
		// approved.
		g.problem(err)
		facts.Refusal = StoreUnavailable
		return facts
	case !free:
		facts.Push = AnotherPending
		return facts
	}
	facts.Push, facts.Answer = g.Pusher.Push(ctx, person, a)
	g.problem(g.Memory.SettlePush(context.WithoutCancel(ctx), person, facts.Answer.Result))
	return facts
}
