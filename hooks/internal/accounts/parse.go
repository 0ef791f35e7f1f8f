package accounts

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"sftpgo-authy/hooks/internal/authy"
)

// maxProblems bounds how many broken lines one error lists.
const maxProblems = 20

// Parse reads the text of a users file: one "name: id" per line, cut at the last colon, blanks around both left out.
// A # at the start of a line or after a blank begins a comment. Ids are Authy's, digits only; a name given twice is an error. Errors name
// lines by number and list all that are broken.
func Parse(text string) (map[string]authy.ID, error) {
	users := make(map[string]authy.ID, strings.Count(text, "\n")+1)
	var problems []error
	n := 0
	for line := range strings.SplitSeq(strings.TrimPrefix(text, "\ufeff"), "\n") {
		n++
		name, id, err := parseLine(line)
		if err == nil && name != "" {
			if _, twice := users[name]; twice {
				err = fmt.Errorf("name %q stands here for the second time; want each name once", name)
			}
			users[name] = id
		}
		if err != nil && len(problems) < maxProblems {
			problems = append(problems, fmt.Errorf("line %d: %w", n, err))
		}
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return users, nil
}

// parseLine gives the name and id of one line, an empty name for one without.
func parseLine(line string) (string, authy.ID, error) {
	line = strings.TrimSpace(cutComment(line))
	if line == "" {
		return "", authy.ID{}, nil
	}
	colon := strings.LastIndexByte(line, ':')
	if colon < 0 {
		return "", authy.ID{}, errors.New("has no colon; want name: id")
	}
	name := strings.TrimSpace(line[:colon])
	switch {
	case name == "":
		return "", authy.ID{}, errors.New("has no name; want name: id")
	case !utf8.ValidString(name):
		return "", authy.ID{}, errors.New("has a name that is not UTF-8; want the file in UTF-8")
	case strings.ContainsFunc(name, endsLines):
		return "", authy.ID{}, errors.New("has a control character in its name; want one name a line, and lines that end with a line feed")
	}
	id, err := authy.ParseID(strings.TrimSpace(line[colon+1:]))
	if err != nil {
		return "", authy.ID{}, fmt.Errorf("name %q: %w", name, err)
	}
	return name, id, nil
}

// endsLines says whether a character is one that some editor shows as the end of a line, or as nothing: several lines would be one name.
func endsLines(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) }

// cutComment leaves out a comment: a # at the start or after a blank, and what follows.
func cutComment(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}
