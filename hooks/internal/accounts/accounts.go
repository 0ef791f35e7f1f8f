// Package accounts says who an SFTPGo account is, and at which provider. A source holds references,
// as a users file has them; the provider's own parser makes a person of one.
package accounts

import (
	"context"
	"sync"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
)

// Source is one place to look. An account that is not mapped, with a nil error, is a clear "not
// here"; an error means that the source could not answer, and then nobody gets in.
type Source interface {
	Lookup(ctx context.Context, a gate.Account) (gate.Found, error)
}

// Chain asks its sources in order and takes the first that knows the account. A source that cannot
// answer ends the search: a person whom a later source names might not be the one who counts.
type Chain []Source

// Lookup implements [gate.Accounts].
func (c Chain) Lookup(ctx context.Context, a gate.Account) (gate.Found, error) {
	var all gate.Found
	for _, source := range c {
		found, err := source.Lookup(ctx, a)
		if err != nil {
			return gate.Found{}, err
		}
		all.Stale, all.Vanished = all.Stale || found.Stale, all.Vanished || found.Vanished
		if found.Mapped {
			all.Person, all.Mapped, all.Vanished = found.Person, true, false
			return all, nil
		}
	}
	return all, nil
}

// People makes a person of the reference that a source holds for an account. [provider.Set] does.
type People interface {
	Parse(account, reference string) (provider.Person, error)
}

// forgetter is what remembers answers about accounts for a while.
type forgetter interface{ Forget(name string) }

// Forget has the next look-up of an account ask everybody anew.
func (c Chain) Forget(name string) {
	for _, source := range c {
		if f, ok := source.(forgetter); ok {
			f.Forget(name)
		}
	}
}

// Watch is a source that remembers whom it knew: an account that it knows no more is Vanished for
// as long as this Watch lives. It holds no more names than SFTPGo has accounts, as it is asked
// about no others. It is safe for concurrent use.
type Watch struct {
	Source

	known sync.Map // names
}

// Forget passes on to the source that its answer about an account is to be asked anew.
func (w *Watch) Forget(name string) {
	if f, ok := w.Source.(forgetter); ok {
		f.Forget(name)
	}
}

// Lookup implements [Source].
func (w *Watch) Lookup(ctx context.Context, a gate.Account) (gate.Found, error) {
	found, err := w.Source.Lookup(ctx, a)
	switch {
	case err != nil:
	case found.Mapped:
		w.known.Store(a.Name, nil)
	default:
		_, found.Vanished = w.known.Load(a.Name)
	}
	return found, err
}
