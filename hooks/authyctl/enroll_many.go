package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/enroll"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// crowd are the people of a file that have no second factor yet.
type crowd struct {
	people []enroll.Candidate
	place  string // where references are saved
	there  int    // how many others have one
	check  func(account string) error
}

// enrollMany enrols the accounts of a file.
func (c *cli) enrollMany(ctx context.Context, t tools, e enrollment) error {
	var all crowd
	var err error
	switch at := e.provider; {
	case e.from == "":
		return errors.New("--out: is what --from FILE writes; want both, or an account")
	case at == config.ProviderTOTP && e.out == "":
		return errors.New("--from and --out belong together: the accounts, and where what each needs is written")
	case at == config.ProviderAuthy && t.authy == nil:
		return errNoAuthy
	case at == config.ProviderAuthy && e.out != "":
		return errors.New("--out: at Authy nobody needs a secret of ours; leave it out")
	}
	if all.place, err = t.place(e.place); err != nil {
		return err
	}
	if all.people, err = readPeople(e.from); err != nil {
		return fmt.Errorf("--from %s: %w", e.from, err)
	}
	if err := t.toEnroll(ctx, &all, e.force); err != nil {
		return err
	}
	var failed []enroll.Failure
	if e.provider == config.ProviderAuthy {
		failed, err = c.manyAtAuthy(ctx, t, all)
	} else {
		failed, err = c.manyTOTP(ctx, t, all, e.out)
	}
	for _, f := range failed {
		fmt.Fprintf(c.err, "%q is not enrolled: %v\n", f.Account, f.Err)
	}
	if err != nil {
		return fmt.Errorf("%w; repeat the command to go on", err)
	}
	fmt.Fprintf(c.out, "enrolled %d, had a second factor before %d, failed %d\n",
		len(all.people)-len(failed), all.there, len(failed))
	if e.out != "" {
		fmt.Fprintf(c.out, "%s has secrets and recovery codes: hand on to each person what is theirs, then delete it\n",
			e.out)
	}
	if len(failed) > 0 {
		return silent{exitNo}
	}
	return nil
}

// manyTOTP enrols people for local TOTP. What each needs is written to the file out.
func (c *cli) manyTOTP(ctx context.Context, t tools, all crowd, out string) ([]enroll.Failure, error) {
	d, done, err := c.desk(t, all.place)
	if err != nil {
		return nil, err
	}
	defer done()
	h, err := enroll.OpenHandout(out, d.Params)
	if err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	defer h.Close()
	var names []string
	for _, one := range all.people {
		names = append(names, one.Account)
	}
	return d.Many(ctx, names, h, all.check, c.progress("enrolled", len(names)))
}

// saveEvery is how many users at Authy are made before their ids are saved: what a run that is
// killed had not saved costs a question more in the next one, for Authy returns the same ids.
const saveEvery = 100

// manyAtAuthy makes users at Authy. It ends at an answer that the next person would get too.
func (c *cli) manyAtAuthy(ctx context.Context, t tools, all crowd) (failed []enroll.Failure, err error) {
	progress := c.progress("enrolled", len(all.people))
	for part := range slices.Chunk(all.people, saveEvery) {
		var made []accounts.Line
		var ends error
		for _, one := range part {
			e := enrollment{email: one.Email, phone: one.Phone, country: one.Country}
			err := errors.Join(all.check(one.Account), t.canMake(&e))
			var id authy.ID
			if err == nil {
				id, err = t.authy.NewUser(ctx, e.email, e.phone, e.country)
				if ends = forAll(err); ends != nil {
					break
				}
			}
			if err != nil {
				failed = append(failed, enroll.Failure{Account: one.Account, Err: err})
				continue
			}
			made = append(made, t.line(all.place, one.Account, id))
		}
		if err := errors.Join(ends, t.save(ctx, all.place, made...)); err != nil {
			return failed, err
		}
		progress(len(part))
	}
	return failed, nil
}

// forAll returns an error of Authy's that is not about one person: no answer, or one about the key
// or too many questions.
func forAll(err error) error {
	var refused *authy.APIError
	if errors.As(err, &refused) && !refused.RejectsKey() && !refused.Limited() {
		return nil
	}
	return err
}

func readPeople(path string) ([]enroll.Candidate, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return enroll.ReadPeople(f)
}

// toEnroll leaves those of a crowd that have no second factor yet, and says whether one of them may
// be enrolled. It asks SFTPGo once for all.
func (t tools) toEnroll(ctx context.Context, all *crowd, force bool) error {
	if !force && t.sftpgo == nil {
		return t.exists(ctx, "", false)
	}
	docs := map[string]sftpgoapi.Document{}
	if t.sftpgo != nil && !force {
		list, err := t.sftpgo.Users(ctx)
		if err != nil {
			return err
		}
		for _, doc := range list {
			docs[doc.Text("username")] = doc
		}
	}
	mapped, err := t.mapped(docs)
	if err != nil {
		return err
	}
	before := len(all.people)
	all.people = slices.DeleteFunc(all.people, func(c enroll.Candidate) bool { return mapped[c.Account] })
	all.there = before - len(all.people)
	all.check = func(account string) error {
		if _, has := docs[account]; !has && !force {
			return errors.New("SFTPGo has no such account")
		}
		return nil
	}
	return nil
}

// mapped returns which accounts have a second factor by a source.
func (t tools) mapped(docs map[string]sftpgoapi.Document) (map[string]bool, error) {
	mapped := map[string]bool{}
	for _, source := range t.config.AccountSources {
		if source == config.SourceFile {
			list, err := readUsers(t.config.UsersFile, t.people)
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return nil, err
			}
			for name := range list.Values {
				mapped[name] = true
			}
			continue
		}
		for name, doc := range docs {
			person, err := t.personIn(source, doc, name)
			if err != nil {
				return nil, err
			}
			mapped[name] = mapped[name] || person != nil
		}
	}
	return mapped, nil
}

// progress returns what shows how far a long command is, on a terminal.
func (c *cli) progress(what string, all int) func(int) {
	if f, ok := c.err.(*os.File); !ok || !term.IsTerminal(int(f.Fd())) {
		return func(int) {}
	}
	bar := progressbar.NewOptions(
		all,
		progressbar.OptionSetWriter(c.err),
		progressbar.OptionShowCount(),
		progressbar.OptionSetDescription(what),
		progressbar.OptionOnCompletion(func() { _, _ = io.WriteString(c.err, "\n") }),
	)
	return func(n int) { _ = bar.Add(n) }
}
