package inprocess

import (
	"math/rand/v2"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/store"
)

// TestWhatEndsFirstStandsFirst: whatever comes and goes, no item of the heap ends before the one
// above it, and each knows its place.
func TestWhatEndsFirstStandsFirst(t *testing.T) {
	t.Parallel()
	m := New(func() time.Time { return time.Unix(0, 0) })
	random := rand.New(rand.NewPCG(1, 2))
	var there []uint32
	for step := range 2000 {
		if len(there) > 0 && random.IntN(3) == 0 {
			i := random.IntN(len(there))
			m.forget(there[i])
			there[i] = there[len(there)-1]
			there = there[:len(there)-1]
		} else {
			n := m.items.take()
			m.expect(n, 1+random.Int64N(50))
			there = append(there, n)
		}
		if len(m.ends) != len(there) {
			t.Fatalf("step %d: %d items in the heap, want %d", step, len(m.ends), len(there))
		}
		for i, n := range m.ends {
			if int(m.items.at(n).place) != i {
				t.Fatalf("step %d: the item at place %d knows %d", step, i, m.items.at(n).place)
			}
			if above := m.ends[max(i-1, 0)/2]; m.items.at(n).end < m.items.at(above).end {
				t.Fatalf("step %d: place %d ends before the one above", step, i)
			}
		}
	}
	n := m.items.take()
	if m.expect(n, Never); len(m.ends) != len(there) {
		t.Error("what never ends is in the heap")
	}
	if m.forget(n); len(m.ends) != len(there) {
		t.Error("to forget what never ends took something else out of the heap")
	}
}

// TestLevels: each number of failures below 8 has a shelf, then each doubling, up to the last one.
func TestLevels(t *testing.T) {
	t.Parallel()
	for failures, want := range map[int64]shelf{
		0: 0, 1: 1, 7: 7, 8: 8, 15: 8, 16: 9, 31: 9, 32: 10, 63: 10, 64: 11, 127: 11, 128: 11, 1 << 40: 11,
	} {
		if got := level(failures); got != want || got >= levels {
			t.Errorf("%d failures: shelf %d, want %d", failures, got, want)
		}
	}
}

// TestAlmostFullIsFull: a kind whose room has less than a hundredth left is named, and no other.
func TestAlmostFullIsFull(t *testing.T) {
	t.Parallel()
	m := New(time.Now)
	m.rooms[store.Grace] = 200
	for used, want := range map[int]bool{0: false, 197: false, 198: true, 200: true} {
		m.used[store.Grace] = used
		if got := m.Full(); (len(got) == 1 && got[0] == store.Grace) != want || len(got) > 1 {
			t.Errorf("%d of 200: %v, want full: %v", used, got, want)
		}
	}
}

// TestWhoGivesUpWaitingLeavesNothing: the last one who waits for a mark takes the note of it away,
// and nobody before.
func TestWhoGivesUpWaitingLeavesNothing(t *testing.T) {
	t.Parallel()
	m := New(time.Now)
	key := store.Key{Kind: store.Verdict}
	if ok, _, err := m.Take(t.Context(), key, "asked", time.Minute); !ok || err != nil {
		t.Fatal(ok, err)
	}
	_, one := m.watch(key, "asked")
	_, two := m.watch(key, "asked")
	if one == nil || one != two {
		t.Fatalf("two who wait for one mark: %v and %v", one, two)
	}
	if m.unwatch(key, one); m.waiting[key] != one {
		t.Error("one gave up, and the other is not waited for")
	}
	if m.unwatch(key, two); len(m.waiting) != 0 {
		t.Error("nobody waits, and the note stays")
	}
	_, old := m.watch(key, "asked")
	if err := m.Drop(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if _, _, err := m.Take(t.Context(), key, "asked", time.Minute); err != nil {
		t.Fatal(err)
	}
	_, next := m.watch(key, "asked")
	if m.unwatch(key, old); m.waiting[key] != next {
		t.Error("whoever waited for a mark that is gone took away who waits for the next one")
	}
}
