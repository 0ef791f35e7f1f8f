// Package report counts what the scenarios did on each target and says so at the end of a run.
package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
)

// Results are the results of one test run. Its methods may be called from any goroutine.
type Results struct {
	mu    sync.Mutex
	lines []*line
	cells map[Cell]string
	out   map[string]string // tags of scenarios that ran nowhere, with the reason
}

// line is one target.
type line struct {
	name, what     string
	ran            bool
	passed, failed int
	failures       []string
}

// New returns empty results.
func New() *Results { return &Results{} }

func (r *Results) line(name string) *line {
	i := slices.IndexFunc(r.lines, func(l *line) bool { return l.name == name })
	if i < 0 {
		r.lines = append(r.lines, &line{name: name})
		i = len(r.lines) - 1
	}
	return r.lines[i]
}

// Begin notes that a target runs, and what it is.
func (r *Results) Begin(name, what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.line(name)
	l.ran, l.what = true, what
}

// Skip notes that a target does not run, and why.
func (r *Results) Skip(name, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.line(name).what, _, _ = strings.Cut(why, "\n")
}

// LeftOut notes that the scenarios with a tag run on no target, and why.
func (r *Results) LeftOut(tag, why string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.out == nil {
		r.out = map[string]string{}
	}
	r.out[tag] = why
}

// Scenario counts one scenario of a target; a nil error is a pass.
func (r *Results) Scenario(name, scenario string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.line(name)
	if err == nil {
		l.passed++
		return
	}
	l.failed++
	l.failures = append(l.failures, scenario)
}

// Count returns how many scenarios ran on a target.
func (r *Results) Count(name string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	l := r.line(name)
	return l.passed + l.failed
}

// Table prints a line for each target, failed scenarios first. With nothing to tell it prints
// nothing.
func (r *Results) Table(w io.Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) == 0 {
		return
	}
	for _, l := range r.lines {
		slices.Sort(l.failures)
		for _, failure := range l.failures {
			_, _ = fmt.Fprintf(w, "FAILED on %s: %s\n", l.name, failure)
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(r.out)) {
		_, _ = fmt.Fprintf(w, "LEFT OUT: scenarios tagged %s, since %s\n", tag, r.out[tag])
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "TARGET\tRAN\tPASSED\tFAILED\tWHAT, OR WHY NOT")
	for _, l := range r.lines {
		if !l.ran {
			_, _ = fmt.Fprintf(table, "%s\tno\t-\t-\t%s\n", l.name, l.what)
			continue
		}
		_, _ = fmt.Fprintf(table, "%s\tyes\t%d\t%d\t%s\n", l.name, l.passed, l.failed, l.what)
	}
	_ = table.Flush() // the writer is a terminal or a test's buffer
}
