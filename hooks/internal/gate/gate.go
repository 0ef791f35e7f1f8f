package gate

import (
	"context"
	"encoding/json"

	"sftpgo-authy/hooks/internal/authy"
)

// Account is the SFTPGo account that wants in: its name and, where SFTPGo sent it (extauth), its stored JSON.
type Account struct {
	Name string
	User json.RawMessage
}

// Accounts says who an account is at Authy. found false with a nil error is a clear "not here" from every source; an
// error means that some source could not answer.
type Accounts interface {
	Lookup(ctx context.Context, a Account) (id authy.ID, found bool, err error)
}

// Provider says whether code is right for id at this moment. It asks once.
type Provider interface {
	Verify(ctx context.Context, id authy.ID, code authy.Code) authy.Answer
}

// Memory remembers codes that were accepted, so that none opens a second door.
type Memory interface {
	// Claim takes the code for the caller. It is false if it is taken already.
	Claim(ctx context.Context, id authy.ID, code authy.Code) (bool, error)
	// Release gives a claimed code back, after the provider did not accept it.
	Release(ctx context.Context, id authy.ID, code authy.Code)
}

// Attempt is one login as a hook sees it.
type Attempt struct {
	Hook     Hook
	Account  Account
	IP       string
	Protocol string
	Refusal  Reason     // found by the hook before the gate was asked; "" for none
	Code     authy.Code // the zero Code if what was typed is malformed
}

// Gate finds out the facts of an attempt, in their order and no more than needed, and has them decided.
type Gate struct {
	Policy   Policy
	Accounts Accounts
	Provider Provider
	Memory   Memory      // nil: programs have none
	Problem  func(error) // told why a source could not answer; may be nil
}

// Who finds out who the account is at Authy, without a code: keyint asks it before it asks the person.
func (g *Gate) Who(ctx context.Context, a Account) (Mapping, authy.ID) {
	id, found, err := g.Accounts.Lookup(ctx, a)
	switch {
	case err != nil:
		if g.Problem != nil {
			g.Problem(err)
		}
		return MappingUnavailable, authy.ID{}
	case !found:
		return Unmapped, authy.ID{}
	}
	return Mapped, id
}

// Judge decides about an attempt.
func (g *Gate) Judge(ctx context.Context, a Attempt) Outcome {
	facts := Facts{Hook: a.Hook, Refusal: a.Refusal}
	if a.Refusal != "" {
		return Decide(g.Policy, facts)
	}
	var id authy.ID
	if facts.Mapping, id = g.Who(ctx, a.Account); facts.Mapping != Mapped || a.Code == (authy.Code{}) {
		return Decide(g.Policy, facts)
	}
	return Decide(g.Policy, g.ask(ctx, facts, id, a.Code))
}

// ask adds what memory and provider know of a well-formed code.
func (g *Gate) ask(ctx context.Context, facts Facts, id authy.ID, code authy.Code) Facts {
	facts.Code = WellFormed
	if g.Memory == nil {
		facts.Answer = g.Provider.Verify(ctx, id, code)
		return facts
	}
	free, err := g.Memory.Claim(ctx, id, code)
	switch {
	case err != nil && !g.Policy.PassWithoutStore:
		facts.Refusal = StoreUnavailable
		return facts
	case err == nil && !free:
		facts.Code = Reused
		return facts
	}
	facts.Answer = g.Provider.Verify(ctx, id, code)
	if facts.Answer.Result != authy.Right {
		g.Memory.Release(ctx, id, code)
	}
	return facts
}
