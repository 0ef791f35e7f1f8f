package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sftpgo-authy/e2e/internal/target"
)

// manner is how hookd comes by its connections to Authy.
type manner string

// What is compared at a distance.
const (
	aheadOfTime manner = "dialled ahead"
	whenWanted  manner = "dialled when wanted" // hookd.dial_ahead: false
)

var manners = [...]manner{aheadOfTime, whenWanted}

// Logins of a round at a distance.
const (
	calmly  = 6                   // one by one
	firstAt = firstID + 6*perKind // the ids of those who log in
)

// remote is all that runs for the section "at a distance": hookd twice, asked without SFTPGo, so
// that what is measured is the way to Authy.
type remote struct {
	b       *bench
	far     *far
	dir     string
	daemons map[manner]*daemon
}

// distances are what was measured there, one figure from each round or login.
type distances struct {
	question map[manner]figures // milliseconds of a login, two a second
	rate     map[manner]figures // logins per second, several clients without pause
	burst    map[manner]figures // milliseconds of as many logins at once, after silence
}

// atDistance measures what hookd gains by dialling ahead.
func (b *bench) atDistance(ctx context.Context, out io.Writer) (d distances, err error) {
	d = distances{map[manner]figures{}, map[manner]figures{}, map[manner]figures{}}
	r := &remote{b: b, daemons: map[manner]*daemon{}}
	if r.dir, err = os.MkdirTemp("", "bench-distance-"); err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.open(ctx); err != nil {
		return d, err
	}
	rounds := (b.options.rounds + 2) / 3
	for round := range rounds + 1 { // the first one only warms up
		if err := r.round(ctx, round, &d); err != nil {
			return d, fmt.Errorf("at a distance: %w", err)
		}
		if round > 0 {
			fmt.Fprintf(out, "at a distance, round %d of %d\n", round, rounds)
		}
	}
	return d, nil
}

// crowd is who logs in at a distance.
func (r *remote) crowd() []person {
	all := make([]person, max(severalClients*r.b.options.logins, calmly))
	for i := range all {
		id := int64(firstAt + i)
		all[i] = person{target.Account{Name: fmt.Sprintf("d%d", id), Password: password, Kind: target.ExtauthAccount},
			id}
	}
	return all
}

// open starts everything.
func (r *remote) open(ctx context.Context) error {
	var users strings.Builder
	for _, p := range r.crowd() {
		fmt.Fprintf(&users, "%s: %d\n", p.account.Name, p.id)
	}
	if err := enrolAll(ctx, r.b.mock.Client, r.crowd()); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.dir, "users"), []byte(users.String()), 0o600); err != nil {
		return err
	}
	var err error
	if r.far, err = startFar(r.b.mock.URL, r.dir); err != nil {
		return err
	}
	for _, m := range manners {
		if r.daemons[m], err = r.start(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// start starts a hookd.
func (r *remote) start(ctx context.Context, m manner) (*daemon, error) {
	settings := filepath.Join(r.dir, strings.ReplaceAll(string(m), " ", "-")+".yaml")
	text := fmt.Sprintf("ca_file: %s\nhookd: {dial_ahead: %t}\n", r.far.ca, m == aheadOfTime)
	if err := os.WriteFile(settings, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return startDaemon(ctx, r.b.programs[ours].Path("hookd"), []string{
		"AUTHY_HOOKS_CONFIG=" + settings, "AUTHY_API_URL=" + r.far.url, "AUTHY_API_KEY=" + r.b.mock.Key,
		"AUTHY_USERS_FILE=" + filepath.Join(r.dir, "users"), "AUTHY_AUDIT=" + filepath.Join(r.dir, "audit.jsonl"),
	})
}

func (r *remote) close() error {
	var errs []error
	for _, d := range r.daemons {
		if d != nil {
			errs = append(errs, d.stop())
		}
	}
	if r.far != nil {
		errs = append(errs, r.far.close())
	}
	return errors.Join(append(errs, os.RemoveAll(r.dir))...)
}

// round measures everything once, in another order each time.
func (r *remote) round(ctx context.Context, round int, d *distances) error {
	for i := range manners {
		m := manners[turn(i, round, len(manners))]
		took, err := r.calm(ctx, r.daemons[m])
		if err != nil {
			return fmt.Errorf("%s, two a second: %w", m, err)
		}
		crowd := r.crowd()
		whole, err := r.rush(ctx, r.daemons[m], crowd)
		if err != nil {
			return fmt.Errorf("%s, %d clients: %w", m, severalClients, err)
		}
		burst, err := r.afterSilence(ctx, m)
		if err != nil {
			return fmt.Errorf("%s, a burst: %w", m, err)
		}
		if round == 0 {
			continue
		}
		d.question[m] = append(d.question[m], took...)
		d.rate[m] = append(d.rate[m], float64(len(crowd))/whole.Seconds())
		d.burst[m] = append(d.burst[m], milliseconds(burst))
	}
	return nil
}

// calm has people log in twice a second, and returns how long each waited.
func (r *remote) calm(ctx context.Context, d *daemon) (figures, error) {
	all := r.crowd()[:calmly]
	codes, err := r.codes(ctx, all)
	if err != nil {
		return nil, err
	}
	var took figures
	tick := time.NewTicker(r.b.options.spacing)
	defer tick.Stop()
	for i, p := range all {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		began := time.Now()
		if err := d.ask(target.Extauth, p, codes[i]); err != nil {
			return nil, err
		}
		took = append(took, milliseconds(time.Since(began)))
	}
	return took, nil
}

// rush has everybody log in, several at a time and without pause.
func (r *remote) rush(ctx context.Context, d *daemon, all []person) (time.Duration, error) {
	codes, err := r.codes(ctx, all)
	if err != nil {
		return 0, err
	}
	return rush(severalClients, len(all), func(i int) error { return d.ask(target.Extauth, all[i], codes[i]) })
}

// afterSilence has several people log in at once by a hookd that has seen no login before.
func (r *remote) afterSilence(ctx context.Context, m manner) (took time.Duration, err error) {
	d, err := r.start(ctx, m)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.stop()) }()
	return r.rush(ctx, d, r.crowd()[:severalClients])
}

// codes returns codes that were never typed.
func (r *remote) codes(ctx context.Context, all []person) ([]string, error) {
	if err := turnClock(ctx, r.b.mock.Client); err != nil {
		return nil, err
	}
	return look(ctx, r.b.mock.Client, all)
}

// milliseconds returns a time to a hundredth of them.
func milliseconds(d time.Duration) float64 {
	return math.Round(float64(d)/float64(time.Millisecond)*100) / 100
}
