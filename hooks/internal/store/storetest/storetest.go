// Package storetest says how a store behaves: [Run] holds any implementation to it.
package storetest

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/store"
)

// Made is a fresh store, and how its time passes.
type Made struct {
	Store store.Store
	Pass  func(time.Duration) // lets time pass for it
	Life  time.Duration       // of marks in these tests
}

// Run holds the stores that fresh makes to the behaviour of a store.
func Run(t *testing.T, fresh func(t *testing.T) Made) {
	ctx := context.Background()
	t.Run("a mark is taken once while it lives", func(t *testing.T) {
		m := fresh(t)
		take := func(what, value string, want bool, wantCurrent string) {
			t.Helper()
			taken, current, err := m.Store.Take(ctx, "k", value, m.Life)
			if taken != want || current != wantCurrent || err != nil {
				t.Errorf("%s: got %v, %q, %v, want %v, %q", what, taken, current, err, want, wantCurrent)
			}
		}
		take("new", "one", true, "")
		take("again", "two", false, "one")
		m.Pass(m.Life + m.Life/2)
		take("after its life", "three", true, "")
		if err := m.Store.Drop(ctx, "k"); err != nil {
			t.Error(err)
		}
		take("after a drop", "", true, "")
		take("an empty value is a mark", "x", false, "")
	})
	t.Run("set and get", func(t *testing.T) {
		m := fresh(t)
		get := func(what, want string) {
			t.Helper()
			if got, err := m.Store.Get(ctx, "k"); got != want || err != nil {
				t.Errorf("%s: got %q, %v, want %q", what, got, err, want)
			}
		}
		get("nothing", "")
		for _, value := range []string{"one", "two"} {
			if err := m.Store.Set(ctx, "k", value, m.Life); err != nil {
				t.Error(err)
			}
			get("just set", value)
		}
		m.Pass(m.Life + m.Life/2)
		get("after its life", "")
	})
	t.Run("counters count from their first count on", func(t *testing.T) {
		m := fresh(t)
		count := func(what string, want ...int) {
			t.Helper()
			if got, err := m.Store.Count(ctx, m.Life, []string{"a", "b"}[:len(want)]...); !slices.Equal(got, want) || err != nil {
				t.Errorf("%s: got %v, %v, want %v", what, got, err, want)
			}
		}
		count("first", 1)
		count("two of them", 2, 1)
		if err := m.Store.Uncount(ctx, "a", "b", "never counted"); err != nil {
			t.Error(err)
		}
		count("after one less", 2, 1)
		m.Pass(m.Life * 3 / 4)
		count("late", 3)
		m.Pass(m.Life / 2)
		count("the first count decides about the end", 1)
		if err := m.Store.Drop(ctx, "a"); err != nil {
			t.Error(err)
		}
		count("after a drop", 1)
		for range 3 {
			if err := m.Store.Uncount(ctx, "a"); err != nil {
				t.Error(err)
			}
		}
		count("never below zero", 1)
	})
	t.Run("of many one takes, and none is lost in counting", func(t *testing.T) {
		m := fresh(t)
		var won atomic.Int32
		var wait sync.WaitGroup
		for range 40 {
			wait.Go(func() {
				if taken, _, err := m.Store.Take(ctx, "mark", "x", time.Minute); err != nil {
					t.Error(err)
				} else if taken {
					won.Add(1)
				}
				if _, err := m.Store.Count(ctx, time.Minute, "counter"); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		counts, err := m.Store.Count(ctx, time.Minute, "counter")
		if won.Load() != 1 || err != nil || !slices.Equal(counts, []int{41}) {
			t.Errorf("%d took the mark, counted %v, %v", won.Load(), counts, err)
		}
	})
	t.Run("keys are kept apart", func(t *testing.T) {
		m := fresh(t)
		for i := range 100 {
			if err := m.Store.Set(ctx, "k"+strconv.Itoa(i), strconv.Itoa(i), time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		for i := range 100 {
			if got, err := m.Store.Get(ctx, "k"+strconv.Itoa(i)); got != strconv.Itoa(i) || err != nil {
				t.Errorf("k%d is %q, %v", i, got, err)
			}
		}
		if err := m.Store.Ping(ctx); err != nil {
			t.Error(err)
		}
	})
}
