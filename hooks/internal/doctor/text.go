package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Words that begin a line of the text.
const (
	wordFail    = "FAIL"
	wordWarn    = "WARN"
	wordNote    = "NOTE"
	wordOK      = "OK"
	wordNotSeen = "NOT SEEN"
)

// word returns the word for findings of a severity.
func (s Severity) word() string {
	switch s {
	case Critical, High:
		return wordFail
	case Warning:
		return wordWarn
	case Info:
		return wordNote
	}
	return wordFail
}

// WriteText writes the report for a person: what was found, the worst first, then the checks that
// are ok, then what was not seen, grouped by its reason, and a count as the last line. Texts that
// come from SFTPGo are quoted where they are found.
func (r Report) WriteText(w io.Writer) error {
	var b strings.Builder
	for _, word := range []string{wordFail, wordWarn, wordNote} {
		for _, f := range r.Findings {
			if f.Severity.word() == word {
				f.write(&b)
			}
		}
	}
	r.writeOK(&b)
	r.writeNotSeen(&b)
	fmt.Fprintf(&b, "\n%s\n", r.summary())
	_, err := io.WriteString(w, b.String())
	return err
}

// write writes one finding.
func (f Finding) write(b *strings.Builder) {
	fmt.Fprintf(b, "%-8s  %s (%s): %s\n          %s\n", f.Severity.word(), f.ID, f.Severity, f.Where, f.What)
	if f.Line != "" {
		fmt.Fprintf(b, "          change: %s\n", f.Line)
	}
}

// writeOK writes the checks that are well. What they say must not contradict a note that they made.
func (r Report) writeOK(b *strings.Builder) {
	noted := map[string]bool{}
	for _, f := range r.Findings {
		noted[f.ID] = true
	}
	for _, c := range r.Checks {
		switch {
		case c.State == OK && noted[c.ID]:
			fmt.Fprintf(b, "%-8s  %-22s  but for the notes above\n", wordOK, c.ID)
		case c.State == OK:
			fmt.Fprintf(b, "%-8s  %-22s  %s\n", wordOK, c.ID, c.About)
		}
	}
}

// writeNotSeen writes each reason once, with the checks that could not be made or finished for it.
func (r Report) writeNotSeen(b *strings.Builder) {
	var order []string
	checks := map[string][]string{}
	for _, c := range r.Checks {
		for _, reason := range c.NotSeen {
			if checks[reason] == nil {
				order = append(order, reason)
			}
			checks[reason] = append(checks[reason], c.ID)
		}
	}
	for _, reason := range order {
		fmt.Fprintf(b, "%-8s  %s\n", wordNotSeen, reason)
		for _, line := range wrap(checks[reason], 76) {
			fmt.Fprintf(b, "          %s\n", line)
		}
	}
}

// wrap joins names with commas into lines of at most this width.
func wrap(names []string, width int) []string {
	lines := []string{""}
	for i, name := range names {
		if i < len(names)-1 {
			name += ","
		}
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = name
		case len(*last)+1+len(name) > width:
			lines = append(lines, name)
		default:
			*last += " " + name
		}
	}
	return lines
}

// summary counts the checks by what became of them.
func (r Report) summary() string {
	count := map[State]int{}
	partly := 0
	for _, c := range r.Checks {
		count[c.State]++
		if c.State != NotSeen && len(c.NotSeen) > 0 {
			partly++
		}
	}
	text := fmt.Sprintf("%d checks: %d FAIL, %d WARN, %d OK, %d NOT SEEN",
		len(r.Checks), count[Fail], count[Warn], count[OK], count[NotSeen])
	if partly > 0 {
		text += fmt.Sprintf("; %d of the FAIL and WARN could not see everything", partly)
	}
	return text
}

// WriteJSON writes the report for a machine.
func (r Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(r)
}
