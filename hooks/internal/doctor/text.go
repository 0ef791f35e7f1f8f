package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
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
// come from SFTPGo are quoted where they are found. Lines are broken between words at width
// columns; 0 leaves them whole.
func (r Report) WriteText(w io.Writer, width int) error {
	b := page{width: width}
	for _, word := range []string{wordFail, wordWarn, wordNote} {
		for _, f := range r.Findings {
			if f.Severity.word() == word {
				f.write(&b)
			}
		}
	}
	r.writeOK(&b)
	r.writeNotSeen(&b)
	fmt.Fprintf(&b, "\n%s\n", strings.Join(fold(r.summary(), width), "\n"))
	_, err := io.WriteString(w, b.String())
	return err
}

// page is a text with lines of at most width columns.
type page struct {
	strings.Builder
	width int
}

// column is where the texts stand, behind the words.
const column = 10

// row writes a text behind the word for it, "" for no word.
func (p *page) row(word, text string) {
	for i, line := range fold(text, p.width-column) {
		if i > 0 {
			word = ""
		}
		fmt.Fprintf(p, "%-*s%s\n", column, word, line)
	}
}

// fold breaks a text between its words into lines of at most width columns; a width below 20
// leaves it whole. A longer word has a line of its own.
func fold(text string, width int) []string {
	if width < 20 {
		return []string{text}
	}
	var lines []string
	for utf8.RuneCountInString(text) > width {
		at := strings.LastIndex(string([]rune(text)[:width+1]), " ")
		if at <= 0 {
			at = strings.Index(text, " ")
		}
		if at < 0 {
			break
		}
		lines, text = append(lines, text[:at]), strings.TrimLeft(text[at:], " ")
	}
	return append(lines, text)
}

// write writes one finding.
func (f Finding) write(p *page) {
	p.row(f.Severity.word(), fmt.Sprintf("%s (%s): %s", f.ID, f.Severity, f.Where))
	p.row("", f.What)
	if f.Line != "" {
		p.row("", "change: "+f.Line)
	}
}

// writeOK writes the checks that are well. What they say must not contradict a note that they made.
func (r Report) writeOK(p *page) {
	noted := map[string]bool{}
	for _, f := range r.Findings {
		noted[f.ID] = true
	}
	for _, c := range r.Checks {
		switch {
		case c.State == OK && noted[c.ID]:
			p.row(wordOK, fmt.Sprintf("%-22s  but for the notes above", c.ID))
		case c.State == OK:
			p.row(wordOK, fmt.Sprintf("%-22s  %s", c.ID, c.About))
		}
	}
}

// writeNotSeen writes each reason once, with the checks that could not be made or finished for it.
func (r Report) writeNotSeen(p *page) {
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
		p.row(wordNotSeen, reason)
		for _, line := range fold(strings.Join(checks[reason], ", "), 76) {
			p.row("", line)
		}
	}
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
