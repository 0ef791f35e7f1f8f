package migrate

import (
	"context"
	"errors"
	"fmt"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/enroll"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
)

// Local is local TOTP as a [Destination]: the secret comes home.
type Local struct {
	Desk enroll.Desk
	// Users returns who the accounts of the users file are now.
	Users func() (map[string]provider.Person, error)
}

// Take implements [Destination]. The first account of a person has the secret; the others use it.
// The code of the export is used up, and with it every code that Authy may have accepted so far.
func (l Local) Take(ctx context.Context, p Person, export Export) ([]accounts.Line, error) {
	owner := p.Accounts[0]
	if !totp.CanHold(owner) {
		return nil, &Stays{Failed, fmt.Errorf("the secrets file cannot hold the name %q", owner)}
	}
	users, err := l.Users()
	if err != nil {
		return nil, err
	}
	for account, person := range users {
		if local, ok := person.(totp.Person); ok && local.String() == owner {
			return nil, &Stays{Failed, fmt.Errorf("account %q uses another secret of %q already", account, owner)}
		}
	}
	e, err := export(ctx)
	if err != nil {
		return nil, err
	}
	err = l.Desk.Replace(ctx, enroll.Factor{Account: owner, Secret: e.Secret}, e.Code)
	if errors.Is(err, enroll.ErrCode) {
		return nil, &Stays{Failed, errors.New("the code that Authy exports is not one of the secret now; " +
			"is the clock of this machine right?")}
	}
	var references []accounts.Line
	for _, account := range p.Accounts {
		reference := totp.Name
		if account != owner {
			reference += "/" + owner
		}
		references = append(references, accounts.Line{Name: account, Reference: reference})
	}
	return references, err
}

// Forget implements [Destination].
func (l Local) Forget(ctx context.Context, _ Person, to provider.Person) error {
	return l.Desk.Forget(ctx, to.String())
}

// Look implements [Destination].
func (l Local) Look(_ context.Context, to provider.Person) error {
	_, err := l.secret(to)
	return err
}

// Same implements [Destination].
func (l Local) Same(to provider.Person, e Exported) error {
	secret, err := l.secret(to)
	if err == nil && !secret.Equal(e.Secret) {
		err = fmt.Errorf("%s has another secret than Authy, so another phone", provider.Key(to))
	}
	return err
}

func (l Local) secret(to provider.Person) (totp.Secret, error) {
	secret, found, err := l.Desk.Secrets.Find(to.String(), l.Desk.Params)
	if err == nil && !found {
		err = fmt.Errorf("totp.secrets_file %s: has no line for %q", l.Desk.Secrets.Path, to)
	}
	return secret, err
}
