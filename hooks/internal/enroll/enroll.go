// Package enroll gives people a second factor that we judge by ourselves, and takes it away again:
// a secret, the line of the users file that makes it count, and recovery codes.
//
// The line of the users file is written last and taken away first. Whatever interrupts a change, an
// account has its factor whole or is denied.
package enroll

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
)

// Memory is what must be remembered of people between logins. person is that of [provider.Key].
type Memory interface {
	// AdvanceStep keeps the last step that was accepted; ForgetStep forgets it, and wrong guesses.
	AdvanceStep(ctx context.Context, person string, step int64) (bool, error)
	ForgetStep(ctx context.Context, person string) error
	// LastStep returns when the last step began that was accepted, in Unix seconds; 0 for none.
	LastStep(ctx context.Context, person string) (int64, error)
	// SetRecovery gives people recovery codes, by their digests, in the place of all they had.
	SetRecovery(ctx context.Context, digests map[string][]string) error
	// RecoveryLeft returns how many recovery codes are not used up.
	RecoveryLeft(ctx context.Context, person string) (int, error)
	// End ends the grace of an account, EndOf those of all that use the secret of a person.
	End(ctx context.Context, account string) error
	EndOf(ctx context.Context, person provider.Person) error
}

// Desk enrols people.
type Desk struct {
	Secrets totp.File
	Params  totp.Params // of new secrets
	Issuer  string      // what apps show beside the account
	People  accounts.People
	Memory  Memory
	Random  io.Reader
	Now     func() time.Time

	// Map makes the references of accounts count, all of them or none.
	Map func(ctx context.Context, references ...accounts.Line) error
}

// Factor is a second factor that does not count yet, and nobody but its owner may see.
type Factor struct {
	Account  string
	Secret   totp.Secret
	Recovery []string // codes; none without a key
}

// New makes a factor for an account. Nothing is written.
func (d Desk) New(account string) (f Factor, err error) {
	if !totp.CanHold(account) || !accounts.FileCanHold(account) {
		return f, fmt.Errorf("account %q: neither users file nor secrets file can hold the name", account)
	}
	f.Account = account
	if f.Secret, err = totp.NewSecret(d.Random, d.Params); err != nil {
		return f, err
	}
	if d.Secrets.Keys.Any() {
		f.Recovery, err = totp.NewRecoveryCodes(d.Random)
	}
	return f, err
}

// URL returns the address that an app reads from a QR code. Whoever has it has the secret.
func (d Desk) URL(f Factor) string { return f.Secret.URL(d.Issuer, f.Account) }

// ErrCode says that a code is not one of the new secret.
var ErrCode = errors.New("the code is not right; is the clock of the phone right, and this one?")

// Save makes a factor count, once its owner has shown a right code of it. That code opens no door
// any more.
func (d Desk) Save(ctx context.Context, f Factor, code otp.Code) error {
	step, right := f.Secret.Match(code, d.Now())
	if !right {
		return ErrCode
	}
	if err := d.keep(ctx, f, step); err != nil {
		return err
	}
	return d.Map(ctx, accounts.Line{Name: f.Account, Reference: totp.Name})
}

// Replace gives an account a new secret. From then on neither a code of the old one, nor an old
// recovery code, nor a grace lets anybody in.
func (d Desk) Replace(ctx context.Context, f Factor, code otp.Code) error {
	step, right := f.Secret.Match(code, d.Now())
	if !right {
		return ErrCode
	}
	return d.keep(ctx, f, step)
}

// keep writes secret, last step and recovery codes. What was there before dies first.
func (d Desk) keep(ctx context.Context, f Factor, step int64) error {
	person, err := d.person(f.Account)
	if err != nil {
		return err
	}
	name := provider.Key(person)
	if err := d.Memory.SetRecovery(ctx, map[string][]string{name: nil}); err != nil {
		return err
	}
	if err := d.Secrets.Put(d.Issuer, totp.Entry{Account: f.Account, Secret: f.Secret}); err != nil {
		return err
	}
	if err := d.forget(ctx, f.Account, person); err != nil {
		return err
	}
	if _, err := d.Memory.AdvanceStep(ctx, name, step); err != nil {
		return err
	}
	var digests []string
	if len(f.Recovery) > 0 {
		if digests, err = d.Secrets.Keys.RecoveryDigests(person, f.Recovery); err != nil {
			return err
		}
	}
	// Without recovery codes too: it has the step kept.
	return d.Memory.SetRecovery(ctx, map[string][]string{name: digests})
}

// NewRecovery gives a person new recovery codes in the place of all they had, and returns them.
func (d Desk) NewRecovery(ctx context.Context, person provider.Person) ([]string, error) {
	codes, err := totp.NewRecoveryCodes(d.Random)
	if err != nil {
		return nil, err
	}
	digests, err := d.Secrets.Keys.RecoveryDigests(person, codes)
	if err != nil {
		return nil, err
	}
	return codes, d.Memory.SetRecovery(ctx, map[string][]string{provider.Key(person): digests})
}

// person returns the person of an account's own secret.
func (d Desk) person(account string) (provider.Person, error) {
	return d.People.Parse(account, totp.Name)
}

// Forget takes secret, recovery codes and grace of an account away, after its line of the users
// file is gone.
func (d Desk) Forget(ctx context.Context, account string) error {
	person, err := d.person(account)
	if err != nil {
		return err
	}
	_, err = d.Secrets.Remove(account)
	return errors.Join(err, d.Memory.SetRecovery(ctx, map[string][]string{provider.Key(person): nil}),
		d.forget(ctx, account, person))
}

// forget has the memory forget what it has of the secret of an account: steps, guesses and graces.
func (d Desk) forget(ctx context.Context, account string, person provider.Person) error {
	return errors.Join(d.Memory.End(ctx, account), d.Memory.EndOf(ctx, person),
		d.Memory.ForgetStep(ctx, provider.Key(person)))
}
