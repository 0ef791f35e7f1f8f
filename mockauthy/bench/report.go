package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"sftpgo-authy/internal/prose"
)

// results are everything that was measured.
type results struct {
	plan  plan
	start start
	apis  []measured
}

// measured is what was measured of one API.
type measured struct {
	api    api
	memory memory
	rates  rates
}

// table writes the results beside what they must reach.
func (r results) table() string {
	var b strings.Builder
	verdict := func(ok bool) string {
		if ok {
			return "yes"
		}
		return "**no**"
	}
	row := func(what, must, got string, ok bool) {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", what, must, got, verdict(ok))
	}
	fmt.Fprintf(&b,
		"\n%s, %s/%s, %d processors. Medians of %d rounds of %d requests to each server over %d connections; rounds "+
			"are interleaved,\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), r.plan.rounds, r.plan.requests,
		r.plan.clients)
	fmt.Fprintf(&b,
		"ratios are taken within a round. Every server is a process of its own, and the load generator, the same "+
			"for all, is another.\n\n")
	b.WriteString("| what | must reach | reached | |\n| --- | --- | --- | --- |\n")
	for _, m := range r.apis {
		m.rows(&b, row)
	}
	if r.plan.starts == 0 {
		return b.String()
	}
	row("exec to the first 200 on readyz", "< 50 ms", fmt.Sprintf("%.1f ms", ms(r.start.ready)),
		r.start.ready < 50*time.Millisecond)
	row("`mockauthytest.New(t)`", "< 1 ms", fmt.Sprintf("%.2f ms", ms(r.start.inTest)),
		r.start.inTest < time.Millisecond)
	row("stripped program", "< 20 MB", fmt.Sprintf("%.1f MB", float64(r.start.size)/1e6), r.start.size < 20e6)
	return b.String()
}

// rows writes the results of one API.
func (m measured) rows(b *strings.Builder, row func(what, must, got string, ok bool)) {
	x, people := m.rates, m.api.people
	row(
		fmt.Sprintf(
			"%s with a right fresh code, journal on, %d %s, against a bare gorilla/mux handler with the same body",
			m.api.what,
			x.sizes[1],
			people,
		),
		fmt.Sprintf(">= %.2f", m.api.must),
		fmt.Sprintf("%.2f (%.0f/s against %.0f/s)", x.mediumToBare, x.medium, x.bare),
		x.mediumToBare >= m.api.must,
	)
	row(fmt.Sprintf("the same with %d %s against %d", x.sizes[2], people, x.sizes[0]),
		">= 0.9", fmt.Sprintf("%.2f (%.0f/s against %.0f/s)", x.bigToSmall, x.big, x.small), x.bigToSmall >= 0.9)
	fmt.Fprintf(b, "| processor time of the server for one request: bare handler; mock with %d, %d, %d %s | | %v; %v, "+
		"%v, %v | |\n",
		x.sizes[0], x.sizes[1], x.sizes[2], people, x.cpu[0], x.cpu[1], x.cpu[2], x.cpu[3])
	row(fmt.Sprintf("HeapAlloc for each of %d %s", x.sizes[2], people), "<= 700 bytes",
		fmt.Sprintf("%d bytes", m.memory.made), m.memory.made <= 700)
	row("the same after each has had a code accepted", "<= 700 bytes", fmt.Sprintf("%d bytes", m.memory.used),
		m.memory.used <= 700)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// The section of the page that this program writes stands between these lines.
const (
	first = "<!-- mock: written by go run ./mockauthy/bench --write docs/performance.md -->\n"
	last  = "<!-- mock: end -->\n"
)

// write puts the section into the page, at its end where there was none.
func write(file, text string) error {
	page, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		page, err = []byte("# Performance\n"), nil
	}
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(page), first)
	after := ""
	if found {
		_, after, _ = strings.Cut(rest, last)
	} else {
		before = strings.TrimRight(before, "\n") +
			"\n\n## mockauthy\n\nMeasured by `make bench`; the mock's part is `go run ./mockauthy/bench --write " +
			"docs/performance.md`.\n\n"
	}
	return os.WriteFile(file, []byte(before+first+prose.Wrap(text)+"\n"+last+after), 0o644)
}
