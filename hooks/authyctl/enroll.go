package main

import (
	"cmp"
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
	"sftpgo-authy/hooks/internal/enroll"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/sftpgoapi"
	"sftpgo-authy/internal/cmdline"
)

const enrollHelp = `
With --provider totp, or where that is the configuration's provider, it makes a secret, draws it as a
QR code for an authenticator app, and asks for a code of it. Nothing counts before that code is
right. Then it shows the recovery codes, once. SFTPGo must have the account: --force skips the
question.

With --from FILE it enrols many: the accounts of a CSV, in the column account or username. It writes
what each of them needs to --out FILE, which is yours to hand on. A second run goes on where the
first one ended. Each is pending until a first code was right: authyctl list and doctor say who is.

With --provider verify it makes a factor at Twilio Verify in the same way; Twilio has no recovery
codes.

With --provider authy it makes a user at Authy, which needs --email, --cellphone and --country-code,
or with --from the columns email, cellphone and country_code, and no --out.

The reference is saved where the hooks look first (account_sources): in the users file, or in
additional_info of the SFTPGo account, whose other fields stay as they are. SFTPGo keeps the last who
writes: do not edit the account at the same time. An account that has a second factor already is
refused; at Authy the same phone gets the same id.
`

// enrollment is what the flags of enroll say.
type enrollment struct {
	provider, place       string
	email, phone, country string
	from, out             string
	force                 bool
}

// enroll gives an account a second factor.
func (c *cli) enroll(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	var e enrollment
	set.StringVar(
		&e.provider,
		"provider",
		"",
		"`NAME` of who judges the codes, totp, verify or authy; default provider of the configuration",
	)
	set.StringVar(&e.email, "email", "", "`ADDRESS` of the person; authy")
	set.StringVar(&e.phone, "cellphone", "", "national `NUMBER` of the phone; authy")
	set.StringVar(&e.country, "country-code", "", "country `CODE` of the phone, such as 1 or 44; authy")
	set.StringVar(
		&e.place,
		"save",
		"",
		"`SOURCE` to save the reference in, file or additional_info; default the first of account_sources",
	)
	set.BoolVar(&e.force, "force", false, "do not ask whether SFTPGo has the account; totp, verify")
	set.StringVar(&e.from, "from", "", "CSV `FILE` of many people")
	set.StringVar(&e.out, "out", "", "`FILE` for the secrets and recovery codes of --from; totp")
	return func(ctx context.Context, account string) error {
		t, err := c.open(s)
		if err != nil {
			return err
		}
		e.provider = cmp.Or(e.provider, t.config.Provider, config.ProviderAuthy)
		many := e.from != "" || e.out != ""
		switch {
		case many == (account != ""):
			return errors.New("who is it? want an account, or --from FILE and --out FILE")
		case !slices.Contains(config.Providers(), e.provider):
			return fmt.Errorf("--provider %q: want one of %s", e.provider, strings.Join(config.Providers(), ", "))
		case many && e.provider == config.ProviderVerify:
			return errors.New("--from: enrols at totp and authy; a factor at Twilio Verify needs its owner at once")
		case many:
			return c.enrollMany(ctx, t, e)
		case e.provider == config.ProviderTOTP:
			return c.enrollTOTP(ctx, t, e, account)
		case e.provider == config.ProviderVerify:
			return c.enrollVerify(ctx, t, e, account)
		case e.provider == config.ProviderAuthy:
			return c.enrollAuthy(ctx, t, e, account)
		}
		return fmt.Errorf("--provider %s: nobody can be enrolled there from here", e.provider)
	}
}

// canMake says what is missing for a user at Authy.
func (t tools) canMake(e *enrollment) error {
	e.country = strings.TrimPrefix(e.country, "+")
	switch {
	case t.authy == nil:
		return errNoAuthy
	case e.email == "" || e.phone == "" || !countryCode.MatchString(e.country):
		return errors.New(
			"--email, --cellphone, --country-code, or the columns email, cellphone, country_code: want all three, " +
				"and 1 to 3 digits as the country code")
	}
	return nil
}

// enrollAuthy makes a user at Authy for an account.
func (c *cli) enrollAuthy(ctx context.Context, t tools, e enrollment, account string) error {
	if err := t.canMake(&e); err != nil {
		return err
	}
	place, err := t.place(e.place)
	if err != nil {
		return err
	}
	// Everything that can be refused is refused before Authy makes a user.
	if err := t.free(ctx, account, place); err != nil {
		return err
	}
	id, err := t.authy.NewUser(ctx, e.email, e.phone, e.country)
	if err != nil {
		return err
	}
	if err := t.save(ctx, place, t.line(place, account, id)); err != nil {
		return cmdline.WithHint(fmt.Errorf("authy user %s was created, but its id is not saved: %w", id, err),
			"repeat the command; Authy returns the same id for the same phone")
	}
	fmt.Fprintf(c.out, "account %q is authy user %s, saved in %s\n", account, id, t.describe(place))
	return nil
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

// save writes references where the hooks look for them, in the users file with the day.
func (t tools) save(ctx context.Context, place string, list ...accounts.Line) error {
	if len(list) == 0 {
		return nil
	}
	if place == config.SourceFile {
		for i := range list {
			list[i] = enroll.Dated(list[i], t.now())
		}
		return accounts.AddToFile(t.config.UsersFile, t.people, list...)
	}
	for _, line := range list {
		err := t.sftpgo.EditUser(ctx, line.Name, func(d sftpgoapi.Document) error {
			info, err := accounts.WithReference(d.Text("additional_info"), line.Reference)
			if err != nil {
				return err
			}
			d.SetText("additional_info", info)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// line returns the line of an account that is a person: in additional_info always with the provider
// too.
func (t tools) line(place, account string, person provider.Person) accounts.Line {
	if place == config.SourceFile {
		return accounts.Line{Name: account, Reference: t.people.Reference(person)}
	}
	return accounts.Line{Name: account, Reference: provider.Key(person)}
}

// readUsers reads the users file as the hooks do. A list that comes with an error has the lines
// that are sound.
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
