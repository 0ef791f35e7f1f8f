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
	"sftpgo-authy/hooks/internal/authy"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

const enrollHelp = `
The id is saved where the hooks look first (account_sources): in the users file, or in additional_info of the
SFTPGo account, whose other fields stay as they are. SFTPGo keeps the last who writes: do not edit the account at the same
time. An account that has an id already is refused; the same phone gets the same id from Authy.
`

const removeHelp = `
First the id is forgotten, which closes the account at once; then the user is removed at Authy, which may take a day
there. A user that another account maps to stays.
`

// enroll makes a user at Authy for an account.
func (c *cli) enroll(set *flag.FlagSet) func(context.Context, string) error {
	var s setup
	s.configFlag(set)
	s.sftpgoFlags(set)
	email := set.String("email", "", "`ADDRESS` of the person")
	phone := set.String("cellphone", "", "national `NUMBER` of the phone")
	country := set.String("country-code", "", "country `CODE` of the phone, such as 1 or 44")
	where := set.String("save", "", "`SOURCE` to save the id in, file or additional_info; default the first of account_sources")
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		*country = strings.TrimPrefix(*country, "+")
		if *email == "" || *phone == "" || !countryCode.MatchString(*country) {
			return errors.New("who is it? want -email, -cellphone and -country-code (1 to 3 digits)")
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
			return fmt.Errorf("authy user %s was made, and its id is not saved: %w\nhint: repeat the command, the same phone gets the same id", id, err)
		}
		fmt.Fprintf(c.out, "account %q is authy user %s, saved in %s\n", account, id, t.describe(place))
		return nil
	}
}

var countryCode = regexp.MustCompile(`^[0-9]{1,3}$`)

// place says where ids are saved.
func (t tools) place(wanted string) (string, error) {
	if wanted == "" {
		wanted = t.config.AccountSources[0]
	}
	if !slices.Contains(t.config.AccountSources, wanted) {
		return "", fmt.Errorf("-save %s: the hooks do not look there; account_sources has %s", wanted, strings.Join(t.config.AccountSources, ", "))
	}
	if wanted == config.SourceAdditionalInfo && t.sftpgo == nil {
		return "", errors.New("additional_info is in SFTPGo: set -sftpgo-url, and -sftpgo-api-key-file or -sftpgo-admin")
	}
	return wanted, nil
}

func (t tools) describe(place string) string {
	if place == config.SourceFile {
		return t.config.UsersFile
	}
	return "additional_info of the SFTPGo account"
}

// free says whether the account can get an id: it has none in any source, and SFTPGo has the account, where we can ask.
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
		trial, err := authy.ParseID("1")
		if err != nil {
			return err
		}
		if _, err := accounts.WithID(doc.Text("additional_info"), trial); err != nil {
			return fmt.Errorf("account %q: %w", account, err)
		}
	}
	for _, source := range t.config.AccountSources {
		id, err := t.idIn(source, doc, account)
		if err != nil {
			return err
		}
		if !id.IsZero() {
			return fmt.Errorf("account %q has authy id %s already; authyctl remove takes it away", account, id)
		}
	}
	return nil
}

// idIn returns the id that an account has in a source, the zero ID for none. A users file that is missing has none: it
// is about to be made. doc is the account in SFTPGo, nil where nobody can ask; the users file is what counts then.
func (t tools) idIn(source string, doc sftpgoapi.Document, account string) (authy.ID, error) {
	if source == config.SourceAdditionalInfo {
		if doc == nil {
			return authy.ID{}, nil
		}
		id, _, err := accounts.ParseAdditional(doc.Text("additional_info"), t.config.AdditionalInfoBareNumber)
		if err != nil {
			err = fmt.Errorf("additional_info of %q: %w", account, err)
		}
		return id, err
	}
	list, err := readUsers(t.config.UsersFile)
	if errors.Is(err, fs.ErrNotExist) {
		return authy.ID{}, nil
	}
	return list.IDs[account], err
}

// save writes the id where the hooks look for it.
func (t tools) save(ctx context.Context, place, account string, id authy.ID) error {
	if place == config.SourceFile {
		return accounts.AddToFile(t.config.UsersFile, account, id)
	}
	return t.sftpgo.EditUser(ctx, account, func(d sftpgoapi.Document) error {
		info, err := accounts.WithID(d.Text("additional_info"), id)
		if err != nil {
			return err
		}
		d.SetText("additional_info", info)
		return nil
	})
}

// remove forgets an account's id and removes the user.
func (c *cli) remove(set *flag.FlagSet) func(context.Context, string) error {
	var s setup
	s.configFlag(set)
	s.sftpgoFlags(set)
	keep := set.Bool("keep-user", false, "leave the user at Authy")
	open := set.Bool("allow-password-only", false, "remove although the configuration then lets the account in with its password alone")
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		if u := t.config.Unmapped; !*open && (u.Keyint == config.PasswordOnly || u.Checkpwd == config.PasswordOnly) {
			return errors.New("unmapped is password_only: without an id this account logs in with its password alone; " +
				"disable the account in SFTPGo first, then repeat with -allow-password-only")
		}
		ids, err := t.forget(ctx, account)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "account %q has no authy id any more\n", account)
		for _, id := range ids {
			if *keep {
				break
			}
			if other, err := t.sharer(ctx, id); err != nil || other != "" {
				fmt.Fprintf(c.out, "authy user %s stays: %s\n", id, whyStays(other, err))
				continue
			}
			if err := t.authy.RemoveUser(ctx, id); err != nil {
				return fmt.Errorf("authy user %s stays: %w", id, err)
			}
			fmt.Fprintf(c.out, "authy user %s is removed\n", id)
		}
		return nil
	}
}

func whyStays(other string, err error) string {
	if err != nil {
		return "who else maps to it is not known: " + err.Error()
	}
	return fmt.Sprintf("account %q maps to it too", other)
}

// forget takes the account's id out of every source that has one, and returns the ids. An account that has none
// anywhere is an error.
func (t tools) forget(ctx context.Context, account string) ([]authy.ID, error) {
	var ids []authy.ID
	had := false
	for _, source := range t.config.AccountSources {
		var found []authy.ID
		var err error
		switch {
		case source == config.SourceFile:
			found, err = accounts.RemoveFromFile(t.config.UsersFile, account)
		case t.sftpgo == nil:
			continue // said later
		default:
			found, err = t.clear(ctx, account)
		}
		if errors.Is(err, accounts.ErrNoLine) {
			continue
		}
		if err != nil {
			return ids, err
		}
		had = had || source == config.SourceFile || len(found) > 0
		for _, id := range found {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	if !had {
		return nil, fmt.Errorf("account %q maps to nobody at Authy", account)
	}
	return ids, nil
}

// clear takes the id out of additional_info, and returns it if there was one.
func (t tools) clear(ctx context.Context, account string) ([]authy.ID, error) {
	doc, err := t.sftpgo.User(ctx, account)
	if err != nil {
		return nil, err
	}
	id, found, err := accounts.ParseAdditional(doc.Text("additional_info"), t.config.AdditionalInfoBareNumber)
	if err != nil || !found {
		return nil, err
	}
	return []authy.ID{id}, t.sftpgo.EditUser(ctx, account, func(d sftpgoapi.Document) error {
		info, err := accounts.WithoutID(d.Text("additional_info"))
		if err != nil {
			return err
		}
		d.SetText("additional_info", info)
		return nil
	})
}

// sharer gives an account that maps to id, "" for none.
func (t tools) sharer(ctx context.Context, id authy.ID) (string, error) {
	for _, source := range t.config.AccountSources {
		switch {
		case source == config.SourceFile:
			users, err := readUsers(t.config.UsersFile)
			if err != nil {
				return "", err
			}
			for name, other := range users.IDs {
				if other == id {
					return name, nil
				}
			}
		case t.sftpgo != nil:
			docs, err := t.sftpgo.Users(ctx)
			if err != nil {
				return "", err
			}
			for _, doc := range docs {
				other, _, err := accounts.ParseAdditional(doc.Text("additional_info"), t.config.AdditionalInfoBareNumber)
				if err == nil && other == id {
					return doc.Text("username"), nil
				}
			}
		default:
			return "", errors.New("additional_info is in SFTPGo, and -sftpgo-url is not set")
		}
	}
	return "", nil
}

// readUsers reads the users file as the hooks do. A list that comes with an error has the lines that are sound.
func readUsers(path string) (accounts.List, error) {
	list, err := accounts.ReadFile(path)
	if err == nil {
		err = list.Err()
	}
	if err != nil {
		err = fmt.Errorf("users file %s: %w", path, err)
	}
	return list, err
}
