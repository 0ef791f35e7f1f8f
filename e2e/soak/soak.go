package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/mockauthy/mockapi"
)

type options struct {
	length  time.Duration // of what is measured
	settle  time.Duration // before that
	clients int
	target  string
	door    target.Door
}

// check says what is wrong with the options, all at once.
func (o options) check(rest []string) error {
	var errs []error
	if len(rest) > 0 {
		errs = append(errs, fmt.Errorf("argument %q is not understood, want flags only", rest[0]))
	}
	if o.length <= 0 {
		errs = append(errs, fmt.Errorf("-for %s: want a time above 0", o.length))
	}
	if o.settle < 0 {
		errs = append(errs, fmt.Errorf("-settle %s: want 0 or more", o.settle))
	}
	if o.clients < 1 || o.clients > 64 {
		errs = append(errs, fmt.Errorf("-clients %d: want 1 to 64", o.clients))
	}
	if o.door != target.HTTP && o.door != target.Program {
		errs = append(errs, fmt.Errorf("-door %q: want HTTP or program", o.door))
	}
	return errors.Join(errs...)
}

// Before the first figures pass at least so many rounds, that caches and pools are filled, and so
// long that hookd forgets as much as it remembers: codes for two minutes, where a conversation
// comes from for three.
const (
	warmRounds = 3
	settleTime = 190 * time.Second
)

// run soaks and reports. It fails on any login that ended otherwise than it must, and when a
// process of ours grew.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	programs, err := target.BuildPrograms(ctx, root)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, programs.Remove()) }()
	server, err := target.Choose(ctx, o.target, target.NewBinary(os.Getenv("SFTPGO_BIN"), programs),
		target.NewEmbedded(programs))
	if err != nil {
		return err
	}
	all := people()
	var users strings.Builder
	for _, p := range all {
		fmt.Fprintf(&users, "%s: %d\n", p.account.Name, p.id)
	}
	site, err := server.Lease(ctx, target.Setup{
		Hooks: []target.Hook{target.Keyint, target.Extauth, target.Checkpwd}, Door: o.door, Users: users.String(),
		// Every fifth login is wrong on purpose, and all come from one address.
		Config: map[string]string{"hookd.lockout.per_ip": "1000000"},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, site.Release(), server.Close()) }()
	for _, p := range all {
		if err := site.PutAccount(ctx, p.account); err != nil {
			return fmt.Errorf("account %s: %w", p.account.Name, err)
		}
		user := mockapi.NewUser{ID: p.id, Name: p.account.Name, CountryCode: 1,
			Cellphone: fmt.Sprintf("20255%05d", p.id-firstID)}
		if _, err := site.Authy().AddUser(ctx, user); err != nil {
			return fmt.Errorf("user %s at mockauthy: %w", p.account.Name, err)
		}
	}
	fmt.Fprintf(out, "%s, hooks through the %s door, %d clients, %s\n", server.Describe(), o.door, o.clients, o.length)
	return soak(ctx, o, site, all, out)
}

func soak(ctx context.Context, o options, site target.Site, all []person, out io.Writer) error {
	t, n := newTally(), 0
	for began := time.Now(); (n < warmRounds || time.Since(began) < o.settle) && ctx.Err() == nil; n++ {
		if err := round(ctx, site, all, n, o.clients, t); err != nil {
			return err
		}
	}
	t.restart()
	first, err := everybody()
	if err != nil {
		return err
	}
	began := time.Now()
	for ; time.Since(began) < o.length && ctx.Err() == nil; n++ {
		if err := round(ctx, site, all, n, o.clients, t); err != nil {
			return err
		}
	}
	took := time.Since(began)
	last, err := everybody()
	if err != nil {
		return err
	}
	if len(t.kept) > 0 {
		audit, err := site.Audit(context.WithoutCancel(ctx))
		if err != nil {
			return err
		}
		t.tellChances(audit)
	}
	return report(out, t, took, first, last)
}

// everybody measures this process (mockauthy and the clients) and those it started.
func everybody() (map[string]figures, error) {
	all := map[string]figures{}
	own, err := self()
	if err != nil {
		return nil, err
	}
	all["mockauthy and clients"] = own
	started, err := children()
	if err != nil {
		return nil, err
	}
	for name, figuresOf := range map[string]func(int) (figures, error){"hookd": hookd, "sftpgo": measure} {
		pid, ok := started[name]
		if !ok {
			continue
		}
		if all[name], err = figuresOf(pid); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func report(out io.Writer, t *tally, took time.Duration, first, last map[string]figures) error {
	if len(t.took) == 0 {
		return errors.New("not one login was tried")
	}
	slices.Sort(t.took)
	at := func(share float64) time.Duration {
		return t.took[int(share*float64(len(t.took)-1))].Round(100 * time.Microsecond)
	}
	fmt.Fprintf(out, "%d logins in %s: %.1f a second; let in %d, kept out %d, wrong %d\n", len(t.took),
		took.Round(time.Second),
		float64(len(t.took))/took.Seconds(), t.in, t.out, len(t.wrong))
	fmt.Fprintf(out, "kept out with a right code that by chance is one of the person's last two minutes: %d\n",
		t.chances)
	fmt.Fprintf(out, "time of a login: median %s, 95%% %s, 99%% %s, longest %s\n", at(0.5), at(0.95), at(0.99), at(1))
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(first)) {
		a, b := first[name], last[name]
		fmt.Fprintf(out, "%-22s memory %d -> %d KiB, files %d -> %d, threads %d -> %d", name, a.Memory, b.Memory,
			a.Files, b.Files, a.Threads, b.Threads)
		if a.Goroutines > 0 {
			fmt.Fprintf(out, ", goroutines %d -> %d", a.Goroutines, b.Goroutines)
		}
		if a.Live > 0 {
			fmt.Fprintf(out, "; live %d -> %d KiB, at most %d resident", a.Live, b.Live, b.Peak)
		}
		fmt.Fprintln(out)
		if name != "sftpgo" {
			errs = append(errs, growth(name, a, b))
		}
		if name == "hookd" {
			errs = append(errs, bound(b, float64(len(t.took))/took.Seconds()))
		}
	}
	if len(t.wrong) > 0 {
		errs = append(errs, fmt.Errorf("%d logins went wrong, the first: %w", len(t.wrong), t.wrong[0]))
	}
	return errors.Join(errs...)
}
