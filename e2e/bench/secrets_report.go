package main

import (
	"errors"
	"fmt"
	"strings"
)

// The targets with many secrets, beside few.
const (
	leastWithMany = 0.95 // logins a second at hookd
	mostMore      = 30.0 // milliseconds that a program takes longer
)

// markdown writes it down. short names every target missed, each an errShort.
func (m withSecrets) markdown() (text string, short error, err error) {
	rates, err := m.rates[m.many].over(m.rates[fewSecrets])
	if err != nil {
		return "", nil, fmt.Errorf("local TOTP: %w", err)
	}
	more := m.times[m.many].median() - m.times[fewSecrets].median()
	var b strings.Builder
	fmt.Fprintf(&b, "\n### With many secrets\n\ncheckpwd with local TOTP and `memory_file`, without SFTPGo, one "+
		"client: with %d secrets and with %d.\n\n| what | must reach | %[1]d | %d | reached | |\n"+
		"| --- | --- | ---: | ---: | --- | --- |\n", fewSecrets, m.many)
	var missed []error
	row := func(what, must, few, many, reached string, holds bool) {
		answer := "yes"
		if !holds {
			answer = "**no**"
			missed = append(missed, fmt.Errorf("%w: with many secrets, %s: %s, want %s", errShort, what, reached, must))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", what, must, few, many, reached, answer)
	}
	row("hookd", fmt.Sprintf(">= %.2f", leastWithMany), fmt.Sprintf("%.1f /s", m.rates[fewSecrets].median()),
		fmt.Sprintf("%.1f /s", m.rates[m.many].median()), rates.spread(), rates.median() >= leastWithMany)
	row("program", fmt.Sprintf("<= %.0f ms more", mostMore), fmt.Sprintf("%.1f ms", m.times[fewSecrets].median()),
		fmt.Sprintf("%.1f ms", m.times[m.many].median()), fmt.Sprintf("%.1f ms", more), more <= mostMore)
	return b.String(), errors.Join(missed...), nil
}
