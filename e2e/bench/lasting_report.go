package main

import (
	"errors"
	"fmt"
	"strings"
)

// The targets with a memory file, over a yardstick that makes one commit for each login.
const (
	leastInFile = 0.95 // logins a second at hookd
	mostInFile  = 1.15 // the time of a program
)

// markdown writes it down. short names every target missed, each an errShort.
func (m inFile) markdown() (text string, short error, err error) {
	var b strings.Builder
	b.WriteString("\n### With a memory file\n\n" +
		"hookd behind SFTPGo, as in the first table, and the programs alone, with `memory_file`, " +
		"beside yardsticks that ask Authy, ignore the answer and make one commit in a bbolt file for each login.\n\n" +
		"| what | must reach | one commit | ours | reached | |\n| --- | --- | ---: | ---: | --- | --- |\n")
	var missed []error
	row := func(what, must, unit string, of map[kind]figures, holds func(float64) bool) error {
		reached, err := of[remembering].over(of[lasting])
		if err != nil {
			return fmt.Errorf("with a memory file, %s: %w", what, err)
		}
		answer := "yes"
		if !holds(reached.median()) {
			answer = "**no**"
			missed = append(missed, fmt.Errorf("%w: with a memory file, %s: %s, want %s", errShort, what,
				reached.spread(), must))
		}
		fmt.Fprintf(&b, "| %s | %s | %.1f %s | %.1f %s | %s | %s |\n", what, must, of[lasting].median(), unit,
			of[remembering].median(), unit, reached.spread(), answer)
		return nil
	}
	for _, c := range m.cells() {
		rates := map[kind]figures{}
		for _, c.kind = range withMemory {
			rates[c.kind] = m.rates[c]
		}
		what := fmt.Sprintf("%s, hookd, %d at once", c.form.hook, c.clients)
		if err := row(what, fmt.Sprintf(">= %.2f", leastInFile), "/s", rates,
			func(r float64) bool { return r >= leastInFile }); err != nil {
			return "", nil, err
		}
	}
	for _, hook := range hooks {
		if err := row(fmt.Sprintf("%s, program", hook), fmt.Sprintf("<= %.2f", mostInFile), "ms", m.times[hook],
			func(r float64) bool { return r <= mostInFile }); err != nil {
			return "", nil, err
		}
	}
	return b.String(), errors.Join(missed...), nil
}
