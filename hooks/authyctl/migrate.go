package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/hooks/internal/admin"
	"sftpgo-authy/hooks/internal/provider/verify"
)

const migrateHelp = `
ACTION is one of:

  plan      ask Authy who can move; nothing is changed, and the secrets are thrown away
  run       move them, one after the other; repeat it to go on where it ended
  report    who has moved, whether the codes are judged there, and who is still at Authy
  rollback  move back to Authy those who were moved, and take away what they had elsewhere

--to says where to: totp is local TOTP, verify is Twilio Verify v2. loaddata moves nobody: it writes
to --out what SFTPGo's own second factor needs, for SFTPGo's loaddata.

A person keeps phone, app and codes. What can move is the secret of an authenticator app with codes
of 6 digits, once Twilio's support has opened the migration tools for the Authy app. Who has the
Authy app, with 7 digits, stays, unless --authy-app says that they type 6 digits of another app.

A line that was moved says what it was: "ann: totp  # was 5550101". The users file as it was is
beside it, as .before-migration. docs/leaving-authy.md is the whole way, with a rehearsal.
`

// Bounds of --rate. Twilio takes 40 entities a second (error 60328).
const (
	defaultRate = 20
	maxRate     = 39
)

// toLoaddata is the destination that is a file.
const toLoaddata = "loaddata"

// migration is what the flags of migrate say.
type migration struct {
	options
	to, out, sealed string
	accounts        texts
	rate            int
	app, force      bool
	json, csv       bool
}

// migrate moves people away from Authy.
func (c *cli) migrate(set *flag.FlagSet) func(context.Context, string) error {
	var m migration
	m.configFlag(set)
	m.sftpgoFlags(set)
	set.StringVar(&m.to, "to", "", "`DESTINATION`: totp, verify or loaddata; run")
	set.StringVar(&m.out, "out", "", "`FILE` to make for --to loaddata; run")
	set.StringVar(&m.sealed, "save-sealed", "",
		"`FILE` to keep each exported secret in too, sealed with totp.key_file; run")
	set.Var(&m.accounts, "account", "`NAME` of an account, to deal with its person alone; may be repeated")
	set.BoolVar(&m.app, "authy-app", false, "move those too who have the Authy app; plan, run")
	set.BoolVar(&m.force, "force", false, "move back without asking whether the secret is still the same; rollback")
	set.IntVar(&m.rate, "rate", defaultRate, fmt.Sprintf("`NUMBER` of people a second, at most %d", maxRate))
	set.BoolVar(&m.json, "json", false, "every account as JSON; plan, report")
	set.BoolVar(&m.csv, "csv", false, "every account as CSV; plan, report")
	actions := map[string]func(context.Context, *mover) error{
		"plan": c.migratePlan, "run": c.migrateRun, "report": c.migrateReport, "rollback": c.migrateBack,
	}
	return func(ctx context.Context, name string) error {
		action, known := actions[name]
		if !known {
			return fmt.Errorf("unknown action %q; want plan, run, report or rollback", name)
		}
		switch {
		case m.rate < 1 || m.rate > maxRate:
			return fmt.Errorf("--rate %d: want 1 to %d", m.rate, maxRate)
		case m.json && m.csv:
			return errors.New("--json and --csv are two forms; want one")
		}
		t, err := c.open(m.options)
		if err != nil {
			return err
		}
		v, done, err := c.mover(t, m)
		if err != nil {
			return err
		}
		defer done()
		return action(ctx, v)
	}
}

// migratePlan asks Authy who can move.
func (c *cli) migratePlan(ctx context.Context, v *mover) error {
	people, err := v.atAuthy()
	if err != nil {
		return err
	}
	s := c.score("asked", len(people))
	err = v.Plan(ctx, people, s.note)
	if v.json || v.csv {
		return errors.Join(v.writeRows(c.out, s.rows), err)
	}
	fmt.Fprintf(c.out, "%s at Authy\n", peopleCount(len(people)))
	s.write(c.out, "can move")
	fmt.Fprintf(c.out, "at %d a second run takes about %s\n", v.rate,
		(time.Duration(s.moved) * time.Second / time.Duration(v.rate)).Round(time.Second))
	return err
}

// migrateRun moves people.
func (c *cli) migrateRun(ctx context.Context, v *mover) error {
	if v.to == toLoaddata {
		return c.loaddata(ctx, v)
	}
	dest, err := v.destination()
	if err != nil {
		return err
	}
	if err := c.hookdKnows(ctx, v); err != nil {
		return err
	}
	if v.to == verify.Name {
		if _, err := v.verify.Service(ctx); err != nil {
			return fmt.Errorf("nobody was moved: %w", err)
		}
	}
	unlock, err := v.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if v.Keep, err = v.keeper(); err != nil {
		return err
	}
	people, err := v.atAuthy()
	if err == nil {
		err = v.keepOld()
	}
	if err != nil {
		return err
	}
	before, err := v.moved()
	if err != nil {
		return err
	}
	s := c.score("moved", len(people))
	err = v.Run(ctx, people, dest, s.note)
	fmt.Fprintf(c.out, "%s moved to %s, %d before this run\n", peopleCount(s.moved), v.to, len(before))
	s.write(c.out, "")
	if err != nil {
		return fmt.Errorf("%w; repeat the command to go on", err)
	}
	return s.left()
}

// hookdKnows makes sure that a running hookd knows the destination: to one that does not, a moved
// line is a broken one, and denies.
func (c *cli) hookdKnows(ctx context.Context, v *mover) error {
	_, state, err := hookdState(ctx, v.config.Hookd.AdminSocket)
	if err != nil {
		if v.config.Hookd.AdminSocket != "" && !errors.Is(err, admin.ErrNobody) {
			return err
		}
		fmt.Fprintf(c.err, "not checked whether a running hookd knows %s: %v\n", v.to, err)
		return nil
	}
	want := v.config.Effective()
	for _, key := range slices.Sorted(maps.Keys(want)) {
		ours := strings.HasPrefix(key, v.to+".") || key == "users_file"
		if ours && fmt.Sprint(want[key]) != fmt.Sprint(state.Settings[key]) {
			return fmt.Errorf("the running hookd has another %s than the configuration, so it would deny "+
				"whoever is moved; reload or restart it first", key)
		}
	}
	return nil
}

// migrateBack moves people back.
func (c *cli) migrateBack(ctx context.Context, v *mover) error {
	unlock, err := v.lock()
	if err != nil {
		return err
	}
	defer unlock()
	moved, err := v.moved()
	if err != nil {
		return err
	}
	s := c.score("moved back", len(moved))
	err = v.Back(ctx, moved, v.there, v.force, s.note)
	fmt.Fprintf(c.out, "%s at Authy again\n", peopleCount(s.moved))
	s.write(c.out, "")
	if err != nil {
		return fmt.Errorf("%w; repeat the command to go on", err)
	}
	return s.left()
}

// migrateReport says who has moved and who has not, as far as it can be seen.
func (c *cli) migrateReport(ctx context.Context, v *mover) error {
	moved, err := v.moved()
	if err != nil {
		return err
	}
	people, err := v.atAuthy()
	if err != nil {
		return err
	}
	s := c.score("asked", len(moved)+len(people))
	where := map[string]int{}
	broken := 0
	for _, p := range moved {
		dest, err := v.there[p.To.Provider()], error(nil)
		if dest == nil {
			err = errors.New("is not configured")
		} else {
			err = dest.Look(ctx, p.To)
		}
		if err != nil {
			broken++
		}
		where[p.To.Provider()]++
		s.look(p, err)
	}
	asked := v.Plan(ctx, people, s.note)
	if v.json || v.csv {
		err = v.writeRows(c.out, s.rows)
	} else {
		for _, name := range slices.Sorted(maps.Keys(where)) {
			fmt.Fprintf(c.out, "%s moved to %s\n", peopleCount(where[name]), name)
		}
		fmt.Fprintf(c.out, "%s at Authy\n", peopleCount(len(people)))
		s.write(c.out, "can move")
	}
	if broken > 0 {
		asked = errors.Join(fmt.Errorf("%s moved and cannot log in there", peopleCount(broken)), asked)
	}
	return errors.Join(err, asked)
}

func peopleCount(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}
