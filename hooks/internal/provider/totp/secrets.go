package totp

import (
	"errors"
	"strings"

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

// readSecrets reads a secrets file. Broken lines are flaws.
func readSecrets(path string, indexed bool) (content *secrets, flaws, err error) {
	text, err := safefile.Read(path, safefile.Private, maxSecrets)
	if err != nil {
		return nil, nil, err
	}
	s := secrets{text: string(text)}
	if !indexed {
		return &s, nil, nil
	}
	list := lines.Parse(s.text, format)
	s.index = &list
	return &s, list.Err(), list.Usable()
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
