package totp

import (
	"context"
	"testing"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/provider"
)

// full is a store on a full disk.
type full struct{ store.Store }

func (full) Keep(context.Context, ...store.Key) error { return errGone }

// oneAccount knows one account and no other.
type oneAccount struct{ provider.Person }

func (o oneAccount) Lookup(context.Context, gate.Account) (gate.Found, error) {
	return gate.Found{Person: o.Person, Mapped: true}, nil
}

// TestAYesThatIsNotKeptIsNone: a policy that goes on without memory does not hold for codes whose
// use nobody else remembers. Each program would let the same code in.
func TestAYesThatIsNotKeptIsNone(t *testing.T) {
	t.Parallel()
	for _, policy := range []gate.Policy{{}, {PassWithoutStore: true}} {
		w := newWorld(t, "alice: "+good+"\n", someKey(1))
		recovery := w.recoveryCodes("alice", keysOf(t, someKey(1)))[0]
		w.memory.Store = full{w.store}
		people, err := provider.NewSet(Name, w.Provider)
		if err != nil {
			t.Fatal(err)
		}
		g := gate.Gate{
			Policy: policy, Accounts: oneAccount{w.person("alice")}, Provider: people, Recovery: people,
			Memory: w.memory,
		}
		for what, code := range map[string]string{"a code": w.code(good, 0).Digits(), "a recovery code": recovery} {
			out := g.Judge(t.Context(), gate.Attempt{
				Hook: gate.Keyint, Account: gate.Account{Name: "alice"}, Code: w.parse(code),
			})
			if out.Passes() || out.Reason != gate.StoreUnavailable {
				t.Errorf("%s under %+v: %+v, want store_unavailable", what, policy, out)
			}
		}
	}
}
