// Package accounts says who an SFTPGo account is at Authy.
package accounts

import (
	"context"

	"sftpgo-authy/hooks/internal/authy"
	"sftpgo-authy/hooks/internal/gate"
)

// Source is one place to look. found false with a nil error is a clear "not here"; an error means that the source
// could not answer, and then nobody gets in.
type Source interface {
	Lookup(ctx context.Context, a gate.Account) (id authy.ID, found bool, err error)
}

// Chain asks its sources in order and takes the first that knows the account. A source that cannot answer ends the
// search: an id that a later source holds might not be the one that counts.
type Chain []Source

// Lookup implements [gate.Accounts].
func (c Chain) Lookup(ctx context.Context, a gate.Account) (authy.ID, bool, error) {
	for _, source := range c {
		if id, found, err := source.Lookup(ctx, a); found || err != nil {
			return id, found && err == nil, err
		}
	}
	return authy.ID{}, false, nil
}
