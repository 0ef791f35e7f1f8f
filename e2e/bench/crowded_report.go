package main

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The targets with a full memory.
const (
	mostResident = 256 << 10 // KiB
	leastOthers  = 0.9       // logins of others, over those before
)

// markdown writes it down. short names every target missed, each an errShort.
func (c crowded) markdown() (text string, short error, err error) {
	others, err := c.full.over(c.empty)
	if err != nil {
		return "", nil, fmt.Errorf("with a full memory: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b,
		"\n### With a full memory\n\nhookd, asked without SFTPGo, while %d IPv6 networks failed once each within "+
			"%s, %.0f a second. ",
		c.networks, c.took.Round(time.Second), float64(c.networks)/c.took.Seconds())
	fmt.Fprintf(&b,
		"Somebody who had guessed before was locked out at guess %d at an account and %d from an address, as ever.",
		perAccount+1, perAddress+1)
	if len(c.degraded) > 0 {
		fmt.Fprintf(&b, " `/readyz` says ready, and degraded: %s.", strings.Join(c.degraded, "; "))
	}
	b.WriteString(
		"\n\n| what | must reach | nobody attacks | full | reached | |\n| --- | --- | ---: | ---: | --- | --- |\n")
	var missed []error
	row := func(what, must, before, after, reached string, yes bool) {
		answer := "yes"
		if !yes {
			answer = "**no**"
			missed = append(missed, fmt.Errorf("%w: with a full memory, %s: %s, want %s", errShort, what,
				reached, must))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", what, must, before, after, reached, answer)
	}
	row(fmt.Sprintf("logins of others, %d clients", severalClients), fmt.Sprintf(">= %.2f", leastOthers),
		fmt.Sprintf("%.1f /s", c.empty.median()), fmt.Sprintf("%.1f /s", c.full.median()), others.spread(),
		others.median() >= leastOthers)
	row("the most that was resident", fmt.Sprintf("<= %d MiB", mostResident>>10), "", "",
		fmt.Sprintf("%d MiB", c.resident>>10), c.resident <= mostResident)
	return b.String(), errors.Join(missed...), nil
}
