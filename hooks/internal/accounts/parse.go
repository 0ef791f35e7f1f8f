package accounts

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"sftpgo-authy/hooks/internal/provider"
)

// Bounds of what is kept of broken lines.
const (
	maxProblems = 20     // that one error lists
	maxBroken   = 10_000 // with more, a file is something else than a users file
	maxMeant    = 16     // names that a line may have meant
)

// Nobody is the line of a users file in which nobody is mapped on purpose. Without it a file that
// has no line counts as one that lost its lines.
const Nobody = "# nobody"

// errNoLine is what is wrong with a list that has no lines.
var errNoLine = errors.New(`has no line with an account; want one, or the line "` + Nobody + `" where that is meant`)

// List is the content of a users file.
type List struct {
	Persons map[string]provider.Person // the accounts that have one line, which is sound
	Denied  map[string]error           // the accounts of which a line is broken, or which have two: nobody can say who they are

	problems []error // by line, no more than maxProblems
	broken   int     // lines
	nobody   bool    // has the line Nobody
	lines    int     // that are sound
}

// Err returns nil for a list that is sound, else an error that names the broken lines by their
// numbers. It repeats nothing of their content.
func (l List) Err() error {
	if l.broken > len(l.problems) {
		return fmt.Errorf("%w\nand %d more lines are broken", errors.Join(l.problems...), l.broken-len(l.problems))
	}
	return errors.Join(l.problems...)
}

// Usable returns nil for a list whose lines count, broken ones included, and why they do not for
// one that has no lines.
func (l List) Usable() error {
	switch {
	case l.broken > maxBroken:
		return fmt.Errorf("more than %d lines are broken: %w", maxBroken, l.Err())
	case l.lines+l.broken == 0 && !l.nobody:
		return errNoLine
	}
	return nil
}

// Find returns the person that an account is. found false with a nil error is a clear "not here"; a list in
// which nothing is sound cannot say that.
func (l List) Find(name string) (person provider.Person, found bool, err error) {
	if err := l.Denied[name]; err != nil {
		return nil, false, err
	}
	person, found = l.Persons[name]
	if !found && l.lines == 0 && l.broken > 0 {
		return nil, false, fmt.Errorf("no line is sound: %w", l.Err())
	}
	return person, found, nil
}

// Parse reads the text of a users file: one "name: reference" per line, cut at the last colon, blanks
// around both left out. A # at the start of a line or after a blank begins a comment. people makes
// persons of the references; a line with one that it refuses is broken.
//
// Each line stands for itself. One that is broken denies the name that it has; so does a name that
// stands twice.
func Parse(text string, people People) List {
	list := List{Persons: make(map[string]provider.Person, strings.Count(text, "\n")+1), Denied: map[string]error{}}
	meant := map[string]error{}
	n := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\ufeff"), "\n") {
		n++
		list.nobody = list.nobody || isNobody(line)
		name, person, err := parseLine(line, people)
		switch {
		case err != nil:
			if err = list.report(n, err); list.broken > maxBroken {
				return list
			}
			names, others := namesIn(line)
			for _, name := range names {
				list.Denied[name] = err
			}
			for _, name := range others {
				meant[name] = err
			}
		case name == "":
		default:
			list.lines++
			if _, twice := list.Persons[name]; twice {
				list.Denied[name] = list.report(n, errors.New("has a name that stands above already; want each name once"))
			}
			list.Persons[name] = person
		}
	}
	list.deny(meant)
	return list
}

// report notes what is wrong with a line.
func (l *List) report(line int, what error) error {
	err := fmt.Errorf("line %d: %w", line, what)
	if l.broken++; len(l.problems) < maxProblems {
		l.problems = append(l.problems, err)
	}
	return err
}

// deny takes those out who are denied. meant are names that a broken line may have meant; a sound
// line of their own says more.
func (l *List) deny(meant map[string]error) {
	for name, err := range meant {
		if _, sound := l.Persons[name]; !sound && l.Denied[name] == nil {
			l.Denied[name] = err
		}
	}
	for name := range l.Denied {
		delete(l.Persons, name)
	}
}

// parseLine returns the name and the person of one line, an empty name for one without. Errors do
// not repeat the line.
func parseLine(line string, people People) (string, provider.Person, error) {
	name, reference, err := cutLine(line)
	if err != nil || name == "" {
		return "", nil, err
	}
	person, err := people.Parse(name, reference)
	if err != nil {
		return "", nil, err
	}
	return name, person, nil
}

// cutLine returns the name and the reference of one line, an empty name for one without.
func cutLine(line string) (name, reference string, err error) {
	line = strings.TrimSpace(cutComment(line))
	if line == "" {
		return "", "", nil
	}
	colon := strings.LastIndexByte(line, ':')
	if colon < 0 {
		return "", "", errors.New("has no colon; want name: id")
	}
	name = strings.TrimSpace(line[:colon])
	switch {
	case name == "":
		return "", "", errors.New("has no name; want name: id")
	case !utf8.ValidString(name):
		return "", "", errors.New("has a name that is not UTF-8; want the file in UTF-8")
	case strings.ContainsFunc(name, endsLines):
		return "", "", errors.New("has a control character in its name; want one name a line, " +
			"and lines that end with a line feed")
	}
	return name, strings.TrimSpace(line[colon+1:]), nil
}

// namesIn returns the names that a broken line has, before its last colon, and others that it may
// have meant: what stands before another colon, a blank or the like, as in "name id" or "name =
// id". Where it holds characters that end lines in some editor, it is taken for several.
func namesIn(line string) (names, others []string) {
	for part := range strings.FieldsFuncSeq(cutComment(line), endsLines) {
		part = strings.TrimSpace(part)
		if colon := strings.LastIndexByte(part, ':'); colon > 0 {
			names = append(names, strings.TrimSpace(part[:colon]))
		}
		others = append(others, unquoted(part)...)
		for end, r := range part {
			if len(others) >= maxMeant {
				break
			}
			if end > 0 && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				others = append(others, unquoted(part[:end])...)
			}
		}
	}
	return names, others
}

// unquoted returns a name as it stands and without the quotes that other formats put round names.
func unquoted(name string) []string {
	name = strings.TrimSpace(name)
	if bare := strings.Trim(name, `"'`); bare != name {
		return []string{name, bare}
	}
	return []string{name}
}

// endsLines says whether a character is one that some editor shows as the end of a line, or as
// nothing: several lines would be one name.
func endsLines(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }

// cutComment leaves out a comment: a # at the start or after a blank, and what follows.
func cutComment(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}
