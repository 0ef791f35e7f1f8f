package totp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/safefile"
)

// File is a secrets file in the hands of an administrator: root may edit that of the user whose
// programs read it.
type File struct {
	Path   string
	Keys   Keys      // seal what is written; none: nothing is sealed
	Random io.Reader // of seals
}

// edit replaces the text of the file. One that is missing is made, with mode 0600.
func (f File) edit(change func(text string) (string, error)) error {
	if err := safefile.Edit(f.Path, safefile.Lent, maxSecrets, 0o600, change); err != nil {
		return fmt.Errorf("totp.secrets_file %s: %w", f.Path, err)
	}
	return nil
}

// Entry is an account and its secret.
type Entry struct {
	Account string
	Secret  Secret
}

// Put gives accounts secrets, in the place of the lines that they had; else at the end of the file.
// All are written, or none.
func (f File) Put(issuer string, entries ...Entry) error {
	var text strings.Builder
	mine := map[string]bool{}
	for _, e := range entries {
		if !CanHold(e.Account) {
			return fmt.Errorf("totp.secrets_file %s: cannot hold the name %q", f.Path, e.Account)
		}
		value := e.Secret.URL(issuer, e.Account)
		if f.Keys.Any() {
			var err error
			if value, err = f.Keys.Seal(f.Random, e.Account, value); err != nil {
				return err
			}
		}
		mine[e.Account] = true
		fmt.Fprintf(&text, "%s: %s\n", e.Account, value)
	}
	return f.edit(func(old string) (string, error) {
		kept := lines.Without(old, func(line string) bool {
			return lines.IsNobody(line) || slices.ContainsFunc(namesOf(line), func(name string) bool {
				return mine[name]
			})
		})
		return lines.End(kept) + text.String(), nil
	})
}

// Remove takes the lines of an account out of the file, broken ones too, and says whether there was
// one. Where no line is left, [lines.Nobody] takes their place: this is meant.
func (f File) Remove(account string) (found bool, err error) {
	err = f.edit(func(text string) (string, error) {
		kept := lines.Without(text, func(line string) bool {
			mine := slices.Contains(namesOf(line), account)
			found = found || mine
			return mine
		})
		if lines.Parse(kept, format).Usable() != nil {
			kept = lines.End(kept) + lines.Nobody + "\n"
		}
		return kept, nil
	})
	return found, err
}

// namesOf returns the accounts whose line it is, sound or broken.
func namesOf(line string) []string {
	line = strings.TrimPrefix(line, "\ufeff")
	name, _, err := lines.ReadLine(line, format)
	if err != nil {
		names, _ := lines.NamesIn(line, cut)
		return names
	}
	if name == "" {
		return nil
	}
	return []string{name}
}

// Seal seals every line that is not sealed with the first key, and returns how many it changed.
// Comments and all else stay as they are.
func (f File) Seal() (changed int, err error) {
	return f.rewrite(func(account, value string) (string, error) {
		plain, by, err := f.Keys.Open(account, value)
		if err != nil || by == 0 {
			return value, err
		}
		if _, err := ParseSecret(plain, Defaults()); err != nil {
			return "", err
		}
		if !CanHold(account) {
			return "", errors.New("has a name that no sealed line can have; want one without an address in it")
		}
		return f.Keys.Seal(f.Random, account, plain)
	})
}

// Unseal puts every line back as it was before it was sealed, and returns how many it changed.
func (f File) Unseal() (changed int, err error) {
	return f.rewrite(func(account, value string) (string, error) {
		plain, _, err := f.Keys.Open(account, value)
		return plain, err
	})
}

// rewrite has each line's value changed, all or none of them.
func (f File) rewrite(change func(account, value string) (string, error)) (changed int, err error) {
	err = f.edit(func(text string) (string, error) {
		if err := lines.Parse(text, format).Err(); err != nil {
			return "", fmt.Errorf("%w; nothing was changed", err)
		}
		var out strings.Builder
		n := 0
		for line := range strings.Lines(text) {
			n++
			account, value, err := lines.ReadLine(strings.TrimPrefix(line, "\ufeff"), format)
			if err == nil && account != "" {
				var next string
				if next, err = change(account, value); err == nil && next != value {
					at := strings.LastIndex(lines.CutComment(line), value)
					line = line[:at] + next + line[at+len(value):]
					changed++
				}
			}
			if err != nil {
				return "", fmt.Errorf("line %d: %w; nothing was changed", n, err)
			}
			out.WriteString(line)
		}
		return out.String(), nil
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}

// Find returns the secret of an account that has a line.
func (f File) Find(account string, defaults Params) (s Secret, found bool, err error) {
	content, _, err := (&reader{kind: safefile.Lent}).read(f.Path)
	value := ""
	if err == nil {
		value, _, err = content.index.Find(account)
	}
	if err == nil && value != "" {
		s, err = f.Keys.secret(account, value, defaults)
	}
	if err != nil {
		return Secret{}, false, fmt.Errorf("totp.secrets_file %s: %w", f.Path, err)
	}
	return s, value != "", nil
}

// All returns the secrets of all accounts whose line can be read; none where there is no file.
func (f File) All(defaults Params) (map[string]Secret, error) {
	content, _, err := (&reader{kind: safefile.Lent}).read(f.Path)
	all := map[string]Secret{}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return all, nil
	case content == nil:
		return nil, fmt.Errorf("totp.secrets_file %s: %w", f.Path, err)
	}
	for account, value := range content.index.Values {
		if s, err := f.Keys.secret(account, value, defaults); err == nil {
			all[account] = s
		}
	}
	return all, nil
}

// State is what can be said of a secrets file without giving a secret away.
type State struct {
	Accounts int      // that have a line
	Plain    []string // of these, whose line is not sealed
	Old      []string // whose line is sealed with a key that is not the first
	Short    []string // whose secret has less than 128 bits, as RFC 4226 wants
	Broken   []error  // by line, or by account
}

// Inspect judges every line of a secrets file.
func Inspect(path string, keys Keys, defaults Params) (State, error) {
	text, err := safefile.Read(path, safefile.Lent, maxSecrets)
	if err != nil {
		return State{}, fmt.Errorf("totp.secrets_file %s: %w", path, err)
	}
	list := lines.Parse(string(text), format)
	if err := list.Usable(); err != nil {
		return State{}, fmt.Errorf("totp.secrets_file %s: %w", path, err)
	}
	var s State
	if err := list.Err(); err != nil {
		s.Broken = append(s.Broken, err)
	}
	for account, value := range list.Values {
		s.Accounts++
		plain, by, err := keys.Open(account, value)
		switch {
		case err != nil:
		case by < 0:
			s.Plain = append(s.Plain, account)
		case by > 0:
			s.Old = append(s.Old, account)
		}
		if err == nil {
			var secret Secret
			if secret, err = ParseSecret(plain, defaults); err == nil && secret.Bits() < 128 {
				s.Short = append(s.Short, account)
			}
		}
		if err != nil {
			s.Broken = append(s.Broken, fmt.Errorf("the line of %q %w", account, err))
		}
	}
	slices.Sort(s.Plain)
	slices.Sort(s.Old)
	slices.Sort(s.Short)
	slices.SortFunc(s.Broken, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return s, nil
}

// AddKey returns the text of a key file with a new key before all others, which seals from now on.
func AddKey(text string, random io.Reader) (string, error) {
	if strings.TrimSpace(text) != "" {
		keys, err := ParseKeys(text)
		switch {
		case err != nil:
			return "", err
		case keys.Len() == maxKeys:
			return "", fmt.Errorf("has %d keys; delete the last ones once nothing is sealed with them", maxKeys)
		}
	}
	line, err := NewKey(random)
	if err != nil {
		return "", err
	}
	return line + "\n" + text, nil
}

// EditKeys rewrites a key file. One that is missing is made, with mode 0600.
func EditKeys(path string, change func(text string) (string, error)) error {
	if path == "" {
		return errors.New("totp.key_file: is not set")
	}
	if err := safefile.Edit(path, safefile.Lent, maxKeyFile, 0o600, change); err != nil {
		return fmt.Errorf("totp.key_file %s: %w", path, err)
	}
	return nil
}
