package main

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The targets at a distance.
const (
	mostTrips = 1.15 // round trips of a question, two logins a second
	leastGain = 2.0  // logins per second over those without dialling ahead
	mostBurst = 1.02 // time of a burst after silence over that without dialling ahead
)

// markdown writes it down. short names every target missed, each an errShort.
func (d distances) markdown() (text string, short error, err error) {
	rates, err1 := d.rate[aheadOfTime].over(d.rate[whenWanted])
	bursts, err2 := d.burst[aheadOfTime].over(d.burst[whenWanted])
	if err := errors.Join(err1, err2); err != nil {
		return "", nil, fmt.Errorf("at a distance: %w", err)
	}
	trip := milliseconds(2 * oneWay)
	trips := d.question[aheadOfTime].median() / trip
	var b strings.Builder
	fmt.Fprintf(&b,
		"\n### At a distance\n\nhookd, asked without SFTPGo; Authy over TLS through a relay that adds %d ms each "+
			"way and a round trip for the connection. Medians of %d rounds:\n\n",
		oneWay/time.Millisecond, len(rates))
	fmt.Fprintf(&b, "| what | must reach | %s | %s | reached | |\n| --- | --- | ---: | ---: | --- | --- |\n",
		aheadOfTime, whenWanted)
	var missed []error
	row := func(what, must string, of map[manner]figures, unit, reached string, yes bool) {
		answer := "yes"
		if !yes {
			answer = "**no**"
			missed = append(missed, fmt.Errorf("%w: at a distance, %s: %s, want %s", errShort, what, reached, must))
		}
		fmt.Fprintf(&b, "| %s | %s | %.1f %s | %.1f %s | %s | %s |\n", what, must, of[aheadOfTime].median(), unit,
			of[whenWanted].median(), unit, reached, answer)
	}
	row("a login, two a second, in round trips", fmt.Sprintf("<= %.2f", mostTrips), d.question, "ms",
		fmt.Sprintf("%.2f", trips), trips <= mostTrips)
	row(fmt.Sprintf("logins of %d clients without pause", severalClients), fmt.Sprintf(">= %.1f times", leastGain),
		d.rate, "/s", rates.spread(), rates.median() >= leastGain)
	row(fmt.Sprintf("a burst of %d after silence", severalClients), fmt.Sprintf("<= %.2f times", mostBurst), d.burst,
		"ms", bursts.spread(), bursts.median() <= mostBurst)
	return b.String(), errors.Join(missed...), nil
}
