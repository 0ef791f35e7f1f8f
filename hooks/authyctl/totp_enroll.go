package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"strings"

	"github.com/mdp/qrterminal/v3"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/enroll"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/setup"
	"sftpgo-authy/hooks/internal/setup/lasting"
)

// tries is how often somebody who enrols may type a code.
const tries = 3

// desk returns what enrols people for local TOTP, which saves references at place. Close it when
// done.
func (c *cli) desk(t tools, place string) (d enroll.Desk, close func(), err error) {
	files, err := openTOTP(t.config)
	if err != nil {
		return d, nil, err
	}
	memory, closer, err := lasting.Memory(t.config, c.host())
	if err != nil {
		return d, nil, err
	}
	return enroll.Desk{
		Secrets: files.secrets(), Params: t.config.TOTP.Params(), Issuer: t.config.TOTP.Issuer,
		People: t.people, Memory: memory, Random: rand.Reader, Now: c.now,
		Map: func(ctx context.Context, list ...accounts.Line) error { return t.save(ctx, place, list...) },
	}, func() { _ = closer.Close() }, nil
}

// host returns what a memory that lasts needs of this process.
func (c *cli) host() setup.Host {
	return setup.Host{Now: c.now, Rand: rand.Reader, Draw: mathrand.Uint64}
}

// openTOTP returns the files of local TOTP that a configuration names, with the keys read.
func openTOTP(cfg config.Config) (files totpFiles, err error) {
	files.TOTP = cfg.TOTP
	if !files.Enabled() {
		return files, errors.New(
			"totp.secrets_file: is not set, so there is no local TOTP; docs/totp.md says how to set it up")
	}
	files.keys, err = readKeys(files.TOTP)
	return files, err
}

// exists asks SFTPGo whether it has an account, unless that is not wanted.
func (t tools) exists(ctx context.Context, account string, force bool) error {
	if force {
		return nil
	}
	if t.sftpgo == nil {
		return errors.New(
			"SFTPGo cannot be asked whether it has the account; set --sftpgo-url, and --sftpgo-api-key-file " +
				"or --sftpgo-admin, or take --force",
		)
	}
	_, err := t.sftpgo.User(ctx, account)
	return err
}

// mayEnroll returns where the reference of an account is saved, if SFTPGo has the account and
// nobody has given it a second factor.
func (t tools) mayEnroll(ctx context.Context, e enrollment, account string) (string, error) {
	place, err := t.place(e.place)
	if err != nil {
		return "", err
	}
	if err := t.exists(ctx, account, e.force); err != nil {
		return "", err
	}
	if e.force && place == config.SourceFile {
		t.sftpgo = nil // whether it has the account is not asked
	}
	return place, t.free(ctx, account, place)
}

// enrollTOTP enrols one account for local TOTP.
func (c *cli) enrollTOTP(ctx context.Context, t tools, e enrollment, account string) error {
	place, err := t.mayEnroll(ctx, e, account)
	if err != nil {
		return err
	}
	d, done, err := c.desk(t, place)
	if err != nil {
		return err
	}
	defer done()
	return c.hand(ctx, d, account, d.Save)
}

// hand makes a factor, shows it, and has save make it count once a right code of it was typed.
func (c *cli) hand(
	ctx context.Context,
	d enroll.Desk,
	account string,
	save func(context.Context, enroll.Factor, otp.Code) error,
) error {
	f, err := d.New(account)
	if err != nil {
		return err
	}
	c.draw(d.URL(f))
	fmt.Fprintf(c.out, "Whoever has it has the second factor of %q. Nothing counts before a right code.\n", account)
	err = c.confirmCode(ctx, func(ctx context.Context, code otp.Code) error { return save(ctx, f, code) })
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "account %q logs in with codes of this app now; the code just typed is used up\n", account)
	if len(f.Recovery) == 0 {
		fmt.Fprintln(c.out, "there are no recovery codes: totp.key_file is not set")
		return nil
	}
	fmt.Fprintf(c.out, "\nRecovery codes, each works once. They are not shown again:\n\n")
	for pair := range slices.Chunk(f.Recovery, 2) {
		fmt.Fprintf(c.out, "  %s\n", strings.Join(pair, "  "))
	}
	return nil
}

// draw shows an address as a QR code, and in letters.
func (c *cli) draw(address string) {
	fmt.Fprintf(c.out, "Scan this with an authenticator app, or open the address below on the phone:\n\n")
	qrterminal.GenerateHalfBlock(address, qrterminal.L, c.out)
	fmt.Fprintf(c.out, "\n%s\n\n", address)
}

// confirmCode asks for a code until save takes one.
func (c *cli) confirmCode(ctx context.Context, save func(context.Context, otp.Code) error) error {
	for try := 1; ; try++ {
		line, err := c.line("code: ")
		if err != nil {
			return fmt.Errorf("%w; nothing was changed", err)
		}
		code, err := otp.ParseTypedCode(line)
		if err == nil {
			err = save(ctx, code)
			if !errors.Is(err, enroll.ErrCode) {
				return err
			}
		}
		if try == tries {
			return fmt.Errorf("%w; nothing was changed", err)
		}
		fmt.Fprintln(c.err, err)
	}
}
