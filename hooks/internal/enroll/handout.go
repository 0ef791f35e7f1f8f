package enroll

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/safefile"
)

// maxHandout bounds a file of factors; a line has some 300 bytes.
const maxHandout = 256 << 20

// columns of a [Handout].
var columns = []string{"account", "otpauth", "recovery_codes"}

// Handout is a file of factors that the administrator hands on, in CSV. Who reads it has them all,
// so its owner alone may.
type Handout struct {
	path string
	file *os.File
	had  map[string]Factor
}

// OpenHandout opens a handout, or makes one with mode 0600. An existing file that others may read,
// or that holds something else, is an error.
func OpenHandout(path string, defaults totp.Params) (*Handout, error) {
	h := &Handout{path: path, had: map[string]Factor{}}
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

// drop takes the rows of accounts out of the file.
func (h *Handout) drop(accounts map[string]bool) error {
	if len(accounts) == 0 {
		return nil
	}
	err := safefile.Edit(h.path, safefile.Private, maxHandout, 0o600, func(text string) (string, error) {
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil {
			return "", err
		}
		var out strings.Builder
		err = csv.NewWriter(&out).WriteAll(slices.DeleteFunc(rows, func(row []string) bool { return accounts[row[0]] }))
		return out.String(), err
	})
	if err == nil {
		_ = h.file.Close()
		h.file, err = os.OpenFile(h.path, os.O_WRONLY|os.O_APPEND, 0)
	}
	for account := range accounts {
		delete(h.had, account)
	}
	return err
}

// Close closes the file.
func (h *Handout) Close() error { return h.file.Close() }
