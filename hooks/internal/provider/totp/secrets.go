package totp

import (
	"errors"
	"strings"
	"unsafe"

	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/safefile"
)

// maxSecrets bounds a secrets file: half a million lines and more.
const maxSecrets = 128 << 20

// format is that of a secrets file. A value is read no further than that there is one: of a hundred
// thousand secrets a login needs one.
var format = lines.Format[string]{
	Want: "account: otpauth://…, account: BASE32, or a sealed line",
	Cut:  cut,
	Value: func(_, text string) (string, error) {
		if text == "" {
			return "", errors.New("has no secret")
		}
		return text, nil
	},
}

// cut returns where the colon stands that ends the name: the one before an otpauth:// address, else
// the last one that a blank follows.
func cut(line string) int {
	if at := strings.LastIndex(line, ": "+scheme); at >= 0 {
		return at
	}
	return max(strings.LastIndex(line, ": "), strings.LastIndex(line, ":\t"))
}

// secrets is the content of a secrets file. Its text alone is enough to find one account, which a
// program does; hookd, which finds many, has it indexed.
type secrets struct {
	text  string
	index *lines.List[string] // nil: not indexed
}

// reader reads a secrets file. As long as the text stays the same so does what was made of it:
// after a change the file is read at every login for a moment, see [livefile.File].
type reader struct {
	indexed bool
	last    *secrets
}

// read reads the file. Broken lines are flaws.
func (r *reader) read(path string) (content *secrets, flaws, err error) {
	raw, err := safefile.Read(path, safefile.Private, maxSecrets)
	if err != nil {
		return nil, nil, err
	}
	// nobody changes it; a copy of all would cost a program milliseconds
	text := unsafe.String(unsafe.SliceData(raw), len(raw))
	if r.last == nil || r.last.text != text {
		r.last = &secrets{text: text}
		if r.indexed {
			list := lines.Parse(text, format)
			r.last.index = &list
		}
	}
	if !r.indexed {
		return r.last, nil, nil
	}
	return r.last, r.last.index.Err(), r.last.index.Usable()
}

// find returns what stands behind the name of an account, "" for nothing.
func (s *secrets) find(account string) (string, error) {
	list := s.index
	if list == nil {
		one := lines.ParseFor(s.text, account, format)
		list = &one
	}
	value, _, err := list.Find(account)
	return value, err
}

// CanHold says whether a secrets file can have a line for an account.
func CanHold(account string) bool { return lines.CanHold(account, scheme+"totp/?secret=", format) }
