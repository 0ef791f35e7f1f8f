package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"

	"sftpgo-authy/e2e/internal/target"
)

// The targets: logins of ours over those of the minimal hook, and the time of our program over that
// of the minimal one.
const (
	leastLogins = 0.95
	mostTime    = 1.15
)

// errShort is a target that was missed.
var errShort = errors.New("short of the target")

// report is what was measured.
type report struct {
	options options
	server  string
	logins  map[cell]figures // per second
	times   map[cell]figures // milliseconds
}

// markdown writes it down. short names every target missed, each an errShort.
func (r report) markdown() (text string, short error, err error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s; %s; %d cores%s. Medians of %d rounds; extauth and checkpwd over %s, keyint over SFTP.\n\n",
		r.server, runtime.Version(), runtime.NumCPU(), processor(), r.options.rounds, r.options.way)
	fmt.Fprintf(&b, "Logins per second, with one client and with %d at once:\n\n", severalClients)
	fmt.Fprintf(&b,
		"| form | clients | %s | %s | %s | %s | ours / minimal |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
		none, nothing, minimal, ours)
	var missed []error
	for _, f := range forms() {
		for _, clients := range []int{1, severalClients} {
			fmt.Fprintf(&b, "| %s | %d |", f, clients)
			for _, k := range kinds {
				fmt.Fprintf(&b, " %.1f |", r.logins[cell{f, clients, k}].median())
			}
			ratios, err := r.logins[cell{f, clients, ours}].over(r.logins[cell{f, clients, minimal}])
			if err != nil {
				return "", nil, fmt.Errorf("%s: %w", f, err)
			}
			fmt.Fprintf(&b, " %s |\n", ratios.spread())
			if ratios.median() < leastLogins {
				missed = append(missed, fmt.Errorf("%w: %s, %d clients: %.3f of the minimal hook's logins, want %.2f",
					errShort, f, clients, ratios.median(), leastLogins))
			}
		}
	}
	fmt.Fprintf(&b, "\nTime of the program alone, from start to end, in milliseconds; %d runs each:\n\n",
		r.options.pairs)
	fmt.Fprintf(&b, "| program | %s | %s | %s | ours / minimal |\n| --- | ---: | ---: | ---: | ---: |\n", nothing,
		minimal, ours)
	for _, hook := range hooks {
		f := form{hook, target.Program}
		fmt.Fprintf(&b, "| %s |", hook)
		for _, k := range kinds[1:] {
			fmt.Fprintf(&b, " %.2f |", r.times[cell{f, 1, k}].median())
		}
		ratios, err := r.times[cell{f, 1, ours}].over(r.times[cell{f, 1, minimal}])
		if err != nil {
			return "", nil, fmt.Errorf("program %s: %w", hook, err)
		}
		fmt.Fprintf(&b, " %s |\n", ratios.spread())
		if ratios.median() > mostTime {
			missed = append(missed, fmt.Errorf("%w: program %s: %.3f of the minimal program's time, want at most %.2f",
				errShort, hook, ratios.median(), mostTime))
		}
	}
	return b.String(), errors.Join(missed...), nil
}

// processor names the machine's processor, where Linux tells.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			return ", " + strings.TrimSpace(value)
		}
	}
	return ""
}
