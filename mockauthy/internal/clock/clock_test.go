package clock_test

import (
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

func TestClock(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		do   func(c *clock.Clock, o *outer)
		want time.Duration // from start
	}{
		"runs with its base":                {func(_ *clock.Clock, o *outer) { o.pass(time.Second) }, time.Second},
		"advance is kept while time passes": {func(c *clock.Clock, o *outer) { c.Advance(time.Hour); o.pass(time.Second) }, time.Hour + time.Second},
		"advance backwards":                 {func(c *clock.Clock, _ *outer) { c.Advance(-time.Minute) }, -time.Minute},
		"set runs on":                       {func(c *clock.Clock, o *outer) { c.Set(start.Add(time.Hour)); o.pass(time.Second) }, time.Hour + time.Second},
		"frozen stands still":               {func(c *clock.Clock, o *outer) { c.Freeze(true); o.pass(time.Hour) }, 0},
		"frozen twice stands still":         {func(c *clock.Clock, o *outer) { c.Freeze(true); o.pass(time.Hour); c.Freeze(true) }, 0},
		"frozen and set":                    {func(c *clock.Clock, o *outer) { c.Freeze(true); c.Set(start.Add(time.Hour)); o.pass(time.Hour) }, time.Hour},
		"frozen and advanced":               {func(c *clock.Clock, o *outer) { c.Freeze(true); c.Advance(time.Minute); o.pass(time.Hour) }, time.Minute},
		"resumed runs on from where it stood": {func(c *clock.Clock, o *outer) {
			c.Freeze(true)
			o.pass(time.Hour)
			c.Freeze(false)
			o.pass(time.Second)
		}, time.Second},
		"skew replaces what was set": {func(c *clock.Clock, o *outer) { c.Advance(time.Hour); c.Skew(time.Minute); o.pass(time.Second) }, time.Minute + time.Second},
		"reset forgets":              {func(c *clock.Clock, o *outer) { c.Freeze(true); c.Advance(time.Hour); o.pass(time.Second); c.Reset() }, time.Second},
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
		"shifted":   func(c *clock.Clock) { c.Advance(time.Hour) },
		"frozen":    func(c *clock.Clock) { c.Freeze(true); c.Advance(time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := &outer{at: start}
			c, other := clock.New(o.now), clock.New(o.now)
			do(c)
			other.Restore(c.Snapshot())
			o.pass(time.Second)
			if !c.Now().Equal(other.Now()) || c.Frozen() != other.Frozen() {
				t.Errorf("restored shows %v frozen %t, want %v frozen %t", other.Now(), other.Frozen(), c.Now(), c.Frozen())
			}
		})
	}
}
