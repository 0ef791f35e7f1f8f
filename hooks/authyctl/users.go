package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/hooks/internal/setup"
)

const qrHelp = `
It draws the secret that an account of local TOTP has. For a user at Authy it prints the URL of a
picture: Authy makes a secret for codes of 6 digits and 30 seconds. Whoever sees either has the
secret: show it to its owner and to nobody else.
`

const verifyHelp = `
The code is read from the standard input, never from the command line, where others could see it.
A code that was right is used up.
`

// app asks Authy which app the key belongs to, and Twilio Verify whether it has the service.
func (c *cli) app(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	return func(ctx context.Context, _ string) error {
		cfg, err := config.LoadProvider(s.config, c.lookup)
		if err != nil {
			return err
		}
		if cfg.Verify.Enabled() {
			err = c.verifyService(ctx, cfg)
		}
		if cfg.Authy() || !cfg.Verify.Enabled() {
			err = errors.Join(err, c.authyApp(ctx, cfg))
		}
		return err
	}
}

func (c *cli) authyApp(ctx context.Context, cfg config.Config) error {
	client, err := setup.Authy(cfg)
	if err != nil {
		return err
	}
	app, err := client.App(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "the key is good: app %d, %q, plan %q; sms %s, calls %s, push %s\n",
		app.ID, app.Name, app.Plan, on(app.SMS), on(app.Calls), on(app.Pushing))
	return nil
}

func (c *cli) verifyService(ctx context.Context, cfg config.Config) error {
	client, err := setup.Verify(cfg)
	if err != nil {
		return err
	}
	service, err := client.Service(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "the secret is good: Verify service %s, %q\n", service.SID, service.Name)
	return nil
}

// on returns the word for something that is switched on or off.
func on(yes bool) string {
	if yes {
		return "on"
	}
	return "off"
}

// about returns the action of a command that calls do with the id of an account's user.
func (c *cli) about(
	set *flag.FlagSet, do func(context.Context, *authy.Client, authy.ID) error,
) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		id, err := t.account(ctx, account)
		if err != nil {
			return err
		}
		return do(ctx, t.authy, id)
	}
}

// status shows an account's second factor.
func (c *cli) status(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		person, err := t.person(ctx, account)
		if err != nil {
			return err
		}
		e, err := c.entryOf(ctx, t, account, person)
		if err != nil {
			return err
		}
		if ref, ok := person.(verify.Ref); ok {
			return c.verifyStatus(ctx, t, ref, e)
		}
		if id, ok := person.(authy.ID); ok {
			return c.authyStatus(ctx, t, id, e)
		}
		fmt.Fprintf(c.out, "provider        %s\nsince           %s\nlast login      %s\nrecovery codes  %d left\n",
			provider.Key(person), orUnknown(e.Since), e.lastLogin(), e.Codes)
		return nil
	}
}

// authyStatus shows a user at Authy.
func (c *cli) authyStatus(ctx context.Context, t tools, id authy.ID, e entry) error {
	user, err := t.authy.User(ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(
		c.out,
		"authy id    %s\nphone       +%d %q\nhas app     %s\nconfirmed   %s\ndevices     %q\ndisabled    %s\n"+
			"since       %s\nlast login  %s\n",
		id,
		user.Country,
		user.Phone,
		yesNo(user.Registered),
		yesNo(user.Confirmed),
		strings.Join(user.Devices, ", "),
		yesNo(user.Disabled),
		orUnknown(e.Since),
		e.lastLogin(),
	)
	return nil
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// qr shows a QR code of the account's secret.
func (c *cli) qr(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	var label string
	set.StringVar(&label, "label", "", "`TEXT` that the phone shows; default Authy's choice; authy")
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		person, err := t.person(ctx, account)
		if err != nil {
			return err
		}
		switch person := person.(type) {
		case totp.Person:
			return c.drawSecret(t, person)
		case verify.Ref:
			return errors.New("twilio shows a secret once and never again; authyctl replace makes a new one")
		}
		id, err := t.account(ctx, account)
		if err != nil {
			return err
		}
		secret, err := t.authy.Secret(ctx, id, label)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s\n", strings.Map(printable, secret.URL))
		fmt.Fprintf(c.err, "let %q open it and scan the QR code; whoever sees it has the secret\n", secret.Label)
		return nil
	}
}

// drawSecret draws the secret that somebody has.
func (c *cli) drawSecret(t tools, person totp.Person) error {
	files, err := openTOTP(t.config)
	if err != nil {
		return err
	}
	secret, found, err := files.secrets().Find(person.String(), files.Params())
	if err == nil && !found {
		err = fmt.Errorf("totp.secrets_file %s: has no line for %q", files.SecretsFile, person)
	}
	if err == nil {
		c.draw(secret.URL(files.Issuer, person.String()))
	}
	return err
}

// printable removes characters that a terminal would interpret.
func printable(r rune) rune {
	if r <= ' ' || r > '~' {
		return -1
	}
	return r
}

// sms has Authy send a code.
func (c *cli) sms(set *flag.FlagSet) func(context.Context, string) error {
	force := set.Bool("force", false, "send it even if the person has the Authy app")
	call := set.Bool("call", false, "call the person instead of sending a text")
	return c.about(set, func(ctx context.Context, client *authy.Client, id authy.ID) error {
		by := "sms"
		if *call {
			by = "call"
		}
		sent, err := client.Send(ctx, id, by, *force)
		if err != nil {
			return err
		}
		if sent.Ignored {
			return errors.New("nothing was sent: the user has the Authy app; --force sends it anyway")
		}
		fmt.Fprintf(c.out, "sent by %s to %q\n", by, sent.Cellphone)
		return nil
	})
}

// verify reads a code and has Authy or Twilio Verify check it.
func (c *cli) verify(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		person, err := t.person(ctx, account)
		if err != nil {
			return err
		}
		if _, local := person.(totp.Person); local {
			return fmt.Errorf("account %q is judged here, where trying a code would use it up; log in instead", account)
		}
		line, err := c.line("code: ")
		if err != nil {
			return err
		}
		code, err := otp.ParseTypedCode(line)
		if err != nil {
			return err
		}
		answer := t.people.Verify(ctx, person, code)
		if answer.Result != provider.Right {
			return fmt.Errorf("%s (HTTP %d)", meaning(person.Provider(), answer.Result), answer.Status)
		}
		fmt.Fprintln(c.out, "the code is right")
		return nil
	}
}

// meaning says what an answer of a provider means, and what to do about it.
func meaning(who string, r provider.Result) string {
	switch r {
	case provider.Wrong:
		return "the code is wrong"
	case provider.Used:
		return "the code was used before; wait for the next"
	case provider.UnknownUser, provider.NotEnrolled:
		return who + " does not know the user; run authyctl remove, then authyctl enroll"
	case provider.Blocked:
		return "the user is suspended or disabled at " + who
	case provider.RejectedKey:
		return who + " refuses the API key; authyctl app says more"
	case provider.Limited:
		return "too many requests; wait a minute"
	case provider.Refused:
		return who + " refuses the request; authyctl status says more"
	case provider.NoAnswer:
		return who + " does not answer"
	}
	return "the answer is not that of " + who + "; is its address right?"
}
