// Package lines reads files that have one account a line, "name: value". Each line stands for
// itself: one that is broken denies the name that it has and no other.
package lines

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what is kept of broken lines.
const (
	MaxProblems = 20     // that one error lists
	MaxBroken   = 10_000 // with more, a file is something else
	maxMeant    = 16     // names that a line may have meant
)

// Nobody is the line of a file that has no account on purpose. Without it a file that has no line
// counts as one that lost its lines.
const Nobody = "# nobody"

// ErrNone is what is wrong with a list that has no lines.
var ErrNone = errors.New(`has no line with an account; want one, or the line "` + Nobody + `" where that is meant`)

// Format is what the lines of a file look like, without comment and without blanks around.
type Format[T any] struct {
	Want string // for errors: "name: id"
	// Cut returns where the colon stands that ends the name, below 0 for none.
	Cut func(line string) int
	// Value reads what follows it. Errors repeat nothing of it.
	Value func(name, text string) (T, error)
}

// List is the content of a file.
type List[T any] struct {
	Values map[string]T     // of the accounts that have one line, which is sound
	Denied map[string]error // the accounts of which a line is broken, or which have two: nobody can say what counts

	problems []error // by line, no more than MaxProblems
	broken   int     // lines
	nobody   bool    // has the line Nobody
	sound    int     // lines
	partial  bool    // not all lines were read
}

// Err returns nil for a list that is sound, else an error that names the broken lines by their
// numbers. It repeats nothing of their content.
func (l List[T]) Err() error {
	if l.broken > len(l.problems) {
		return fmt.Errorf("%w\nand %d more lines are broken", errors.Join(l.problems...), l.broken-len(l.problems))
	}
	return errors.Join(l.problems...)
}

// Empty says whether the list has no lines, sound ones or broken ones.
func (l List[T]) Empty() bool { return l.sound+l.broken == 0 }

// Usable returns nil for a list whose lines count, broken ones included, and why they do not for
// one that has no lines.
func (l List[T]) Usable() error {
	switch {
	case l.broken > MaxBroken:
		return fmt.Errorf("more than %d lines are broken: %w", MaxBroken, l.Err())
	case l.Empty() && !l.nobody:
		return ErrNone
	}
	return nil
}

// Find returns the value of an account. found false with a nil error is a clear "not here"; a list
// in which nothing is sound cannot say that.
func (l List[T]) Find(name string) (value T, found bool, err error) {
	if err := l.Denied[name]; err != nil {
		return value, false, err
	}
	value, found = l.Values[name]
	if !found && l.sound == 0 && l.broken > 0 && !l.partial {
		return value, false, fmt.Errorf("no line is sound: %w", l.Err())
	}
	return value, found, nil
}

// Parse reads the text of a file. A # at the start of a line or after a blank begins a comment. One
// line that is broken denies the name that it has; so does a name that stands twice.
func Parse[T any](text string, f Format[T]) List[T] {
	list := List[T]{Values: make(map[string]T, strings.Count(text, "\n")+1), Denied: map[string]error{}}
	p := parser[T]{list: &list, format: f, meant: map[string]error{}}
	n := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\ufeff"), "\n") {
		if n++; !p.line(n, line) {
			return list
		}
	}
	p.deny()
	return list
}

// pieceBytes is how much of a file [ParseFor] has in memory at a time, unless a line is longer.
const pieceBytes = 256 << 10

// ParseFor is [Parse] for one account: it takes in the lines that may be about it and no others, a
// piece of the file at a time. What the list says of any other account means nothing.
func ParseFor[T any](r io.Reader, name string, f Format[T]) (List[T], error) {
	list := List[T]{Values: map[string]T{}, Denied: map[string]error{}, partial: true}
	p := parser[T]{list: &list, format: f, meant: map[string]error{}}
	piece, n, first := make([]byte, 0, pieceBytes), 1, true
	for {
		if len(piece) == cap(piece) {
			piece = append(piece, 0)[:len(piece)]
		}
		read, err := r.Read(piece[len(piece):cap(piece)])
		piece = piece[:len(piece)+read]
		if err != nil && err != io.EOF {
			return list, err
		}
		whole := bytes.LastIndexByte(piece, '\n') + 1
		if err == io.EOF {
			whole = len(piece)
		}
		text := piece[:whole]
		if first && whole > 0 {
			text, first = bytes.TrimPrefix(text, []byte("\ufeff")), false
		}
		if !p.piece(n, text, []byte(name)) || err == io.EOF {
			break
		}
		n += bytes.Count(text, []byte("\n"))
		piece = piece[:copy(piece, piece[whole:])]
	}
	p.deny()
	return list, nil
}

// piece takes in the lines of whole lines that have name in them; n is the number of the first
// line. It returns false where it is no use to go on.
func (p *parser[T]) piece(n int, text, name []byte) bool {
	for len(name) > 0 {
		at := bytes.Index(text, name)
		if at < 0 {
			break
		}
		begin := bytes.LastIndexByte(text[:at], '\n') + 1
		n += bytes.Count(text[:begin], []byte("\n"))
		line, rest, more := bytes.Cut(text[begin:], []byte("\n"))
		if !p.line(n, string(line)) {
			return false
		}
		if !more {
			break
		}
		text = rest
		n++
	}
	return true
}

// parser fills a list.
type parser[T any] struct {
	list   *List[T]
	format Format[T]
	meant  map[string]error // names that broken lines may have meant
}

// line takes in a line. It returns false where it is no use to go on.
func (p *parser[T]) line(n int, line string) bool {
	l := p.list
	l.nobody = l.nobody || IsNobody(line)
	name, value, err := ReadLine(line, p.format)
	switch {
	case err != nil:
		if err = l.report(n, err); l.broken > MaxBroken {
			return false
		}
		names, others := NamesIn(line, p.format.Cut)
		for _, name := range names {
			l.Denied[name] = err
		}
		for _, name := range others {
			p.meant[name] = err
		}
	case name == "":
	default:
		l.sound++
		if _, twice := l.Values[name]; twice {
			l.Denied[name] = l.report(n, errors.New("has a name that stands above already; want each name once"))
		}
		l.Values[name] = value
	}
	return true
}

// report notes what is wrong with a line.
func (l *List[T]) report(line int, what error) error {
	err := fmt.Errorf("line %d: %w", line, what)
	if l.broken++; len(l.problems) < MaxProblems {
		l.problems = append(l.problems, err)
	}
	return err
}

// deny takes those out who are denied. Of a name that a broken line may have meant, a sound line of
// its own says more.
func (p *parser[T]) deny() {
	l := p.list
	for name, err := range p.meant {
		if _, sound := l.Values[name]; !sound && l.Denied[name] == nil {
			l.Denied[name] = err
		}
	}
	for name := range l.Denied {
		delete(l.Values, name)
	}
}

// ReadLine returns the name and the value of one line, an empty name for one without. Errors do not
// repeat the line.
func ReadLine[T any](line string, f Format[T]) (name string, value T, err error) {
	name, text, err := CutLine(line, f)
	if err != nil || name == "" {
		return "", value, err
	}
	if value, err = f.Value(name, text); err != nil {
		return "", value, err
	}
	return name, value, nil
}

// CutLine returns the name of one line and what follows it, not judged; an empty name for a line
// without.
func CutLine[T any](line string, f Format[T]) (name, text string, err error) {
	line = strings.TrimSpace(CutComment(line))
	if line == "" {
		return "", "", nil
	}
	colon := f.Cut(line)
	if colon < 0 {
		return "", "", errors.New("has no colon; want " + f.Want)
	}
	name = strings.TrimSpace(line[:colon])
	switch {
	case name == "":
		return "", "", errors.New("has no name; want " + f.Want)
	case !utf8.ValidString(name):
		return "", "", errors.New("has a name that is not UTF-8; want the file in UTF-8")
	case strings.ContainsFunc(name, endsLines):
		return "", "", errors.New("has a control character in its name; want one name a line, " +
			"and lines that end with a line feed")
	}
	return name, strings.TrimSpace(line[colon+1:]), nil
}

// NamesIn returns the names that a broken line has, before its colon, and others that it may have
// meant: what stands before another colon, a blank or the like, as in "name id" or "name = id".
// Where it holds characters that end lines in some editor, it is taken for several.
func NamesIn(line string, cut func(string) int) (names, others []string) {
	for part := range strings.FieldsFuncSeq(CutComment(line), endsLines) {
		part = strings.TrimSpace(part)
		if colon := cut(part); colon > 0 {
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

// CutComment leaves out a comment: a # at the start or after a blank, and what follows.
func CutComment(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}

// IsNobody says whether a line is [Nobody].
func IsNobody(line string) bool { return strings.TrimSpace(line) == Nobody }

// CanHold says whether a file can have a line for name: not where a blank at an end, a comment or a
// line break stands in it. value is one that is sound.
func CanHold[T any](name, value string, f Format[T]) bool {
	got, text, err := CutLine(name+": "+value, f)
	return err == nil && got == name && text == value && name != "" && !strings.ContainsAny(name, "\r\n")
}

// End ends the last line of text.
func End(text string) string {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text
}

// Without leaves out the lines that drop says.
func Without(text string, drop func(line string) bool) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !drop(line) {
			kept.WriteString(line)
		}
	}
	return kept.String()
}
