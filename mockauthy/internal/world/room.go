package world

import (
	"cmp"
	"slices"
	"time"
)

// Memory limits what all worlds together may hold. The zero value is no limit.
type Memory struct {
	// Tight says whether the limit is reached. It is called often and must be cheap.
	Tight func() bool
	// Freed is called after worlds were forgotten, so that Tight can take it into account. May be
	// nil.
	Freed func()
}

// idle is how long a world must be unused before it may be forgotten.
const idle = time.Minute

// asked is how many requests may pass between two calls of Tight, while memory is not tight.
const asked = 16

// Room says whether a request with that key may make the worlds grow; false when the limit is
// reached and no world can be forgotten. To make room it forgets worlds that an unannounced key
// made and nobody used for a minute: first those that the control API never used, then those unused
// longest. Options.Forgotten is called with each.
func (ws *Worlds) Room(key string) bool {
	if ws.o.Memory.Tight == nil {
		return true
	}
	ws.mu.RLock()
	if w := ws.byKey[key]; w != nil {
		ws.touch(w) // before somebody looks for unused worlds
	}
	ws.mu.RUnlock()
	if ws.requests.Add(1)%asked != 0 && !ws.tight.Load() {
		return true
	}
	if !ws.o.Memory.Tight() {
		ws.tight.Store(false)
		return true
	}
	ws.tight.Store(true)
	ws.making.Lock() // one at a time; those who waited find room, or know that there is none
	defer ws.making.Unlock()
	for ws.o.Memory.Tight() {
		if ws.forget(max(1, len(ws.List())/4)) == 0 {
			return false
		}
		if ws.o.Memory.Freed != nil {
			ws.o.Memory.Freed()
		}
	}
	ws.tight.Store(false)
	return true
}

// forget removes at most n worlds as Room says, and returns how many those were.
func (ws *Worlds) forget(n int) int {
	now := ws.o.Now()
	old := slices.DeleteFunc(ws.List(), func(w *World) bool { return !w.stray || now.Sub(w.touchedAt()) < idle })
	slices.SortStableFunc(old, func(a, b *World) int {
		if a.tested.Load() != b.tested.Load() {
			if b.tested.Load() {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.touched.Load(), b.touched.Load())
	})
	old = old[:min(n, len(old))]
	for _, w := range old {
		if ws.Remove(w.Key) && ws.o.Forgotten != nil {
			ws.o.Forgotten(w)
		}
	}
	return len(old)
}

// Tested records that the control API used a world, so that a tester's world is forgotten last.
func (w *World) Tested() { w.tested.Store(true) }

func (w *World) touchedAt() time.Time { return time.Unix(0, w.touched.Load()) }

// touch records that a world is used, to the second, so that nearly all requests have nothing to
// write.
func (ws *Worlds) touch(w *World) {
	if now := ws.o.Now().UnixNano(); now-w.touched.Load() > int64(time.Second) {
		w.touched.Store(now)
	}
}
