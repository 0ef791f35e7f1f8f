package totp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

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

// secrets is the content of a secrets file, for a process that looks for many accounts in it.
type secrets struct {
	text  string
	index lines.List[string]
}

// reader reads a secrets file. As long as the text stays the same so does what was made of it:
// after a change the file is read at every login for a moment, see [livefile.File].
type reader struct {
	kind safefile.Kind // of the file
	last *secrets
}

// read reads the file. Broken lines are flaws.
func (r *reader) read(path string) (content *secrets, flaws, err error) {
	raw, err := safefile.Read(path, r.kind, maxSecrets)
	if err != nil {
		return nil, nil, err
	}
	if text := string(raw); r.last == nil || r.last.text != text {
		r.last = &secrets{text, lines.Parse(text, format)}
	}
	return r.last, r.last.index.Err(), r.last.index.Usable()
}

// scan finds one account in a secrets file, for a process that judges one login: it has no time to
// make an index, nor to read all of a large file into memory.
type scan struct {
	path string

	mu      sync.Mutex
	account string // found last
	value   string
	seen    os.FileInfo // of the file then; nil for never
}

// find returns what stands behind the name of an account, "" for nothing.
func (s *scan) find(account string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f, err := safefile.Open(s.path, safefile.Private)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if info.Size() > maxSecrets {
		return "", &safefile.Error{Have: "larger than allowed", Want: fmt.Sprintf("at most %d bytes", maxSecrets)}
	}
	if s.seen != nil && s.account == account && os.SameFile(info, s.seen) && info.Size() == s.seen.Size() &&
		info.ModTime().Equal(s.seen.ModTime()) {
		return s.value, nil // the same login has asked for the length of its code before
	}
	list, err := lines.ParseFor(io.LimitReader(f, maxSecrets), account, format)
	if err != nil {
		return "", err
	}
	value, _, err := list.Find(account)
	if err == nil {
		s.account, s.value, s.seen = account, value, info
	}
	return value, err
}

// CanHold says whether a secrets file can have a line for an account, whatever form its secret has:
// before one that is sealed, a name with an address in it would be the line of somebody else.
func CanHold(account string) bool {
	return lines.CanHold(account, scheme+"totp/?secret=", format) && lines.CanHold(account, sealedMark, format)
}
