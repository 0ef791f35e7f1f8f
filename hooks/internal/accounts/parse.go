package accounts

import (
	"strings"

	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/provider"
)

// Nobody is the line of a users file in which nobody is mapped on purpose.
const Nobody = lines.Nobody

// List is the content of a users file.
type List = lines.List[provider.Person]

// format is that of a users file whose references people reads.
func format(people People) lines.Format[provider.Person] {
	return lines.Format[provider.Person]{
		Want: "name: id", Cut: lastColon, Value: people.Parse,
	}
}

func lastColon(line string) int { return strings.LastIndexByte(line, ':') }

// Parse reads the text of a users file: one "name: reference" per line, cut at the last colon,
// blanks around both left out. A # at the start of a line or after a blank begins a comment. people
// makes persons of the references; a line with one that it refuses is broken.
//
// Each line stands for itself. One that is broken denies the name that it has; so does a name that
// stands twice.
func Parse(text string, people People) List { return lines.Parse(text, format(people)) }
