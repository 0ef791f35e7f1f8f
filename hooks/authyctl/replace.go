package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/internal/cmdline"
)

const replaceHelp = `
For local TOTP it makes a new secret, draws it, and asks for a code of it. Once that code is right
the old secret, the old recovery codes and any grace are dead, at once.

For Twilio Verify it makes a new factor in the same way, and deletes the old one.

For Authy it makes a user for the new phone (--email, --cellphone, --country-code), has the account
name that one, and removes the old user. The old phone is out at once.
`

// replace gives an account a new second factor in the place of one that is lost.
func (c *cli) replace(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	var e enrollment
	set.StringVar(&e.email, "email", "", "`ADDRESS` of the person; authy")
	set.StringVar(&e.phone, "cellphone", "", "national `NUMBER` of the new phone; authy")
	set.StringVar(&e.country, "country-code", "", "country `CODE` of the new phone, such as 1 or 44; authy")
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		person, err := t.person(ctx, account)
		if err != nil {
			return err
		}
		if person, local := person.(totp.Person); local {
			if person.String() != account {
				return fmt.Errorf("account %q uses the secret of %q; authyctl replace %s gives both a new one", account,
					person, person)
			}
			d, done, err := c.desk(t, "")
			if err != nil {
				return err
			}
			defer done()
			return c.hand(ctx, d, account, d.Replace)
		}
		other, err := t.sharer(ctx, person, account)
		switch {
		case err != nil:
			return err
		case other != "":
			return cmdline.WithHint(
				fmt.Errorf("account %q has the second factor of %q too, which the lost phone would "+
					"still open", other, account),
				"authyctl remove %s, then repeat this, then enroll %[1]s anew",
				other,
			)
		}
		switch person := person.(type) {
		case authy.ID:
			return c.replaceAuthy(ctx, t, e, account, person)
		case verify.Ref:
			return c.replaceVerify(ctx, t, account, person)
		}
		return fmt.Errorf("account %q is %s, which nobody here can replace", account, provider.Key(person))
	}
}

// replaceAuthy gives an account a new user at Authy and removes the old one.
func (c *cli) replaceAuthy(ctx context.Context, t tools, e enrollment, account string, lost authy.ID) error {
	if err := t.canMake(&e); err != nil {
		return err
	}
	id, err := t.authy.NewUser(ctx, e.email, e.phone, e.country)
	if err != nil {
		return err
	}
	if id == lost {
		return fmt.Errorf("account %q is authy user %s as before: the phone is the same", account, id)
	}
	place, err := t.place("")
	if err != nil {
		return err
	}
	old, err := t.forget(ctx, account)
	if err != nil {
		return err
	}
	if err := t.save(ctx, place, t.line(place, account, id)); err != nil {
		return fmt.Errorf(
			"account %q has no second factor now, and is denied: %w\nhint: authyctl link %s --id %s",
			account,
			err,
			account,
			id,
		)
	}
	fmt.Fprintf(c.out, "account %q is authy user %s now\n", account, id)
	return c.removeUsers(ctx, t, old)
}

const linkHelp = `
It asks Authy whether the user exists, and saves the id where the hooks look first.
`

// link gives an account a user that Authy has already.
func (c *cli) link(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	text := set.String("id", "", "`ID` of the user at Authy")
	where := set.String(
		"save",
		"",
		"`SOURCE` to save the id in, file or additional_info; default the first of account_sources",
	)
	return func(ctx context.Context, account string) error {
		id, err := authy.ParseID(*text)
		if err != nil {
			return fmt.Errorf("--id: %w", err)
		}
		t, err := c.open(s)
		if err != nil {
			return err
		}
		if t.authy == nil {
			return errNoAuthy
		}
		place, err := t.place(*where)
		if err != nil {
			return err
		}
		if err := t.free(ctx, account, place); err != nil {
			return err
		}
		if _, err := t.authy.User(ctx, id); err != nil {
			return fmt.Errorf("authy user %s: %w", id, err)
		}
		if err := t.save(ctx, place, t.line(place, account, id)); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "account %q is authy user %s, saved in %s\n", account, id, t.describe(place))
		return nil
	}
}

// errNoAuthy says what a command at Authy lacks.
var errNoAuthy = errors.New("api_key: is not set, so Authy cannot be asked; set AUTHY_API_KEY_FILE" +
	", or take --provider " + config.ProviderTOTP)
