package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/admin"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/provider/verify"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

const removeHelp = `
It asks first, unless --yes is given. Then it takes away the reference, which closes the account at
once, and what stands behind it: the secret, recovery codes and grace of local TOTP, the factor at
Twilio Verify, or the user at Authy, which may take a day there. What another account uses too
stays. Last it asks the running hookd, over hookd.admin_socket, whether the account is still let in.
Sessions that are open stay open: docs/production.md says how to close them.

Exit code: 0 hookd confirms it, 1 nothing was removed or the account still gets in, 3 the reference
is removed and nobody could be asked.
`

// remove forgets an account's id and removes its user at Authy.
func (c *cli) remove(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	keep := set.Bool("keep-user", false, "leave the user at Authy, or the factor at Twilio Verify")
	yes := set.Bool("yes", false, "do not ask")
	open := set.Bool("allow-password-only", false,
		"remove the id even though the account can then log in with its password alone")
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		if u := t.config.Unmapped; !*open && (u.Keyint == config.PasswordOnly || u.Checkpwd == config.PasswordOnly) {
			return errors.New("unmapped is password_only: without an id the account logs in with its password " +
				"alone, through the hook programs at once and through hookd after its next reload; disable it in " +
				"SFTPGo first, then repeat with --allow-password-only")
		}
		if err := c.sure(fmt.Sprintf("take the second factor of account %q away?", account), *yes); err != nil {
			return err
		}
		persons, err := t.forget(ctx, account)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "account %q has no second factor any more\n", account)
		err = c.forgetSecrets(ctx, t, persons)
		if !*keep {
			err = errors.Join(err, c.removeUsers(ctx, t, persons))
		}
		confirmed := c.confirm(ctx, t, account)
		if told := (silent{}); err != nil && errors.As(confirmed, &told) {
			return err
		}
		return errors.Join(err, confirmed)
	}
}

// sure asks whether to go on.
func (c *cli) sure(question string, yes bool) error {
	if yes {
		return nil
	}
	line, err := c.line(question + " [y/N] ")
	if err != nil {
		return fmt.Errorf("%w; --yes goes on without asking", err)
	}
	if line = strings.ToLower(line); line != "y" && line != "yes" {
		return errors.New("nothing was changed")
	}
	return nil
}

// forgetSecrets takes away the secrets of local TOTP that no account uses any more.
func (c *cli) forgetSecrets(ctx context.Context, t tools, persons []provider.Person) error {
	var problems []error
	for _, person := range persons {
		local, ok := person.(totp.Person)
		if !ok {
			continue
		}
		if other, err := t.sharer(ctx, local, ""); err != nil || other != "" {
			fmt.Fprintf(c.out, "the secret of %q stays: %s\n", local, whyStays(other, err))
			continue
		}
		d, done, err := c.desk(t, "")
		if err == nil {
			err = d.Forget(ctx, local.String())
			done()
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("the secret of %q stays: %w", local, err))
			continue
		}
		fmt.Fprintf(c.out, "the secret and recovery codes of %q are removed\n", local)
	}
	return errors.Join(problems...)
}

// removeUsers removes what Authy or Twilio Verify have of people whom no other account maps to.
func (c *cli) removeUsers(ctx context.Context, t tools, persons []provider.Person) error {
	var problems []error
	for _, person := range persons {
		what, remove := t.removal(person)
		if remove == nil {
			continue
		}
		if other, err := t.sharer(ctx, person, ""); err != nil || other != "" {
			fmt.Fprintf(c.out, "%s stays: %s\n", what, whyStays(other, err))
			continue
		}
		if err := remove(ctx); err != nil {
			problems = append(problems, fmt.Errorf("%s stays: %w", what, err))
			continue
		}
		fmt.Fprintf(c.out, "%s is removed\n", what)
	}
	return errors.Join(problems...)
}

// removal returns what somebody else has of a person, in words, and what removes it there; nil
// where nobody has anything.
func (t tools) removal(person provider.Person) (what string, remove func(context.Context) error) {
	switch who := person.(type) {
	case authy.ID:
		return "authy user " + who.String(), func(ctx context.Context) error { return t.authy.RemoveUser(ctx, who) }
	case verify.Ref:
		remove = func(ctx context.Context) error { return t.verify.DeleteFactor(ctx, who) }
		return "verify factor " + who.String(), remove
	}
	return "", nil
}

// confirm asks the running hookd whether it now denies an account. If hookd cannot be asked,
// confirm says so and the command ends with another exit code.
func (c *cli) confirm(ctx context.Context, t tools, account string) error {
	fmt.Fprintln(c.out, "sessions that are open stay open until they are closed in SFTPGo")
	if slices.Contains(t.config.AccountSources, config.SourceAdditionalInfo) && t.sftpgo == nil {
		fmt.Fprintln(c.out,
			"additional_info in SFTPGo was not checked, because --sftpgo-url is not set: an id there still counts")
	}
	known, settings, err := askHookd(ctx, t.config.Hookd.AdminSocket, account)
	switch {
	case err != nil:
		fmt.Fprintf(c.err, "not confirmed: %v\nhint: try to log in as %q\n", err, account)
		return silent{exitUnknowns}
	case known.Mapped && known.Stale:
		return fmt.Errorf("hookd still lets account %q in by its code: it cannot read the users file and uses its "+
			"previous content; authyctl doctor says what is wrong with the file", account)
	case known.Mapped:
		return fmt.Errorf("hookd still lets account %q in by its code: it finds an id elsewhere; its users_file is "+
			"%v, its account_sources are %v",
			account, settings["users_file"], settings["account_sources"])
	case known.Problem != "":
		fmt.Fprintf(c.err, "not confirmed: hookd denies the account now, but only because it cannot look it up: %s\n",
			known.Problem)
		return silent{exitUnknowns}
	case passwordOnly(settings) && known.Vanished:
		fmt.Fprintf(c.out,
			"confirmed: hookd denies account %q. After its next reload or restart the password alone lets it in: "+
				"unmapped is password_only\n", account)
	case passwordOnly(settings):
		return fmt.Errorf("hookd lets account %q in by its password alone: unmapped is password_only, and hookd has "+
			"not seen the account's id; disable the account in SFTPGo", account)
	default:
		fmt.Fprintf(c.out, "confirmed: hookd denies account %q\n", account)
	}
	return nil
}

// passwordOnly reports whether a hookd with these settings lets in an account without an id by its
// password alone.
func passwordOnly(settings map[string]any) bool {
	return settings["unmapped.keyint"] != config.Deny || settings["unmapped.checkpwd"] != config.Deny
}

// askHookd asks the running hookd what it knows about an account, and which settings it has.
func askHookd(ctx context.Context, socket, account string) (admin.Account, map[string]any, error) {
	client, state, err := hookdState(ctx, socket)
	if err != nil {
		return admin.Account{}, nil, err
	}
	known, err := client.Account(ctx, account)
	return known, state.Settings, err
}

// hookdState asks the running hookd what is in force.
func hookdState(ctx context.Context, socket string) (*admin.Client, admin.State, error) {
	if socket == "" {
		return nil, admin.State{}, errors.New("hookd.admin_socket is not set, so no hookd can be asked")
	}
	client, err := admin.NewClient(socket)
	if err != nil {
		return nil, admin.State{}, err
	}
	state, err := client.State(ctx)
	return client, state, err
}

func whyStays(other string, err error) string {
	if err != nil {
		return "another account may map to it: " + err.Error()
	}
	return fmt.Sprintf("account %q maps to it too", other)
}

// forget removes the account's reference from every source that has one, and returns the persons
// that they named. It is an error if no source has one.
func (t tools) forget(ctx context.Context, account string) ([]provider.Person, error) {
	var persons []provider.Person
	had := false
	for _, source := range t.config.AccountSources {
		var found []provider.Person
		var err error
		switch {
		case source == config.SourceFile:
			found, err = accounts.RemoveFromFile(t.config.UsersFile, t.people, account)
		case t.sftpgo == nil:
			continue // said later
		default:
			found, err = t.clear(ctx, account)
		}
		if errors.Is(err, accounts.ErrNoLine) {
			continue
		}
		if err != nil {
			return persons, err
		}
		had = had || source == config.SourceFile || len(found) > 0
		for _, person := range found {
			if !slices.Contains(persons, person) {
				persons = append(persons, person)
			}
		}
	}
	if !had {
		return nil, fmt.Errorf("account %q has no second factor", account)
	}
	return persons, nil
}

// clear removes the reference from additional_info, and returns the person that it named, if any.
func (t tools) clear(ctx context.Context, account string) ([]provider.Person, error) {
	doc, err := t.sftpgo.User(ctx, account)
	if err != nil {
		return nil, err
	}
	person, err := accounts.ParseAdditional(doc.Text("additional_info"), t.people, account,
		t.config.AdditionalInfoBareNumber)
	if err != nil || person == nil {
		return nil, err
	}
	return []provider.Person{person}, t.sftpgo.EditUser(ctx, account, func(d sftpgoapi.Document) error {
		info, err := accounts.WithoutReference(d.Text("additional_info"))
		if err != nil {
			return err
		}
		d.SetText("additional_info", info)
		return nil
	})
}

// sharer returns the name of an account other than account that maps to a person, or "" if there is
// none.
func (t tools) sharer(ctx context.Context, id provider.Person, account string) (string, error) {
	for _, source := range t.config.AccountSources {
		switch {
		case source == config.SourceFile:
			users, err := readUsers(t.config.UsersFile, t.people)
			if err != nil {
				return "", err
			}
			for name, other := range users.Values {
				if other == id && name != account {
					return name, nil
				}
			}
		case t.sftpgo != nil:
			docs, err := t.sftpgo.Users(ctx)
			if err != nil {
				return "", err
			}
			for _, doc := range docs {
				other, err := accounts.ParseAdditional(doc.Text("additional_info"), t.people, doc.Text("username"),
					t.config.AdditionalInfoBareNumber)
				if err == nil && other == id && doc.Text("username") != account {
					return doc.Text("username"), nil
				}
			}
		default:
			return "", errors.New("additional_info is in SFTPGo, and --sftpgo-url is not set")
		}
	}
	return "", nil
}
