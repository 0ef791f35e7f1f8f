package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/setup/lasting"
)

const recoveryHelp = `
The codes are shown this once, and those that the person had before are no longer good. Each works
once, in the place of a code of the app. They are for local TOTP, and need totp.key_file.
`

// recovery gives a person new recovery codes.
func (c *cli) recovery(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		person, err := t.local(ctx, account)
		if err != nil {
			return err
		}
		d, done, err := c.desk(t, "")
		if err != nil {
			return err
		}
		defer done()
		codes, err := d.NewRecovery(ctx, person)
		if err != nil {
			return err
		}
		for _, code := range codes {
			fmt.Fprintf(c.out, "%s %s\n", code[:5], code[5:])
		}
		fmt.Fprintf(c.err, "these codes are for %q and for nobody else, and are not shown again\n", account)
		return nil
	}
}

// local returns the person with local TOTP that an account is.
func (t tools) local(ctx context.Context, account string) (totp.Person, error) {
	found, err := t.person(ctx, account)
	if err != nil {
		return totp.Person{}, err
	}
	person, ok := found.(totp.Person)
	if !ok {
		return person, fmt.Errorf("account %q has no local TOTP, and this is for that alone", account)
	}
	return person, nil
}

const releaseHelp = `
After wrong codes nobody is judged for a while, not even by a right code. This ends the pause of an
account with local TOTP and forgets its wrong codes. Whoever guessed may guess again: see first in
the audit where the wrong codes came from.
`

// release ends the pause of an account after wrong codes.
func (c *cli) release(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		person, err := t.local(ctx, account)
		if err != nil {
			return err
		}
		kept, closer, err := lasting.Memory(t.config, c.host())
		if err != nil {
			return err
		}
		if err := errors.Join(kept.ForgetGuesses(ctx, provider.Key(person)), closer.Close()); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "wrong codes of %q are forgotten; its next code is judged\n", account)
		return nil
	}
}
