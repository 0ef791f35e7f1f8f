package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"sftpgo-authy/hooks/internal/migrate"
)

// loaddata writes the file with which SFTPGo's own second factor takes the place of the hooks. The
// file is written whole, when all secrets are there: before that nothing is.
func (c *cli) loaddata(ctx context.Context, v *mover) error {
	switch {
	case v.out == "":
		return errors.New("--to loaddata: want --out FILE, which gets everybody's secret")
	case v.sftpgo == nil:
		return errors.New("--to loaddata: the accounts are in SFTPGo: set --sftpgo-url and --sftpgo-admin")
	}
	file, err := os.OpenFile(v.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	defer file.Close()
	n, err := c.collect(ctx, v, file)
	if err != nil {
		return errors.Join(err, os.Remove(v.out))
	}
	fmt.Fprintf(c.out, "%s has the secrets of %d account(s). Load it, take the hooks out of SFTPGo's "+
		"configuration, restart SFTPGo, and delete the file\n", v.out, n)
	return nil
}

// collect exports the secrets and writes the file.
func (c *cli) collect(ctx context.Context, v *mover, file *os.File) (accounts int, err error) {
	dump, users, err := v.sftpgo.Dump(ctx)
	if err != nil {
		return 0, err
	}
	people, err := v.atAuthy()
	if err != nil {
		return 0, err
	}
	if v.Keep, err = v.keeper(); err != nil {
		return 0, err
	}
	l := migrate.NewLoaddata(dump, users)
	s := c.score("exported", len(people))
	if err := v.Collect(ctx, people, l.Take, s.note); err != nil {
		return 0, err
	}
	fmt.Fprintf(c.out, "%s at Authy\n", peopleCount(len(people)))
	s.write(c.out, "in the file")
	text, err := l.JSON()
	if err == nil {
		_, err = file.Write(text)
	}
	if err == nil {
		err = file.Sync()
	}
	return l.Count(), err
}
