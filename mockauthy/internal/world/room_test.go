package world_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/world"
)

// crowd is worlds whose time and memory the test holds: each world takes one unit.
type crowd struct {
	*world.Worlds
	now  atomic.Int64 // seconds
	room atomic.Int64 // how many worlds fit
	gone []string
}

func newCrowd(t *testing.T, most int) *crowd {
	t.Helper()
	c := &crowd{}
	c.room.Store(1 << 30)
	c.Worlds = newWorlds(t, func(o *world.Options) {
		o.AnyKey, o.Most = true, most
		o.Now = func() time.Time { return time.Unix(1_700_000_000+c.now.Load(), 0) }
		o.Memory.Tight = func() bool { return int64(len(c.List())) > c.room.Load() }
		o.Forgotten = func(w *world.World) { c.gone = append(c.gone, w.Key) }
	})
	return c
}

// asks asks often enough that memory is looked at.
func (c *crowd) asks(key string) bool {
	last := true
	for range 20 {
		last = c.Room(key)
	}
	return last
}

func (c *crowd) keys() []string {
	var all []string
	for _, w := range c.List() {
		all = append(all, w.Key)
	}
	return all
}

func TestIdleWorldsMakeRoom(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 0)
	if _, err := c.Add("made"); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b", "tester", "d"} {
		w, ok := c.Lookup(key)
		if !ok {
			t.Fatal(key)
		}
		if key == "tester" {
			w.Tested()
		}
		c.now.Add(2)
	}
	c.room.Store(5)
	if c.asks("a") || len(c.gone) != 0 {
		t.Errorf("there was room, and these are gone: %q; all were used within a minute", c.gone)
	}
	c.now.Add(60) // all but those that are asked for now are left alone
	if !c.asks("a") || !slices.Equal(c.gone, []string{"b"}) {
		t.Errorf("gone are %q, want b: the one that was left alone longest", c.gone)
	}
	c.room.Store(4)
	if !c.asks("a") || !slices.Equal(c.gone, []string{"b", "d"}) {
		t.Errorf("gone are %q, want d after b: the tester's goes last", c.gone)
	}
	c.room.Store(3)
	if !c.asks("a") || !slices.Equal(c.gone, []string{"b", "d", "tester"}) {
		t.Errorf("gone are %q, want the tester's last", c.gone)
	}
	c.room.Store(1)
	c.now.Add(3600)
	if c.asks("first") || !slices.Equal(c.keys(), []string{"first", "made"}) {
		t.Errorf("kept are %q, want those that were made on purpose, and no room", c.keys())
	}
	c.room.Store(2)
	if !c.asks("first") {
		t.Error("there is room again, and nobody is let in")
	}
}

func TestTheNumberOfWorldsIsBounded(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 10)
	for i := range 9 {
		if _, ok := c.Lookup(fmt.Sprint("key", i)); !ok {
			t.Fatal(i)
		}
	}
	if _, ok := c.Lookup("too-many"); ok || len(c.gone) != 0 {
		t.Errorf("accepted, gone are %q; want all kept that were used within a minute", c.gone)
	}
	c.now.Add(61)
	if _, ok := c.Lookup("one-more"); !ok || !slices.Equal(c.gone, []string{"key0"}) || len(c.List()) != 10 {
		t.Errorf("gone are %q of %q, want the one that was left alone longest", c.gone, c.keys())
	}
	if _, err := c.Add("on-purpose"); err != nil || len(c.gone) != 2 {
		t.Errorf("%v, gone are %q", err, c.gone)
	}
}
