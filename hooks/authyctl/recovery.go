package main

import (
	"context"
	"flag"
	"fmt"

	"sftpgo-authy/hooks/internal/provider/totp"
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
		found, err := t.person(ctx, account)
		if err != nil {
			return err
		}
		person, ok := found.(totp.Person)
		if !ok {
			return fmt.Errorf("account %q has no local TOTP, and recovery codes are for that alone", account)
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
