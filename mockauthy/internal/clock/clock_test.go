package clock_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/clock"
)

var start = time.Date(2024, 5, 1, 10, 0, 0, 0, time.UTC)

// outer is a base that a test moves by hand.
type outer struct {
	mu sync.Mutex
	at time.Time
}

func (o *outer) now() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.at
}

func (o *outer) pass(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.at = o.at.Add(d)
}

// must makes a change that must work.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		do   func(c *clock.Clock, o *outer)
		want time.Duration // from start
	}{
		"runs with its base": {func(_ *clock.Clock, o *outer) { o.pass(time.Second) }, time.Second},
		"advance is kept while time passes": {
			func(c *clock.Clock, o *outer) { must(c.Advance(time.Hour)); o.pass(time.Second) },
			time.Hour + time.Second},
		"advance backwards": {func(c *clock.Clock, _ *outer) { must(c.Advance(-time.Minute)) },
			-time.Minute},
		"set runs on": {
			func(c *clock.Clock, o *outer) { must(c.Set(start.Add(time.Hour))); o.pass(time.Second) },
			time.Hour + time.Second},
		"frozen stands still": {func(c *clock.Clock, o *outer) { c.Freeze(true); o.pass(time.Hour) }, 0},
		"frozen twice stands still": {
			func(c *clock.Clock, o *outer) { c.Freeze(true); o.pass(time.Hour); c.Freeze(true) }, 0},
		"frozen and set": {
			func(c *clock.Clock, o *outer) { c.Freeze(true); must(c.Set(start.Add(time.Hour))); o.pass(time.Hour) },
			time.Hour},
		"frozen and advanced": {
			func(c *clock.Clock, o *outer) { c.Freeze(true); must(c.Advance(time.Minute)); o.pass(time.Hour) },
			time.Minute},
		"resumed runs on from where it stood": {func(c *clock.Clock, o *outer) {
			c.Freeze(true)
			o.pass(time.Hour)
			c.Freeze(false)
			o.pass(time.Second)
		}, time.Second},
		"skew replaces what was set": {func(c *clock.Clock, o *outer) {
			must(c.Advance(time.Hour))
			must(c.Skew(time.Minute))
			o.pass(time.Second)
		}, time.Minute + time.Second},
		"reset forgets": {func(c *clock.Clock, o *outer) {
			c.Freeze(true)
			must(c.Advance(time.Hour))
			o.pass(time.Second)
			c.Reset()
		}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &outer{at: start}
			c := clock.New(o.now)
			row.do(c, o)
			if got := c.Now().Sub(start); got != row.want {
				t.Errorf("shows start%+v, want start%+v", got, row.want)
			}
		})
	}
}

func TestSnapshotPutsTheClockBack(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(*clock.Clock){
		"untouched": func(*clock.Clock) {},
		"shifted":   func(c *clock.Clock) { must(c.Advance(time.Hour)) },
		"frozen":    func(c *clock.Clock) { c.Freeze(true); must(c.Advance(time.Minute)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &outer{at: start}
			c, other := clock.New(o.now), clock.New(o.now)
			do(c)
			must(other.Restore(c.Snapshot()))
			o.pass(time.Second)
			if !c.Now().Equal(other.Now()) || c.Frozen() != other.Frozen() {
				t.Errorf("restored shows %v frozen %t, want %v frozen %t", other.Now(), other.Frozen(), c.Now(),
					c.Frozen())
			}
		})
	}
}

func TestATimeThatNoTestNeedsIsRefused(t *testing.T) {
	t.Parallel()
	c := clock.New(func() time.Time { return start })
	at := time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, err := range map[string]error{
		"set":               c.Set(at),
		"advance":           c.Advance(200 * 365 * 24 * time.Hour),
		"back before 1970":  c.Advance(-100 * 365 * 24 * time.Hour),
		"skew":              c.Skew(200 * 365 * 24 * time.Hour),
		"restored, frozen":  c.Restore(clock.Snapshot{Frozen: &at}),
		"restored, shifted": c.Restore(clock.Snapshot{Shift: 1<<63 - 1}),
	} {
		if !errors.Is(err, clock.ErrRange) {
			t.Errorf("%s: got %v, want ErrRange", name, err)
		}
	}
	if !c.Now().Equal(start) {
		t.Errorf("a refused change moved the clock to %v", c.Now())
	}
}
