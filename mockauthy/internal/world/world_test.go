package world_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/world"
)

func newWorlds(t testing.TB, change func(*world.Options)) *world.Worlds {
	t.Helper()
	start := world.NewState()
	start.App.Users = []authy.UserSpec{{ID: 77, Name: "alice", Cellphone: "6625550148", CountryCode: 1}}
	o := world.Options{Now: time.Now, Keys: []string{"first"}, Start: &start, Remember: 10}
	if change != nil {
		change(&o)
	}
	ws, err := world.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return ws
}

func secretOf(t *testing.T, w *world.World) string {
	t.Helper()
	u, err := w.App.FindUser("alice")
	if err != nil {
		t.Fatal(err)
	}
	return u.Secret
}

// TestSecretsStay covers secrets that nobody gave: they follow from the seed of the app, which is
// part of the state.
func TestSecretsStay(t *testing.T) {
	t.Parallel()
	ws, other := newWorlds(t, nil), newWorlds(t, nil)
	one, _ := ws.First()
	two, _ := other.First()
	mine, theirs := secretOf(t, one), secretOf(t, two)
	if mine == theirs {
		t.Fatal("two servers without a seed have the same secret")
	}
	if err := two.SetState(one.State()); err != nil || secretOf(t, two) != mine {
		t.Errorf("the state of another world: got %s and %v, want its secret %s", secretOf(t, two), err, mine)
	}
	if err := two.Reset(); err != nil || secretOf(t, two) != theirs {
		t.Errorf("after a reset: got %s and %v, want the secret of the first day %s", secretOf(t, two), err, theirs)
	}
}

func TestAStateThatCannotBeChangesNothing(t *testing.T) {
	t.Parallel()
	first := func() *world.World { w, _ := newWorlds(t, nil).First(); return w }
	at := time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, spoil := range map[string]func(*world.State){
		"a user":    func(s *world.State) { s.App.Users = append(s.App.Users, s.App.Users[0]) },
		"a setting": func(s *world.State) { s.App.Settings.IDScope = "world" },
		"a clock":   func(s *world.State) { s.Clock.Frozen = &at },
		"a fault":   func(s *world.State) { s.Faults = []fault.Rule{{}} },
		"a seed":    func(s *world.State) { s.App.Seed = "zz" },
	} {
		w := first()
		if err := w.Clock.Advance(time.Hour); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Faults.Add(fault.Rule{Effect: fault.Effect{Status: 503}}); err != nil {
			t.Fatal(err)
		}
		before, state := w.State(), w.State()
		spoil(&state)
		if err := w.SetState(state); err == nil {
			t.Errorf("%s: no error", name)
		}
		after := w.State()
		if after.Clock != before.Clock || len(after.Faults) != 1 || len(after.App.Users) != 1 ||
			after.App.Settings != before.App.Settings {
			t.Errorf("%s: got %+v, want %+v", name, after, before)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	ws := newWorlds(t, nil)
	if _, ok := ws.Lookup("stranger"); ok {
		t.Error("a key that nobody gave is accepted")
	}
	for key, want := range map[string]error{"first": world.ErrTaken, "": world.ErrKey, "a b": world.ErrKey,
		"a\n": world.ErrKey, strings.Repeat("k", 257): world.ErrKey, "fine": nil} {
		if _, err := ws.Add(key); !errors.Is(err, want) {
			t.Errorf("%.20q: got %v, want %v", key, err, want)
		}
	}
	if !ws.Remove("first") || ws.Remove("first") {
		t.Error("want a key to be removed once")
	}
	if w, ok := ws.First(); !ok || w.Key != "fine" {
		t.Errorf("the first is %+v, want fine", w)
	}
}

// TestKeysThatAreMadeUp covers the seed too: the secrets of an app follow from its key.
func TestKeysThatAreMadeUp(t *testing.T) {
	t.Parallel()
	seeded := func(o *world.Options) { seed := uint64(7); o.Seed = &seed }
	one, two, other := newWorlds(t, seeded), newWorlds(t, seeded), newWorlds(t, nil)
	first := one.NewKey()
	if again := two.NewKey(); again != first {
		t.Errorf("the same seed makes %s and %s", first, again)
	}
	if key := other.NewKey(); key == first || key == other.NewKey() {
		t.Errorf("%s is made twice", key)
	}
	kept := newWorlds(t, seeded) // as after a restart with the state of the last run
	if _, err := kept.Add(first); err != nil {
		t.Fatal(err)
	}
	if key := kept.NewKey(); key == first {
		t.Errorf("%s is taken, and made up again", key)
	}
}

func TestAnyKeyMakesOneWorldForManyAtOnce(t *testing.T) {
	t.Parallel()
	ws := newWorlds(t, func(o *world.Options) { o.AnyKey = true })
	var all sync.Map
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			w, ok := ws.Lookup("new")
			if !ok {
				t.Error("not accepted")
			}
			all.Store(w, true)
		})
	}
	wg.Wait()
	n := 0
	all.Range(func(any, any) bool { n++; return true })
	if n != 1 || len(ws.List()) != 2 {
		t.Errorf("%d worlds of one key, %d in all, want 1 and 2", n, len(ws.List()))
	}
	if _, ok := ws.Lookup("not a key"); ok {
		t.Error("a key with a blank is accepted")
	}
}
