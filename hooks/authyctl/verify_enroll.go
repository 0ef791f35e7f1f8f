package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"sftpgo-authy/hooks/internal/enroll"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/internal/cmdline"
)

// errNoVerify says what a command at Twilio Verify lacks.
var errNoVerify = errors.New("verify.service_sid: is not set, so Twilio Verify cannot be asked; docs/verify.md says " +
	"how to set it up")

// enrollVerify makes a factor at Twilio Verify for an account.
func (c *cli) enrollVerify(ctx context.Context, t tools, e enrollment, account string) error {
	if t.verify == nil {
		return errNoVerify
	}
	place, err := t.mayEnroll(ctx, e, account)
	if err != nil {
		return err
	}
	identity, err := verify.NewIdentity(rand.Reader)
	if err != nil {
		return err
	}
	return c.handVerify(ctx, t, account, identity, func(ref verify.Ref) error {
		return t.save(ctx, place, t.line(place, account, ref))
	})
}

// replaceVerify gives an account a new factor and deletes the old one.
func (c *cli) replaceVerify(ctx context.Context, t tools, account string, lost verify.Ref) error {
	place, err := t.place("")
	if err != nil {
		return err
	}
	return c.handVerify(ctx, t, account, lost.Identity(), func(ref verify.Ref) error {
		old, err := t.forget(ctx, account)
		if err == nil {
			err = t.save(ctx, place, t.line(place, account, ref))
		}
		if err != nil {
			return err
		}
		return c.removeUsers(ctx, t, old)
	})
}

// handVerify makes a factor, shows it, and has save map the account to it once a right code of it
// was typed. One of which no code was right is deleted again.
func (c *cli) handVerify(
	ctx context.Context, t tools, account, identity string, save func(verify.Ref) error,
) error {
	made, err := t.verify.CreateFactor(ctx, verify.NewFactor{Identity: identity, Name: account})
	if err != nil {
		return err
	}
	ref, err := verify.NewRef(identity, made.SID)
	if err != nil {
		return err
	}
	c.draw(made.Binding.URI)
	fmt.Fprintf(c.out, "Whoever has it has the second factor of %q. Nothing counts before a right code.\n", account)
	err = c.confirmCode(ctx, func(ctx context.Context, code otp.Code) error {
		f, err := t.verify.VerifyFactor(ctx, ref, code)
		if err == nil && !f.Verified() {
			err = enroll.ErrCode
		}
		return err
	})
	if err != nil {
		return errors.Join(err, t.verify.DeleteFactor(context.WithoutCancel(ctx), ref))
	}
	if err := save(ref); err != nil {
		return cmdline.WithHint(fmt.Errorf("verify has the factor, and not all that follows was done: %w", err),
			"see that the reference of %q is %s", account, provider.Key(ref))
	}
	fmt.Fprintf(c.out, "account %q logs in with codes of this app now, from the next one on\n", account)
	return nil
}

// verifyStatus shows a factor at Twilio Verify.
func (c *cli) verifyStatus(ctx context.Context, t tools, ref verify.Ref, e entry) error {
	f, err := t.verify.Factor(ctx, ref)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "identity    %s\nfactor      %s\nname        %q\nverified    %s\ndigits      %d\n"+
		"since       %s\nlast login  %s\n", ref.Identity(), ref.Factor(), f.Name, yesNo(f.Verified()), f.Config.Digits,
		orUnknown(e.Since), e.lastLogin())
	return nil
}
