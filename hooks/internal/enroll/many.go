package enroll

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/safefile"
)

// batch is how many people are written at once: each file is replaced as a whole, so one at a time
// would take the square of their number.
const batch = 1000

// maxHandout bounds a file of factors; a line has some 300 bytes.
const maxHandout = 256 << 20

// columns of a [Handout].
var columns = []string{"account", "otpauth", "recovery_codes"}

// Handout is a file of factors that the administrator hands on, in CSV. Who reads it has them all,
// so its owner alone may.
type Handout struct {
	file *os.File
	had  map[string]Factor
}

// OpenHandout opens a handout, or makes one with mode 0600. An existing file that others may read,
// or that holds something else, is an error.
func OpenHandout(path string, defaults totp.Params) (*Handout, error) {
	h := &Handout{had: map[string]Factor{}}
	text, err := safefile.Read(path, safefile.Private, maxHandout)
	switch {
	case errors.Is(err, os.ErrNotExist):
		if h.file, err = os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
			return nil, err
		}
		return h, h.write([][]string{columns})
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	// What a run that was interrupted left of a line is no factor that anybody was given.
	whole := text[:strings.LastIndexByte(string(text), '\n')+1]
	if h.had, err = readHandout(string(whole), defaults); err != nil {
		return nil, fmt.Errorf("%s: %w; want a file that this command made, or a new name", path, err)
	}
	if h.file, err = os.OpenFile(path, os.O_WRONLY, 0); err != nil {
		return nil, err
	}
	if err = h.file.Truncate(int64(len(whole))); err == nil {
		_, err = h.file.Seek(0, io.SeekEnd)
	}
	if err == nil && len(whole) == 0 {
		err = h.write([][]string{columns})
	}
	return h, err
}

func readHandout(text string, defaults totp.Params) (map[string]Factor, error) {
	had := map[string]Factor{}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, errors.New("is no CSV of factors")
	}
	for i, row := range rows {
		if i == 0 {
			if strings.Join(row, ",") != strings.Join(columns, ",") {
				return nil, errors.New("has other columns than " + strings.Join(columns, ", "))
			}
			continue
		}
		secret, err := totp.ParseSecret(row[1], defaults)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i+1, err)
		}
		had[row[0]] = Factor{Account: row[0], Secret: secret, Recovery: strings.Fields(row[2])}
	}
	return had, nil
}

// write adds rows and makes them last.
func (h *Handout) write(rows [][]string) error {
	w := csv.NewWriter(h.file)
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return h.file.Sync()
}

// Close closes the file.
func (h *Handout) Close() error { return h.file.Close() }

// Failure is why somebody was not enrolled.
type Failure struct {
	Account string
	Err     error
}

// Many enrols accounts that have no second factor, and writes their factors to a handout before
// they count. It goes on where a run before it ended. check says whether an account may be
// enrolled; done is told how many were dealt with. An error means that it went no further.
func (d Desk) Many(
	ctx context.Context,
	names []string,
	h *Handout,
	check func(account string) error,
	done func(int),
) ([]Failure, error) {
	var failed []Failure
	for len(names) > 0 {
		part := names[:min(batch, len(names))]
		names = names[len(part):]
		var factors []Factor
		for _, account := range part {
			f, err := d.factor(account, h, check)
			if err != nil {
				failed = append(failed, Failure{account, err})
				continue
			}
			factors = append(factors, f)
		}
		if err := ctx.Err(); err != nil {
			return failed, err
		}
		if err := d.putMany(ctx, factors, h); err != nil {
			return failed, err
		}
		done(len(part))
	}
	return failed, nil
}

// factor returns the factor of an account that the handout has, else a new one.
func (d Desk) factor(account string, h *Handout, check func(string) error) (Factor, error) {
	if err := check(account); err != nil {
		return Factor{}, err
	}
	if f, had := h.had[account]; had {
		return f, nil
	}
	return d.New(account)
}

// putMany makes factors count: first in the handout, last in the users file.
func (d Desk) putMany(ctx context.Context, factors []Factor, h *Handout) error {
	var rows [][]string
	var entries []totp.Entry
	var references []accounts.Line
	digests := map[string][]string{}
	for _, f := range factors {
		person, err := d.person(f.Account)
		if err != nil {
			return err
		}
		if len(f.Recovery) > 0 {
			if digests[provider.Key(person)], err = d.Secrets.Keys.RecoveryDigests(person, f.Recovery); err != nil {
				return err
			}
		}
		if _, had := h.had[f.Account]; !had {
			rows = append(rows, []string{f.Account, d.URL(f), strings.Join(f.Recovery, " ")})
		}
		entries = append(entries, totp.Entry{Account: f.Account, Secret: f.Secret})
		references = append(references, accounts.Line{Name: f.Account, Reference: totp.Name})
	}
	if len(factors) == 0 {
		return nil
	}
	if err := h.write(rows); err != nil {
		return err
	}
	if err := d.Secrets.Put(d.Issuer, entries...); err != nil {
		return err
	}
	if err := d.Memory.SetRecovery(ctx, digests); err != nil {
		return err
	}
	return d.Map(ctx, references...)
}

// ReadPeople reads the accounts of a CSV: those of the column "account" or "username", or of the
// first column where no such heading stands. An account that stands twice is an error.
func ReadPeople(r io.Reader) ([]string, error) {
	reader := csv.NewReader(r)
	reader.FieldsPerRecord, reader.TrimLeadingSpace, reader.Comment = -1, true, '#'
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, err
	}
	column, first := 0, true
	var names []string
	seen := map[string]bool{}
	for _, row := range rows {
		if first {
			first = false
			if at := heading(row); at >= 0 {
				column = at
				continue
			}
		}
		if column >= len(row) || strings.TrimSpace(row[column]) == "" {
			return nil, fmt.Errorf("a row has no account in column %d", column+1)
		}
		name := strings.TrimSpace(row[column])
		if seen[name] {
			return nil, fmt.Errorf("account %q stands there twice", name)
		}
		seen[name] = true
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, errors.New("has no account; want one a line, or a column account")
	}
	return names, nil
}

// heading returns which column of a first row says that accounts stand below it, -1 for none.
func heading(row []string) int {
	for i, text := range row {
		text = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")))
		if text == "account" || text == "username" {
			return i
		}
	}
	return -1
}
