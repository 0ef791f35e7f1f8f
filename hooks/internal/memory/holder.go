package memory

import (
	"context"
	"errors"
	"strings"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/provider"
)

// An account has a mark while a grace of it may run: who it is at Authy, and a name that every
// grant repeats. Whoever finds the account to be nobody, or somebody else, takes the mark away. The
// next grace has another mark, so that none from before comes back when a line of the users file
// does.

func (s *Logins) holderKey(account string) store.Key { return s.key(store.Grace, "holder", account) }

// holder returns the text of a mark.
func (s *Logins) holder(account string, p provider.Person, name string) string {
	return s.key(store.Grace, "who", account, provider.Key(p)).String() + " " + name
}

// held returns the name in the mark of an account, "" for none. A mark of somebody else is taken
// away.
func (s *Logins) held(ctx context.Context, a gate.Attempt, p provider.Person) (name string, err error) {
	key := s.holderKey(a.Account.Name)
	mark, err := s.Store.Get(ctx, key)
	if err != nil || mark == "" {
		return "", err
	}
	_, name, _ = strings.Cut(mark, " ")
	if mark != s.holder(a.Account.Name, p, name) {
		return "", s.Store.Drop(ctx, key)
	}
	return name, nil
}

// hold makes the mark of an account last as long as a grace that begins now, and returns the name
// in it.
func (s *Logins) hold(ctx context.Context, a gate.Attempt, p provider.Person) (name string, err error) {
	if _, err := s.held(ctx, a, p); err != nil {
		return "", err
	}
	name = s.Fresh()
	key := s.holderKey(a.Account.Name)
	taken, mark, err := s.Store.Take(ctx, key, s.holder(a.Account.Name, p, name), s.longest())
	if err != nil || taken {
		return name, err
	}
	_, name, _ = strings.Cut(mark, " ")
	return name, s.Store.Set(ctx, key, mark, s.longest())
}

// End implements [gate.Grace].
func (s *Logins) End(ctx context.Context, account string) error {
	key := s.holderKey(account)
	return errors.Join(s.Store.Drop(ctx, key), s.Store.Keep(ctx, key))
}
