package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rates are the medians of requests per second, and of the ratios of one round.
type rates struct {
	bare, small, medium, big float64
	mediumToBare, bigToSmall float64
	cpu                      [4]time.Duration // for a request, of each server's process
	sizes                    [3]int
}

// process is a server of ours in a process of its own.
type process struct {
	api   api
	cmd   *exec.Cmd
	addr  string        // of the server
	cpu   time.Duration // spent on requests
	clock string        // where the clock is turned; "-" for the bare one
}

// startChild starts this program again as a server.
func startChild(ctx context.Context, kind string, a api, users int) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "-child", kind, "-api", a.name, "-users", strconv.Itoa(users))
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(pipe).ReadString('\n')
	if err != nil {
		_ = cmd.Process.Kill()
		return nil, fmt.Errorf("%s with %d users did not start: %w", kind, users, cmd.Wait())
	}
	addr, clock, _ := strings.Cut(strings.TrimSpace(line), " ")
	return &process{api: a, cmd: cmd, addr: addr, clock: clock}, nil
}

func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// turns moves the clock of a mock one step and returns right requests for it.
func (p *process) turns(ctx context.Context, n int) ([]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/turn?n=%d", p.clock, n), nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	var all []string
	if err := json.NewDecoder(res.Body).Decode(&all); err != nil {
		return nil, err
	}
	if len(all) != n {
		return nil, fmt.Errorf("got %d right requests, want %d", len(all), n)
	}
	return all, nil
}

// batch is how many requests are sent between two turns of a clock: no more than the smallest app
// has users, so that no code is asked for twice.
const batch = 1000

// round sends one round's requests to every server in turns of a batch, so that a busy moment of
// the machine hits all of them, and returns how many each of them answered in a second. Turning the
// clock does not count.
func round(ctx context.Context, servers []*process, p plan, number int) (got [4]float64, err error) {
	a := servers[0].api
	var took [4]time.Duration
	sent := 0
	for ; sent < p.requests; sent += batch {
		for i := range servers {
			which := (i + number + sent/batch) % len(servers)      // nobody is always first
			turns, err := servers[max(which, 1)].turns(ctx, batch) // the bare one takes any
			if err != nil {
				return got, err
			}
			before := cpuTime(servers[which].cmd.Process.Pid)
			d, err := load(servers[which].addr, turns, a, p.clients)
			if err != nil {
				return got, err
			}
			took[which] += d
			servers[which].cpu += cpuTime(servers[which].cmd.Process.Pid) - before
		}
	}
	for i := range got {
		got[i] = float64(sent) / took[i].Seconds()
	}
	return got, nil
}

func measureRates(ctx context.Context, a api, p plan, out io.Writer) (rates, error) {
	r := rates{sizes: [3]int{batch, max(p.users/10, batch), p.users}}
	kinds := []struct {
		kind  string
		users int
	}{{"bare", 0}, {"mock", r.sizes[0]}, {"mock", r.sizes[1]}, {"mock", r.sizes[2]}}
	var servers []*process
	for _, k := range kinds {
		s, err := startChild(ctx, k.kind, a, k.users)
		if err != nil {
			return r, err
		}
		defer s.stop()
		servers = append(servers, s)
	}
	rounds := make([][4]float64, 0, p.rounds)
	for number := range p.rounds + 1 {
		got, err := round(ctx, servers, p, number)
		if err != nil {
			return r, err
		}
		if number == 0 { // the first one warms up
			for _, s := range servers {
				s.cpu = 0
			}
			continue
		}
		fmt.Fprintf(out, "%s, round %d: bare %.0f/s, mock with %d people %.0f/s, %d people %.0f/s, %d people %.0f/s\n",
			a.name, number, got[0], r.sizes[0], got[1], r.sizes[1], got[2], r.sizes[2], got[3])
		rounds = append(rounds, got)
	}
	column := func(f func([4]float64) float64) float64 {
		var all []float64
		for _, got := range rounds {
			all = append(all, f(got))
		}
		return median(all)
	}
	for i, s := range servers {
		r.cpu[i] = s.cpu / time.Duration(p.rounds*p.requests)
	}
	r.bare = column(func(g [4]float64) float64 { return g[0] })
	r.small = column(func(g [4]float64) float64 { return g[1] })
	r.medium = column(func(g [4]float64) float64 { return g[2] })
	r.big = column(func(g [4]float64) float64 { return g[3] })
	r.mediumToBare = column(func(g [4]float64) float64 { return g[2] / g[0] })
	r.bigToSmall = column(func(g [4]float64) float64 { return g[3] / g[1] })
	return r, nil
}

func median(all []float64) float64 {
	slices.Sort(all)
	if len(all) == 0 {
		return 0
	}
	return all[len(all)/2]
}
