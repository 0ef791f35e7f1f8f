package main

import (
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"
	"time"
)

func TestGarbageIsBoundedByWhatLives(t *testing.T) {
	t.Parallel()
	for live, want := range map[uint64]int{0: 400, 1 << 20: 400, 6 << 20: 400, 12 << 20: 200, 24 << 20: 100,
		48 << 20: 50, 1 << 40: 10} {
		if got := percent(live); got != want {
			t.Errorf("with %d bytes live: %d percent, want %d", live, got, want)
		}
	}
}

// TestTheCollectorIsTold: what lives grows, and the share of garbage shrinks.
func TestTheCollectorIsTold(t *testing.T) {
	before := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	read := func() int {
		now := debug.SetGCPercent(100)
		debug.SetGCPercent(now)
		return now
	}
	synctest.Test(t, func(t *testing.T) {
		go tendGarbage(t.Context())
		synctest.Wait()
		little := read()
		much := make([]byte, 96<<20)
		runtime.GC()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if now := read(); now >= little || now > 25 {
			t.Errorf("with 96 MiB live the collector is told %d percent, before that %d; want 25 at most", now, little)
		}
		runtime.KeepAlive(much)
	})
}
