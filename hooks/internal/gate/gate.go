package gate

import (
	"context"
	"encoding/json"
	"time"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider/authy"
)

// Times of what somebody else does: the person, Authy, another attempt.
const (
	PushTime  = 15 * time.Second // to answer a push; SFTPGo gives a hook 20 s
	SendPause = 30 * time.Second // between two codes that are sent to somebody
	// WaitTime is how long an attempt waits for the verdict about an identical one: longer than a
	// question to Authy may take (a second for its turn and 5 s), and well below the 20 s that SFTPGo
	// gives a hook.
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
	ID       authy.ID
	Mapped   bool // the account is ID at Authy
	Vanished bool // it is not mapped, and was since hookd last read its configuration
	Stale    bool // said by the last content of a source that cannot be read any more
}

// Accounts says who an account is at Authy. An error means that some source could not answer; what
// was found does not count then.
type Accounts interface {
	Lookup(ctx context.Context, a Account) (Found, error)
}

// Provider says whether code is right for id at this moment. It asks once.
type Provider interface {
	Verify(ctx context.Context, id authy.ID, code otp.Code) authy.Answer
}

// Pusher asks a person on the phone, and waits for the answer no longer than [PushTime].
type Pusher interface {
	Push(ctx context.Context, id authy.ID, a Attempt) (PushState, authy.Answer)
}

// Memory remembers what was accepted, so that no code opens a second door, and what waits. An error
// means that it is not known.
type Memory interface {
	// Claim takes a code for the attempt: WellFormed if nobody had it, else Reused.
	Claim(ctx context.Context, a Attempt, id authy.ID, code otp.Code) (CodeState, error)
	// Settle keeps a code that the provider took, and gives back any other. After an error of a yes the
	// code may be taken again, so nobody gets in by it. Where there is a grace, a yes begins one, and an answer that the person is suspended or gone ends all of the person's.
	Settle(ctx context.Context, a Attempt, id authy.ID, code otp.Code, answer authy.Result) error
	// ClaimPush takes the one push that a person may have to answer at a time.
	ClaimPush(ctx context.Context, id authy.ID) (bool, error)
	// SettlePush gives it back, and ends graces as Settle does.
	SettlePush(ctx context.Context, id authy.ID, answer authy.Result) error
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
	Provider Provider
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

// Who finds out who the account is at Authy, without a code: keyint asks it before it asks the
// person.
func (g *Gate) Who(ctx context.Context, a Account) (Mapping, authy.ID) {
	p := g.look(ctx, a)
	return p.mapping, p.ID
}

// person is who an account is, as far as the sources of accounts know.
type person struct {
	mapping Mapping
	Found
}

func (g *Gate) look(ctx context.Context, a Account) *person {
	found, err := g.Accounts.Lookup(ctx, a)
	switch {
	case err != nil:
		g.problem(err)
		return &person{mapping: MappingUnavailable}
	case found.Mapped:
		return &person{Mapped, found}
	case g.Grace != nil:
		g.problem(g.Grace.End(context.WithoutCancel(ctx), a.Name))
	}
	if found.Vanished {
		return &person{Vanished, Found{Stale: found.Stale}}
	}
	return &person{Unmapped, Found{Stale: found.Stale}}
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

// judge counts an attempt and decides about it. known is who the account is, nil if that is still
// to be found out.
func (g *Gate) judge(ctx context.Context, a Attempt, known *person) Outcome {
	facts := Facts{Hook: a.Hook, Alone: a.Alone, IP: a.IP, Protocol: a.Protocol, Refusal: a.Refusal}
	if a.Refusal != "" && !a.Refusal.Blames() || g.Guard == nil {
		return Decide(g.Policy, g.find(ctx, a, facts, known))
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
	}
	outcome := Decide(g.Policy, g.find(ctx, a, facts, known))
	if err == nil {
		// The person may have hung up: that does not undo what they did.
		g.problem(g.Guard.Leave(context.WithoutCancel(ctx), a, outcome))
	}
	return outcome
}

// find adds to the facts what is to be known of the attempt.
func (g *Gate) find(ctx context.Context, a Attempt, facts Facts, known *person) Facts {
	if facts.Refusal != "" {
		return facts
	}
	if known == nil {
		known = g.look(ctx, a.Account)
	}
	facts.Mapping, facts.Stale = known.mapping, known.Stale
	switch {
	case facts.Mapping != Mapped:
		return facts
	case a.Push && g.Pusher != nil && g.Memory != nil && !facts.alone():
		return g.push(ctx, a, facts, known.ID)
	case a.Untyped:
		facts.Code = Untyped
		return facts
	case a.Push, a.Code == otp.Code{}:
		return facts
	}
	return g.ask(ctx, a, facts, known.ID)
}

// ask adds what memory and provider know of a well-formed code.
func (g *Gate) ask(ctx context.Context, a Attempt, facts Facts, id authy.ID) Facts {
	if g.Memory == nil {
		facts.Code, facts.Answer = WellFormed, g.Provider.Verify(ctx, id, a.Code)
		return facts
	}
	state, err := g.Memory.Claim(ctx, a, id, a.Code)
	if facts.Code = state; err != nil && !g.without(&facts, err) || err == nil && state != WellFormed {
		return facts
	}
	facts.Code, facts.Answer = WellFormed, g.Provider.Verify(ctx, id, a.Code)
	if err != nil {
		return facts
	}
	err = g.Memory.Settle(context.WithoutCancel(ctx), a, id, a.Code, facts.Answer.Result)
	if err != nil && facts.Answer.Result == authy.Right {
		g.without(&facts, err)
	} else {
		g.problem(err)
	}
	return facts
}

// push adds what the person says on the phone.
func (g *Gate) push(ctx context.Context, a Attempt, facts Facts, id authy.ID) Facts {
	facts.Code = Pushed
	free, err := g.Memory.ClaimPush(ctx, id)
	switch {
	case err != nil:
		// Without the memory nothing keeps somebody from sending push after push until one is approved.
		g.problem(err)
		facts.Refusal = StoreUnavailable
		return facts
	case !free:
		facts.Push = AnotherPending
		return facts
	}
	facts.Push, facts.Answer = g.Pusher.Push(ctx, id, a)
	g.problem(g.Memory.SettlePush(context.WithoutCancel(ctx), id, facts.Answer.Result))
	return facts
}

// without notes that the store is gone, and says whether the policy goes on.
func (g *Gate) without(facts *Facts, err error) bool {
	g.problem(err)
	if !g.Policy.PassWithoutStore {
		facts.Refusal = StoreUnavailable
		return false
	}
	facts.NoStore = true
	return true
}
