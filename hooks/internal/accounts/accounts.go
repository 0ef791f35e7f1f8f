// Package accounts says who an SFTPGo account is at Authy.
package accounts

import (
	"context"

	"sftpgo-authy/hooks/internal/gate"
)

// Source is one place to look. An account that is not mapped, with a nil error, is a clear "not here"; an error means
// that the source could not answer, and then nobody gets in.
type Source interface {
	Lookup(ctx context.Context, a gate.Account) (gate.Found, error)
}

// Chain asks its sources in order and takes the first that knows the account. A source that cannot answer ends the
// search: an id that a later source holds might not be the one that counts.
type Chain []Source

// Lookup implements [gate.Accounts].
func (c Chain) Lookup(ctx context.Context, a gate.Account) (gate.Found, error) {
	var all gate.Found
	for _, source := range c {
		found, err := source.Lookup(ctx, a)
		if err != nil {
			return gate.Found{}, err
		}
		all.Stale = all.Stale || found.Stale
		if found.Mapped {
			all.ID, all.Mapped = found.ID, true
			return all, nil
		}
	}
	return all, nil
}
