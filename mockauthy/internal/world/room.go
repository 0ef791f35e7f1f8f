package world

import (
	"cmp"
	"slices"
	"time"
)

// Memory bounds what all worlds together may hold. The zero value is no bound.
type Memory struct {
	// Tight says whether the worlds hold as much as they may. It is asked often and must be cheap.
	Tight func() bool
	// Freed is called when worlds were forgotten, so that Tight can see it. May be nil.
	Freed func()
}

// idle is how long nobody must have touched a world before it may be forgotten.
const idle = time.Minute

// asked is how many requests may pass between two questions whether memory is tight, while it is
// not.
const asked = 16

// Room says whether a request with that key may make the worlds grow; false when they hold as much
// as they may and none can be forgotten. To make room, worlds that a stranger's key made are
// forgotten, when nobody touched them for a minute: those first that the control API never touched,
// then the ones that were left alone longest. Options.Forgotten is told of each.
func (ws *Worlds) Room(key string) bool {
	if ws.o.Memory.Tight == nil {
		return true
	}
	ws.mu.RLock()
	if w := ws.byKey[key]; w != nil {
		ws.touch(w) // before anybody looks for worlds that are left alone
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

// Tested notes that the control API asked about a world, so that a tester's world is forgotten
// last.
func (w *World) Tested() { w.tested.Store(true) }

func (w *World) touchedAt() time.Time { return time.Unix(0, w.touched.Load()) }

// touch notes that somebody asked for a world, to the second: nearly all requests find nothing to
// write.
func (ws *Worlds) touch(w *World) {
	if now := ws.o.Now().UnixNano(); now-w.touched.Load() > int64(time.Second) {
		w.touched.Store(now)
	}
}
