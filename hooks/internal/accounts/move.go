package accounts

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/safefile"
)

// wasMark begins the comment behind a reference that says which one stood there before.
const wasMark = "  # was "

// Move is what became of one line of the users file.
type Move struct {
	Account string
	Was     string // the reference before, as it was spelled
	Person  provider.Person
}

// MoveInFile gives accounts of the users file other references, all of them or none, and notes
// behind each which one it was, for [MoveBackInFile]. All else stays as it is. from is who each of
// them is so far: an account that is somebody else by now is an error.
func MoveInFile(path string, people People, from provider.Person, moves ...Line) error {
	to := map[string]string{}
	for _, m := range moves {
		to[m.Name] = m.Reference
	}
	return edit(path, func(text string) (string, error) {
		return rewrite(text, people, slices.Collect(maps.Keys(to)), func(l line) (string, error) {
			if l.person != from {
				return "", fmt.Errorf("%q is no longer %s", l.name, provider.Key(from))
			}
			if _, err := people.Parse(l.name, to[l.name]); err != nil {
				return "", fmt.Errorf("the new reference of %q %w", l.name, err)
			}
			return l.before + to[l.name] + wasMark + l.reference + l.behind, nil
		})
	})
}

// MoveBackInFile undoes [MoveInFile]: the lines of accounts become what they were, byte for byte.
func MoveBackInFile(path string, people People, accounts ...string) error {
	return edit(path, func(text string) (string, error) {
		return rewrite(text, people, accounts, func(l line) (string, error) {
			was, behind, moved := l.was()
			if !moved {
				return "", fmt.Errorf("%q was not moved", l.name)
			}
			return l.before + was + behind, nil
		})
	})
}

// ReadMoves returns what [MoveInFile] changed in a users file and nobody has changed since.
func ReadMoves(path string, people People) ([]Move, error) {
	text, err := safefile.Read(path, safefile.Public, maxFile)
	if err != nil {
		return nil, fmt.Errorf("users file %s: %w", path, err)
	}
	var moves []Move
	for raw := range strings.Lines(string(text)) {
		if l, ok := cutLine(raw, people); ok {
			if was, _, moved := l.was(); moved {
				moves = append(moves, Move{Account: l.name, Was: was, Person: l.person})
			}
		}
	}
	return moves, nil
}

// line is a sound line of the users file in its parts: before, reference and behind make it up.
type line struct {
	before, reference, behind string
	name                      string
	person                    provider.Person
}

// was returns which reference stood in the line before it was moved, and what stood behind that.
func (l line) was() (reference, behind string, moved bool) {
	rest, moved := strings.CutPrefix(l.behind, wasMark)
	end := strings.IndexAny(rest, " \t\r\n")
	if !moved || end < 0 {
		return "", "", false
	}
	return rest[:end], rest[end:], true
}

// cutLine takes a line apart. ok is false for one without an account.
func cutLine(raw string, people People) (l line, ok bool) {
	name, person, err := lines.ReadLine(strings.TrimPrefix(raw, "\ufeff"), format(people))
	if err != nil || name == "" {
		return l, false
	}
	said := strings.TrimRight(lines.CutComment(raw), " \t\r\n")
	at := lastColon(said) + 1
	at += len(said[at:]) - len(strings.TrimLeft(said[at:], " \t"))
	return line{raw[:at], said[at:], raw[len(said):], name, person}, true
}

// rewrite has the lines of accounts changed, each of which must be there and sound.
func rewrite(text string, people People, accounts []string, change func(line) (string, error)) (string, error) {
	if err := Parse(text, people).Err(); err != nil {
		return "", err
	}
	var out strings.Builder
	var problems []error
	for raw := range strings.Lines(lines.End(text)) {
		l, ok := cutLine(raw, people)
		if at := slices.Index(accounts, l.name); ok && at >= 0 {
			accounts = slices.Delete(slices.Clone(accounts), at, at+1)
			var err error
			if raw, err = change(l); err != nil {
				problems = append(problems, err)
			}
		}
		out.WriteString(raw)
	}
	for _, name := range accounts {
		problems = append(problems, fmt.Errorf("%w %q", ErrNoLine, name))
	}
	return out.String(), errors.Join(problems...)
}
