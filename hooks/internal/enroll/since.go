package enroll

import (
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
)

// mark begins the comment behind a reference that says on which day it was written.
const mark = "# since "

// Dated returns a line of the users file with the day on which it is written, for [Since].
func Dated(line accounts.Line, day time.Time) accounts.Line {
	line.Reference += "  " + mark + day.UTC().Format(time.DateOnly)
	return line
}

// Since returns on which day, as "2026-11-27", the line of each account was written, as far as the
// text of a users file says it.
func Since(text string) map[string]string {
	days := map[string]string{}
	for line := range strings.Lines(text) {
		at := strings.LastIndex(line, mark)
		if at < 0 {
			continue
		}
		day := strings.TrimSpace(line[at+len(mark):])
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			continue
		}
		if name, ok := accounts.NameIn(line); ok {
			days[name] = day
		}
	}
	return days
}
