package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/verify"
)

// Verify is Twilio Verify v2 as a [Destination]: the secret becomes a TOTP factor there.
type Verify struct {
	Client *verify.Client
	// Users returns who the accounts of the users file are now.
	Users func() (map[string]provider.Person, error)
}

// shown is how often a code may be shown to a factor, of which Twilio bears five (error 60310).
const shown = 3

// identity is that of a user at Authy, always the same: a factor that an interrupted run has made
// is found by it. It tells nothing of the person to whoever does not know Authy's ids.
func identity(id authy.ID) string { return "authy-user-" + id.String() }

// Take implements [Destination]. What Twilio has under the identity and no line of the users file
// names was left by a run that was interrupted.
func (v Verify) Take(ctx context.Context, p Person, export Export) ([]accounts.Line, error) {
	who := identity(p.ID)
	if err := v.sweep(ctx, who); err != nil {
		return nil, err
	}
	e, err := export(ctx)
	if err != nil {
		return nil, err
	}
	made, err := v.Client.CreateFactor(ctx, verify.NewFactor{Identity: who, Name: who, Secret: e.Secret.Base32()})
	if err != nil {
		return nil, refused(err)
	}
	ref, err := verify.NewRef(who, made.SID)
	if err != nil {
		return nil, err
	}
	for n := 1; ; n++ {
		got, err := v.Client.VerifyFactor(ctx, ref, e.Code)
		switch {
		case err != nil:
			return nil, refused(err)
		case got.Verified():
			var references []accounts.Line
			for _, account := range p.Accounts {
				references = append(references, accounts.Line{Name: account, Reference: provider.Key(ref)})
			}
			return references, nil
		case n == shown:
			return nil, errors.Join(&Stays{Failed, errors.New("Verify does not take the code that Authy exports " +
				"with the secret")}, v.Client.DeleteFactor(ctx, ref))
		}
		// The code's step may have ended on the way.
		if e, err = export(ctx); err != nil {
			return nil, err
		}
	}
}

// sweep deletes the factors of an identity that nobody logs in with.
func (v Verify) sweep(ctx context.Context, who string) error {
	factors, err := v.Client.Factors(ctx, who)
	if err != nil || len(factors) == 0 {
		return refused(err)
	}
	users, err := v.Users()
	if err != nil {
		return err
	}
	for _, f := range factors {
		ref, err := verify.NewRef(who, f.SID)
		if err != nil {
			return err
		}
		for account, person := range users {
			if person == ref {
				return &Stays{Failed, fmt.Errorf("account %q has a factor of %s already", account, who)}
			}
		}
		if err := v.Client.DeleteFactor(ctx, ref); err != nil {
			return refused(err)
		}
	}
	return nil
}

// refused says of an error of Verify's whether it is about one person or about all.
func refused(err error) error {
	var said *verify.APIError
	if !errors.As(err, &said) || said.RejectsKey() || said.Limited() {
		return err
	}
	return &Stays{Failed, err}
}

// Forget implements [Destination].
func (v Verify) Forget(ctx context.Context, _ Person, to provider.Person) error {
	ref, ok := to.(verify.Ref)
	if !ok {
		return fmt.Errorf("%s is not at Verify", provider.Key(to))
	}
	err := v.Client.DeleteFactor(ctx, ref)
	var said *verify.APIError
	if errors.As(err, &said) && said.NotFound() {
		return nil
	}
	return err
}

// Look implements [Destination].
func (v Verify) Look(ctx context.Context, to provider.Person) error {
	ref, ok := to.(verify.Ref)
	if !ok {
		return fmt.Errorf("%s is not at Verify", provider.Key(to))
	}
	factors, err := v.Client.Factors(ctx, ref.Identity())
	mine := slices.IndexFunc(factors, func(f verify.Factor) bool { return f.SID == ref.Factor() })
	switch {
	case err != nil:
		return err
	case mine < 0:
		return fmt.Errorf("Verify has no factor %s", ref.Factor())
	case !factors[mine].Verified():
		return fmt.Errorf("factor %s at Verify is not verified", ref.Factor())
	case len(factors) > 1:
		return fmt.Errorf("Verify has %d factors of %s, want one", len(factors), ref.Identity())
	}
	return nil
}

// Same implements [Destination]. Verify tells no secret; but a new factor has a new line, which
// does not say any more what it was before.
func (Verify) Same(provider.Person, Exported) error { return nil }
