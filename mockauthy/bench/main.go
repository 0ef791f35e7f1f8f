// Command bench measures the mock against the targets in docs/performance.md and, with --write,
// writes its section of that page:
//
//	go run ./mockauthy/bench --write docs/performance.md
//
// Every server that is measured is a process of its own; the load comes from this one. Rounds are
// interleaved, so that whatever else the machine does hits all of them alike.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"sftpgo-authy/internal/cmdline"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// plan is what to measure.
type plan struct {
	apis     []api
	rounds   int
	requests int // of each server in a round
	clients  int
	users    int // of the biggest world
	starts   int
}

func run(ctx context.Context, args []string, out io.Writer) error {
	var p plan
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.Usage = func() { cmdline.WriteFlags(flags.Output(), flags) }
	flags.IntVar(&p.rounds, "rounds", 15, "rounds, of which the median counts")
	flags.IntVar(&p.requests, "requests", 10000, "requests to each server in a round")
	flags.IntVar(&p.clients, "clients", 16, "connections at once")
	flags.IntVar(&p.users, "users", 1_000_000, "users, or factors, of the biggest world")
	flags.IntVar(&p.starts, "starts", 25, "starts of the program, of which the median counts; 0 leaves them out")
	report := flags.String("write", "", "page whose section to write; empty: none")
	only := flags.String("api", "", "measure one API alone: authy or verify")
	child := flags.String("child", "", "how this program starts its own servers: bare, mock, memory")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p.apis = apis()
	if *only != "" {
		a, err := apiOf(*only)
		if err != nil {
			return err
		}
		p.apis = []api{a}
	}
	if *child != "" {
		return serveChild(ctx, *child, p.apis[0], p.users, out)
	}
	results, err := measure(ctx, p, out)
	if err != nil {
		return err
	}
	text := results.table()
	fmt.Fprint(out, text)
	if *report != "" {
		return write(*report, text)
	}
	return nil
}

// measure takes everything, one after the other.
func measure(ctx context.Context, p plan, out io.Writer) (results, error) {
	r := results{plan: p}
	var err error
	if p.starts > 0 {
		if r.start, err = measureStart(ctx, p.starts); err != nil {
			return r, err
		}
		fmt.Fprintln(out, "starts taken")
	}
	for _, a := range p.apis {
		m := measured{api: a}
		if m.memory, err = measureMemory(ctx, a, p.users); err != nil {
			return r, err
		}
		fmt.Fprintln(out, "memory taken")
		if m.rates, err = measureRates(ctx, a, p, out); err != nil {
			return r, err
		}
		r.apis = append(r.apis, m)
	}
	return r, nil
}
