package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/sftpgoapi"
	"sftpgo-authy/internal/cmdline"
)

const enrollHelp = `
The id is saved where the hooks look first (account_sources): in the users file, or in
additional_info of the SFTPGo account, whose other fields stay as they are. SFTPGo keeps what is
written last: do not edit the account at the same time. An account that already has an id is
refused. Authy returns the same id for the same phone.
`

// enroll creates a user at Authy for an account.
func (c *cli) enroll(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	email := set.String("email", "", "`ADDRESS` of the person")
	phone := set.String("cellphone", "", "`NUMBER` of the phone, without the country code")
	country := set.String("country-code", "", "country `CODE` of the phone, such as 1 or 44")
	where := set.String("save", "",
		"`SOURCE` to save the id in, file or additional_info; default the first of account_sources")
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		*country = strings.TrimPrefix(*country, "+")
		if *email == "" || *phone == "" || !countryCode.MatchString(*country) {
			return errors.New(
				"--email, --cellphone, --country-code: want all three, and 1 to 3 digits as the country code")
		}
		place, err := t.place(*where)
		if err != nil {
			return err
		}
		// Everything that can be refused is refused before Authy makes a user.
		if err := t.free(ctx, account, place); err != nil {
			return err
		}
		id, err := t.authy.NewUser(ctx, *email, *phone, *country)
		if err != nil {
			return err
		}
		if err := t.save(ctx, place, account, id); err != nil {
			return cmdline.WithHint(fmt.Errorf("authy user %s was created, but its id is not saved: %w", id, err),
				"repeat the command; Authy returns the same id for the same phone")
		}
		fmt.Fprintf(c.out, "account %q is authy user %s, saved in %s\n", account, id, t.describe(place))
		return nil
	}
}

var countryCode = regexp.MustCompile(`^[0-9]{1,3}$`)

// place returns the source that ids are saved in.
func (t tools) place(wanted string) (string, error) {
	if wanted == "" {
		wanted = t.config.AccountSources[0]
	}
	if !slices.Contains(t.config.AccountSources, wanted) {
		return "", fmt.Errorf("--save %s: the hooks do not look there; account_sources has %s", wanted,
			strings.Join(t.config.AccountSources, ", "))
	}
	if wanted == config.SourceAdditionalInfo && t.sftpgo == nil {
		return "", errors.New(
			"additional_info is in SFTPGo: set --sftpgo-url, and --sftpgo-api-key-file or --sftpgo-admin")
	}
	return wanted, nil
}

func (t tools) describe(place string) string {
	if place == config.SourceFile {
		return t.config.UsersFile
	}
	return "additional_info of the SFTPGo account"
}

// free returns an error unless the account can get an id: no source has one for it, and SFTPGo has
// the account, if we can ask.
func (t tools) free(ctx context.Context, account, place string) error {
	if place == config.SourceFile && !accounts.FileCanHold(account) {
		return fmt.Errorf("users file %s: cannot hold the name %q", t.config.UsersFile, account)
	}
	var doc sftpgoapi.Document
	if t.sftpgo != nil {
		var err error
		if doc, err = t.sftpgo.User(ctx, account); err != nil {
			return err
		}
	}
	if place == config.SourceAdditionalInfo {
		if _, err := accounts.WithReference(doc.Text("additional_info"), authy.Name+"/1"); err != nil {
			return fmt.Errorf("account %q: %w", account, err)
		}
	}
	for _, source := range t.config.AccountSources {
		person, err := t.personIn(source, doc, account)
		switch id, ok := person.(authy.ID); {
		case err != nil:
			return err
		case ok:
			return fmt.Errorf("account %q has authy id %s already; authyctl remove takes it away", account, id)
		case person != nil:
			return fmt.Errorf("account %q is %s already; authyctl remove takes that away", account,
				provider.Key(person))
		}
	}
	return nil
}

// personIn returns the person that an account is by a source, nil for nobody. A users file that is
// missing has none: it is about to be made. doc is the account in SFTPGo, nil where nobody can ask;
// the users file is what counts then.
func (t tools) personIn(source string, doc sftpgoapi.Document, account string) (provider.Person, error) {
	if source == config.SourceAdditionalInfo {
		if doc == nil {
			return nil, nil
		}
		person, err := accounts.ParseAdditional(doc.Text("additional_info"), t.people, account,
			t.config.AdditionalInfoBareNumber)
		if err != nil {
			err = fmt.Errorf("additional_info of %q: %w", account, err)
		}
		return person, err
	}
	list, err := readUsers(t.config.UsersFile, t.people)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return list.Values[account], err
}

// save writes the id to the place where the hooks look for it.
func (t tools) save(ctx context.Context, place, account string, id authy.ID) error {
	if place == config.SourceFile {
		return accounts.AddToFile(t.config.UsersFile, t.people, account, t.people.Reference(id))
	}
	return t.sftpgo.EditUser(ctx, account, func(d sftpgoapi.Document) error {
		info, err := accounts.WithReference(d.Text("additional_info"), provider.Key(id))
		if err != nil {
			return err
		}
		d.SetText("additional_info", info)
		return nil
	})
}

// readUsers reads the users file as the hooks do. If it returns an error, the list still has the
// lines that are sound.
func readUsers(path string, people provider.Set) (accounts.List, error) {
	list, err := accounts.ReadFile(path, people)
	if err == nil {
		err = list.Err()
	}
	if err != nil {
		err = fmt.Errorf("users file %s: %w", path, err)
	}
	return list, err
}
