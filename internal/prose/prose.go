// Package prose breaks the long lines of Markdown that a program writes.
package prose

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Columns is where a line of prose ends in the documents of this repository.
const Columns = 100

var (
	item  = regexp.MustCompile(`^ *([*-]|\d+\.) `)     // what follows is indented by as much
	fixed = regexp.MustCompile("^ *[|#]|^<!--|^ *```") // a table, a heading, a comment, code
)

// Wrap returns the text with its paragraphs and list items broken at blanks, so that no line has
// more than [Columns]. Tables and headings stay as they are. A word that is longer does, too.
func Wrap(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if !fixed.MatchString(line) {
			lines[i] = fill(line, strings.Repeat(" ", len(item.FindString(line))))
		}
	}
	return strings.Join(lines, "\n")
}

// fill breaks one line; all but its first begin with indent.
func fill(line, indent string) string {
	var done []string
	for utf8.RuneCountInString(line) > Columns {
		head := string([]rune(line)[:Columns+1])
		at := strings.LastIndexByte(head, ' ')
		if at <= len(indent) {
			break
		}
		done = append(done, line[:at])
		line = indent + line[at+1:]
	}
	return strings.Join(append(done, line), "\n")
}
