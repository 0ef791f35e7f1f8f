package accounts

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/safefile"
)

// Line is one line of the users file: an account, and its reference. A comment behind the reference
// may follow it.
type Line struct{ Name, Reference string }

// AddToFile puts lines at the end of the users file, all of them or none. A name that is there
// already is an error, and so is a file that the hooks would refuse. A file that is missing is
// made, with mode 0644: the hooks, often another user, must read it, and it holds no secret.
func AddToFile(path string, people People, added ...Line) error {
	return edit(path, func(text string) (string, error) {
		list := Parse(text, people)
		if err := list.Err(); err != nil {
			return "", err
		}
		var out strings.Builder
		out.WriteString(lines.End(lines.Without(text, lines.IsNobody)))
		for _, l := range added {
			if old, there := list.Values[l.Name]; there {
				return "", fmt.Errorf("has %q already, with id %s; remove it first", l.Name, old)
			}
			line := l.Name + ": " + l.Reference
			got, person, err := lines.ReadLine(line, format(people))
			if err != nil && FileCanHold(l.Name) {
				return "", err
			} else if err != nil || got != l.Name {
				return "", fmt.Errorf("cannot hold the name %q", l.Name)
			}
			list.Values[l.Name] = person
			out.WriteString(line + "\n")
		}
		return out.String(), nil
	})
}

// FileCanHold says whether a users file can have a line for name: not where a blank at an end, a
// comment or a line break stands in it.
func FileCanHold(name string) bool {
	return lines.CanHold(name, "1", lines.Format[provider.Person]{Cut: lastColon})
}

// RemoveFromFile takes the lines of name out of the users file, sound ones and broken ones, and
// returns the persons that they named. All others stay as they are, broken ones and comments
// included. Where no line is left, [Nobody] takes their place: this is meant.
func RemoveFromFile(path string, people People, name string) ([]provider.Person, error) {
	var persons []provider.Person
	err := edit(path, func(text string) (string, error) {
		found := false
		kept := lines.Without(text, func(line string) bool {
			mine, person := lineOf(line, people, name)
			if found = found || mine; mine && person != nil && !slices.Contains(persons, person) {
				persons = append(persons, person)
			}
			return mine
		})
		if !found {
			return "", fmt.Errorf("%w %q", ErrNoLine, name)
		}
		if Parse(kept, people).Usable() != nil {
			kept = lines.End(kept) + Nobody + "\n"
		}
		return kept, nil
	})
	return persons, err
}

// ErrNoLine says that an account has no line in the users file.
var ErrNoLine = errors.New("has no line of")

// lineOf says whether a line, sound or broken, is that of name, and which person it names; nil for
// a broken one.
func lineOf(line string, people People, name string) (bool, provider.Person) {
	line = strings.TrimPrefix(line, "\ufeff")
	got, person, err := lines.ReadLine(line, format(people))
	if err != nil {
		names, _ := lines.NamesIn(line, lastColon)
		return slices.Contains(names, name), nil
	}
	return name != "" && got == name, person
}

// edit rewrites the users file.
func edit(path string, change func(text string) (string, error)) error {
	if err := safefile.Edit(path, safefile.Public, maxFile, 0o644, change); err != nil {
		return fmt.Errorf("users file %s: %w", path, err)
	}
	return nil
}

// NameIn returns the account of a line of the users file, whether its reference is sound or not.
func NameIn(line string) (name string, ok bool) {
	name, _, err := lines.CutLine(strings.TrimPrefix(line, "\ufeff"), lines.Format[provider.Person]{Cut: lastColon})
	return name, err == nil && name != ""
}
