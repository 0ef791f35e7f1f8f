package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// step is that of Authy's own app.
const step = 10 * time.Second

// bench is all that runs while it is measured: one mockauthy for everybody, and an SFTPGo for each
// kind and door.
type bench struct {
	options  options
	programs map[kind]target.Programs
	mock     *mockauthytest.Server
	server   target.Target
	sites    map[kind]map[target.Door]target.Site
}

// run measures and reports. Any login that ends otherwise than it must is an error: a refusal would
// be quick.
func run(ctx context.Context, o options, out io.Writer) (err error) {
	root, err := filepath.Abs(".")
	if err != nil {
		return err
	}
	programs, remove, err := build(ctx, root)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	mock, err := mockauthytest.Start()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, mock.Close()) }()
	b := &bench{options: o, programs: programs, mock: mock, sites: map[kind]map[target.Door]target.Site{}}
	if err := enrol(ctx, mock.Client, b.crowd()); err != nil {
		return err
	}
	freeze := true // the bench alone turns the clock
	if _, err := mock.Client.TurnClock(ctx, mockapi.ClockChange{Freeze: &freeze}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.open(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s; %d rounds\n", b.server.Describe(), o.rounds)
	if err := b.provesItself(ctx); err != nil {
		return err
	}
	rates, err := b.rounds(ctx, out)
	if err != nil {
		return err
	}
	times, err := b.programTimes(ctx)
	if err != nil {
		return err
	}
	r := report{o, b.server.Describe(), rates, times}
	text, short, err := r.markdown()
	if err != nil {
		return err
	}
	distances, err := b.atDistance(ctx, out)
	if err != nil {
		return err
	}
	more, tooFar, err := distances.markdown()
	if err != nil {
		return err
	}
	crowd, err := b.withFullMemory(ctx, out)
	if err != nil {
		return err
	}
	full, tooFull, err := crowd.markdown()
	if err != nil {
		return err
	}
	kept, err := b.withFile(ctx, out)
	if err != nil {
		return err
	}
	file, tooSlow, err := kept.markdown()
	if err != nil {
		return err
	}
	local, err := b.withLocalTOTP(ctx, out)
	if err != nil {
		return err
	}
	secrets, tooMany, err := local.markdown()
	if err != nil {
		return err
	}
	text, short = text+more+full+file+secrets, errors.Join(short, tooFar, tooFull, tooSlow, tooMany)
	fmt.Fprint(out, text)
	if o.write != "" {
		if err := replaceSection(o.write, text); err != nil {
			return err
		}
	}
	return short
}

// crowd is how many accounts each hook needs: one for each login of a measurement.
func (b *bench) crowd() int { return b.options.logins * crowdLogins }

// open starts the servers. All hooks of one kind and door share one.
func (b *bench) open(ctx context.Context) error {
	users := usersFile(b.crowd())
	for _, k := range kinds {
		b.sites[k] = map[target.Door]target.Site{}
		for _, door := range []target.Door{target.Program, target.HTTP} {
			if k == none && door == target.HTTP { // it has no door
				b.sites[k][door] = b.sites[k][target.Program]
				continue
			}
			setup := target.Setup{Door: door, Hooks: hooks[:], Users: users, Env: map[string]string{
				"AUTHY_API_URL": b.mock.URL, "AUTHY_API_KEY": b.mock.Key,
			}}
			if k == none {
				setup.Hooks = nil
			}
			if b.options.kept {
				setup.Env["BENCH_KEEP"] = "1"
			}
			if err := b.lease(ctx, k, setup); err != nil {
				return fmt.Errorf("%s, %s: %w", k, door, err)
			}
		}
	}
	return nil
}

// lease starts one server and creates everybody's account there.
func (b *bench) lease(ctx context.Context, k kind, setup target.Setup) error {
	var server target.Target = target.NewBinary(os.Getenv("SFTPGO_BIN"), b.programs[k])
	if b.options.target == "embedded" {
		server = target.NewEmbedded(b.programs[k])
	}
	if err := server.Available(ctx, true); err != nil {
		return err
	}
	b.server = server
	if b.sites[k] == nil {
		b.sites[k] = map[target.Door]target.Site{}
	}
	site, err := server.Lease(ctx, setup)
	if err != nil {
		return err
	}
	b.sites[k][setup.Door] = site
	for _, hook := range hooks {
		for _, p := range people(hook, k, b.crowd()) {
			if err := site.PutAccount(ctx, p.account); err != nil {
				return fmt.Errorf("account %s: %w", p.account.Name, err)
			}
		}
	}
	return nil
}

func (b *bench) close() error {
	var errs []error
	for k, doors := range b.sites {
		for door, site := range doors {
			if k != none || door == target.Program {
				errs = append(errs, site.Release())
			}
		}
	}
	return errors.Join(errs...)
}

// way is how a hook is logged in to.
func (b *bench) way(hook target.Hook) (client.Way, error) {
	if hook == target.Keyint {
		return client.Find("SFTP with prompts")
	}
	return client.Find(b.options.way)
}

// provesItself makes sure that ours keeps a wrong code out, in each form: a hook that is not asked
// would be quick.
func (b *bench) provesItself(ctx context.Context) error {
	for _, f := range forms() {
		way, err := b.way(f.hook)
		if err != nil {
			return err
		}
		one := people(f.hook, ours, 1)
		codes, err := look(ctx, b.mock.Client, one)
		if err != nil {
			return err
		}
		err = login(ctx, b.sites[ours][f.door].Servers(), way, one[0], ours, wrong(codes[0]))
		if !errors.Is(err, client.ErrRefused) {
			return fmt.Errorf("%s: a wrong code ended in %v, want a refusal", f, err)
		}
	}
	return nil
}

// measure has everybody of a form log in once to each kind, clients at a time, and returns logins
// per second of each kind. The kinds take turns, a few logins each, so that whatever else the
// machine does hits all of them. Afterwards the mock must have said yes as often as it was to be
// asked.
func (b *bench) measure(
	ctx context.Context, f form, clients, round int, kinds []kind,
) (map[kind]float64, error) {
	n, slice := b.options.logins, 2
	if clients > 1 {
		n, slice = b.crowd(), 2*clients
	}
	way, err := b.way(f.hook)
	if err != nil {
		return nil, err
	}
	if err := b.mock.Client.ClearJournal(ctx); err != nil {
		return nil, err
	}
	all, codes := map[kind][]person{}, map[kind][]string{}
	if err := turnClock(ctx, b.mock.Client); err != nil {
		return nil, err
	}
	for _, k := range kinds {
		all[k] = people(f.hook, k, n)
		if codes[k], err = look(ctx, b.mock.Client, all[k]); err != nil {
			return nil, err
		}
	}
	took := map[kind]time.Duration{}
	for from := 0; from < n; from += slice {
		for i := range kinds {
			k := kinds[turn(i, round+from/slice, len(kinds))]
			time, err := rush(clients, min(slice, n-from), func(i int) error {
				return login(ctx, b.sites[k][f.door].Servers(), way, all[k][from+i], k, codes[k][from+i])
			})
			if err != nil {
				return nil, fmt.Errorf("%s, %s, %d clients: %w\n%s", f, k, clients, err,
					b.sites[k][f.door].ServerLog(ctx))
			}
			took[k] += time
		}
	}
	rates := map[kind]float64{}
	for _, k := range kinds {
		rates[k] = float64(n) / took[k].Seconds()
	}
	return rates, b.asked(ctx, f, n)
}

// asked makes sure that each login of the kinds that ask has asked, and no other.
func (b *bench) asked(ctx context.Context, f form, n int) error {
	got, err := b.mock.Client.CountJournal(ctx, mockapi.JournalQuery{Endpoint: mockapi.Verify, Decision: "accepted"})
	if err == nil && got != 2*n {
		err = fmt.Errorf("%s: mockauthy accepted %d codes, want %d of the yardstick and as many of ours", f, got, n)
	}
	return err
}

// rush calls do with 0 to n-1, clients at a time, and returns the time from the first call to the
// end of the last.
func rush(clients, n int, do func(int) error) (time.Duration, error) {
	queue := make(chan int, n)
	for i := range n {
		queue <- i
	}
	close(queue)
	errs := make([]error, n)
	var group sync.WaitGroup
	began := time.Now()
	for range clients {
		group.Go(func() {
			for i := range queue {
				errs[i] = do(i)
			}
		})
	}
	group.Wait()
	return time.Since(began), errors.Join(errs...)
}
