package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/enroll"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/safefile"
	"sftpgo-authy/hooks/internal/setup/lasting"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

const listHelp = `
"since" is the day on which somebody was enrolled, and "last login" when the last code began that
was accepted: of people at Authy when it was accepted, where the memory lasts. "pending" has a
secret of local TOTP of which no code was ever right.
`

// entry is a line of the list.
type entry struct {
	Account   string     `json:"account"`
	Provider  string     `json:"provider"`
	Reference string     `json:"reference"`
	Since     string     `json:"since,omitempty"`
	LastLogin *time.Time `json:"last_login,omitempty"`
	Codes     int        `json:"recovery_codes"`
	Pending   bool       `json:"pending"`
}

// lastLogin returns when somebody logged in last, in words.
func (e entry) lastLogin() string {
	switch {
	case e.LastLogin != nil:
		return e.LastLogin.Format(time.RFC3339)
	case e.Pending:
		return "never (pending)"
	}
	return "unknown"
}

func orUnknown(text string) string { return cmp.Or(text, "unknown") }

// list shows who has which second factor.
func (c *cli) list(set *flag.FlagSet) func(context.Context, string) error {
	var s options
	s.configFlag(set)
	s.sftpgoFlags(set)
	asJSON := set.Bool("json", false, "as JSON")
	asCSV := set.Bool("csv", false, "as CSV")
	return func(ctx context.Context, _ string) error {
		if *asJSON && *asCSV {
			return errors.New("--json and --csv are two forms; want one")
		}
		t, err := c.open(s)
		if err != nil {
			return err
		}
		entries, err := c.entries(ctx, t)
		if err != nil {
			return err
		}
		switch {
		case *asJSON:
			out := json.NewEncoder(c.out)
			out.SetIndent("", "  ")
			return out.Encode(entries)
		case *asCSV:
			return c.listCSV(entries)
		}
		return c.listTable(entries)
	}
}

func (c *cli) listTable(entries []entry) error {
	w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "account\tprovider\tsince\tlast login\trecovery codes")
	for _, e := range entries {
		codes := "-"
		if e.Provider == totp.Name {
			codes = strconv.Itoa(e.Codes)
		}
		fmt.Fprintf(w, "%q\t%s\t%s\t%s\t%s\n", e.Account, e.Provider, orUnknown(e.Since), e.lastLogin(), codes)
	}
	return w.Flush()
}

func (c *cli) listCSV(entries []entry) error {
	w := csv.NewWriter(c.out)
	rows := [][]string{{"account", "provider", "reference", "since", "last_login", "recovery_codes", "pending"}}
	for _, e := range entries {
		last := ""
		if e.LastLogin != nil {
			last = e.LastLogin.Format(time.RFC3339)
		}
		rows = append(
			rows,
			[]string{e.Account, e.Provider, e.Reference, e.Since, last, strconv.Itoa(e.Codes), yesNo(e.Pending)},
		)
	}
	return w.WriteAll(rows)
}

// entries returns everybody who has a second factor, by name.
func (c *cli) entries(ctx context.Context, t tools) ([]entry, error) {
	persons, err := t.everybody(ctx)
	if err != nil {
		return nil, err
	}
	look, done, err := c.lookUp(t)
	if err != nil {
		return nil, err
	}
	defer done()
	entries := []entry{}
	for _, account := range slices.Sorted(maps.Keys(persons)) {
		e, err := look(ctx, account, persons[account])
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// entryOf returns the line of one account.
func (c *cli) entryOf(ctx context.Context, t tools, account string, person provider.Person) (entry, error) {
	look, done, err := c.lookUp(t)
	if err != nil {
		return entry{}, err
	}
	defer done()
	return look(ctx, account, person)
}

// lookUp returns what knows the line of an account. Close it with done.
func (c *cli) lookUp(
	t tools,
) (look func(context.Context, string, provider.Person) (entry, error), done func(), err error) {
	text, err := safefile.Read(t.config.UsersFile, safefile.Public, 1<<30)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("users file %s: %w", t.config.UsersFile, err)
	}
	days := enroll.Since(string(text))
	var kept *memory.Logins
	done = func() {}
	if t.config.Lasts() || t.config.TOTP.Enabled() {
		logins, closer, err := lasting.Memory(t.config, c.host())
		if err != nil {
			return nil, nil, err
		}
		kept, done = logins, func() { _ = closer.Close() }
	}
	return func(ctx context.Context, account string, person provider.Person) (entry, error) {
		e := entry{Account: account, Provider: person.Provider(), Reference: person.String(), Since: days[account]}
		return e, e.recall(ctx, kept, provider.Key(person))
	}, done, nil
}

// recall fills in what the memory knows of a person; there may be none.
func (e *entry) recall(ctx context.Context, kept *memory.Logins, person string) error {
	if kept == nil {
		return nil
	}
	at, err := kept.LastStep(ctx, person)
	if err == nil && at != 0 {
		last := time.Unix(at, 0).UTC()
		e.LastLogin = &last
	}
	if err != nil || e.Provider != totp.Name {
		return err
	}
	e.Pending = at == 0
	e.Codes, err = kept.RecoveryLeft(ctx, person)
	return err
}

// everybody returns whom each account is, by the first source that knows it.
func (t tools) everybody(ctx context.Context) (map[string]provider.Person, error) {
	all := map[string]provider.Person{}
	for _, source := range slices.Backward(t.config.AccountSources) {
		if source == config.SourceFile {
			list, err := readUsers(t.config.UsersFile, t.people)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
			maps.Copy(all, list.Values)
			continue
		}
		if t.sftpgo == nil {
			return nil, errors.New(
				"additional_info is in SFTPGo: set --sftpgo-url, and --sftpgo-api-key-file or --sftpgo-admin",
			)
		}
		docs, err := t.sftpgo.Users(ctx)
		if err != nil {
			return nil, err
		}
		if err := t.addFrom(source, docs, all); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (t tools) addFrom(source string, docs []sftpgoapi.Document, all map[string]provider.Person) error {
	for _, doc := range docs {
		name := doc.Text("username")
		person, err := t.personIn(source, doc, name)
		if err != nil {
			return err
		}
		if person != nil {
			all[name] = person
		}
	}
	return nil
}
