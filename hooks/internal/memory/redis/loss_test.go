package redis_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/redis"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/memory/storetest"
	"sftpgo-authy/internal/redistest"
)

// took says whether a code could be taken; an error but that of a loss is one of the test.
func took(t *testing.T, s *redis.Store, n int) bool {
	t.Helper()
	taken, _, err := s.Take(t.Context(), storetest.Key(store.UsedCode, n), "", time.Minute)
	if err != nil && !errors.Is(err, redis.ErrLost) {
		t.Errorf("code %d: %v", n, err)
	}
	ok, stepErr := s.Advance(t.Context(), storetest.Key(store.LastStep, n), 7, 0)
	if ok != taken || errors.Is(err, redis.ErrLost) != errors.Is(stepErr, redis.ErrLost) {
		t.Errorf("code %d: taken %v, %v, but step %v, %v", n, taken, err, ok, stepErr)
	}
	return taken
}

// do has a server do something.
func do(t *testing.T, server *redistest.Server, args ...any) {
	t.Helper()
	if err := server.Do(t.Context(), args...); err != nil {
		t.Fatal(err)
	}
}

// TestALossIsNoticed: where what was kept may be gone, nobody takes a code for two minutes, whoever
// notices it first; then all is as before.
func TestALossIsNoticed(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]func(*testing.T, *redistest.Server){
		"it starts anew":      func(t *testing.T, server *redistest.Server) { server.Kill(); server.Restart(t) },
		"somebody empties it": func(t *testing.T, server *redistest.Server) { do(t, server, "flushall") },
		"somebody takes the origin away": func(t *testing.T, server *redistest.Server) {
			do(t, server, "del", redis.Prefix+"origin")
		},
	} {
		for _, first := range []string{"who knew", "somebody new"} {
			t.Run(name+", and "+first+" comes first", func(t *testing.T) {
				t.Parallel()
				server := redistest.Start(t)
				knew := open(t, server.URL)
				if !took(t, knew, 1) || took(t, knew, 1) {
					t.Fatal("a new store does not take a code once")
				}
				fresh := open(t, server.URL)
				lose(t, server)
				if first == "somebody new" { // to whom it is a new store
					if !took(t, fresh, 99) {
						t.Error("somebody new finds a loss in a new store")
					}
				}
				if took(t, knew, 1) || took(t, knew, 2) || took(t, fresh, 3) || took(t, open(t, server.URL), 4) {
					t.Error("a code is taken after the loss")
				}
				if err := knew.Ping(t.Context()); !errors.Is(err, redis.ErrLost) {
					t.Errorf("ping: %v", err)
				}
				pass(t, server.URL, 2*time.Minute)
				if !took(t, knew, 5) || !took(t, fresh, 6) || took(t, open(t, server.URL), 5) {
					t.Error("two minutes later codes are not taken as before")
				}
				if err := knew.Ping(t.Context()); err != nil {
					t.Errorf("ping: %v", err)
				}
			})
		}
	}
}

// TestARecoveryCodeStaysUsedUp: also where the server that had the mark is gone with all it kept.
// Who used the code up has put the mark back before any recovery code counts again.
func TestARecoveryCodeStaysUsedUp(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	one, other := open(t, server.URL), open(t, server.URL)
	code := storetest.Key(store.Recovery, 1)
	if taken, _, err := one.Take(t.Context(), code, "used", 0); !taken || err != nil {
		t.Fatal(taken, err)
	}
	if taken, _, err := other.Take(t.Context(), storetest.Key(store.Recovery, 2), "used", 0); !taken || err != nil {
		t.Fatal(taken, err)
	}
	do(t, server, "flushall")
	if taken, _, err := other.Take(t.Context(), code, "used", 0); taken || !errors.Is(err, redis.ErrLost) {
		t.Errorf("within the window: %v, %v", taken, err)
	}
	if err := one.Ping(t.Context()); !errors.Is(err, redis.ErrLost) {
		t.Error(err)
	}
	pass(t, server.URL, 2*time.Minute)
	for _, s := range []*redis.Store{one, other, open(t, server.URL)} {
		for n := range 2 {
			taken, _, err := s.Take(t.Context(), storetest.Key(store.Recovery, n+1), "used", 0)
			if taken || err != nil {
				t.Errorf("recovery code %d counts again: %v, %v", n+1, taken, err)
			}
		}
	}
}

// TestARecoveryCodeStaysUsedUpWhoeverComesLate: who used the code up hears of the loss when it does
// not matter any more for others, and still puts the mark back.
func TestARecoveryCodeStaysUsedUpWhoeverComesLate(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	one := open(t, server.URL)
	code := storetest.Key(store.Recovery, 1)
	if taken, _, err := one.Take(t.Context(), code, "used", 0); !taken || err != nil {
		t.Fatal(taken, err)
	}
	do(t, server, "flushall")
	other := open(t, server.URL)
	if !took(t, other, 1) { // to whom it is a new store
		t.Error("somebody new finds a loss in a new store")
	}
	pass(t, server.URL, 2*time.Minute)
	if err := one.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	for _, s := range []*redis.Store{one, other} {
		if taken, _, err := s.Take(t.Context(), code, "used", 0); taken || err != nil {
			t.Errorf("the recovery code counts again: %v, %v", taken, err)
		}
	}
}

// TestAnotherKeyIsALoss: marks that were made with another key cannot be found, so codes are
// refused as after a loss. Who only looks is told.
func TestAnotherKeyIsALoss(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	keyed := func(name string) *redis.Store {
		o := options(server.URL)
		o.KeyName = name
		s, err := redis.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	old, changed := keyed("old"), keyed("new")
	if err := changed.CheckKey(t.Context()); err != nil {
		t.Errorf("a new store: %v", err)
	}
	if !took(t, old, 1) {
		t.Fatal("a new store takes no code")
	}
	if err := keyed("old").CheckKey(t.Context()); err != nil {
		t.Error(err)
	}
	if err := changed.CheckKey(t.Context()); !errors.Is(err, redis.ErrKey) {
		t.Errorf("look: %v", err)
	}
	if took(t, old, 2) != true {
		t.Error("who only looks changes something")
	}
	if err := changed.Ping(t.Context()); !errors.Is(err, redis.ErrLost) {
		t.Errorf("ping: %v", err)
	}
	if took(t, changed, 1) || took(t, old, 3) {
		t.Error("a code is taken after the key was changed")
	}
	pass(t, server.URL, 2*time.Minute)
	if err := changed.Ping(t.Context()); err != nil || !took(t, changed, 4) {
		t.Errorf("two minutes later: %v", err)
	}
	if err := old.Ping(t.Context()); !errors.Is(err, redis.ErrLost) || took(t, changed, 5) {
		t.Errorf("two keys at once: %v", err)
	}
}

// logins takes codes at several places until stop, each code at all of them, and returns how many
// codes were taken more than once and how many at all.
func logins(t *testing.T, stores []*redis.Store, stop <-chan struct{}, begun chan<- struct{}) (twice, all int) {
	var mu sync.Mutex
	times := map[int]int{}
	var n atomic.Int64
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				number := int(n.Add(1))
				for _, s := range stores {
					ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
					taken, _, err := s.Take(ctx, storetest.Key(store.UsedCode, number), "", time.Hour)
					cancel()
					if taken && err == nil {
						mu.Lock()
						times[number]++
						if len(times) == 200 {
							close(begun)
						}
						mu.Unlock()
					}
				}
			}
		})
	}
	wait.Wait()
	// Whoever has seen a code tries it again now.
	for number, count := range times {
		for _, s := range stores {
			if taken, _, err := s.Take(t.Context(), storetest.Key(store.UsedCode, number), "", time.Hour); taken &&
				err == nil {
				count++
			}
		}
		if count > 1 {
			twice++
		}
	}
	return twice, len(times)
}

// TestAFailoverLetsNobodyInTwice: a master dies in the middle of logins, with writes that its
// replica may lack.
func TestAFailoverLetsNobodyInTwice(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) *redistest.Group{
		"sentinels": func(t *testing.T) *redistest.Group { return redistest.StartSentinels(t) },
		"a cluster": func(t *testing.T) *redistest.Group {
			return redistest.StartCluster(t, redis.ClusterPrefix)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			group := start(t)
			stores := []*redis.Store{open(t, group.URL), open(t, group.URL)}
			stop, begun := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(stop)
				<-begun
				group.Servers[0].Kill()
				if name == "a cluster" {
					group.TakeOver(t)
				}
				group.AwaitMaster(t)
			}()
			twice, all := logins(t, stores, stop, begun)
			if twice > 0 || all < 200 {
				t.Errorf("%d of %d codes were taken twice", twice, all)
			}
			// The replica is asked now, and says that a loss still matters.
			awaitLost(t, stores[0])
		})
	}
}

// awaitLost waits until a store finds its way to the new master, which must be one with a loss.
func awaitLost(t *testing.T, s *redis.Store) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var err error
	for end := time.After(30 * time.Second); ; {
		if err = s.Ping(t.Context()); errors.Is(err, redis.ErrLost) {
			break
		} else if err == nil {
			t.Fatal("no loss was noticed")
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("the new master is never asked: %v", err)
		}
	}
	if taken, _, err := s.Take(t.Context(), storetest.Key(store.UsedCode, 1<<30), "", time.Minute); taken ||
		!errors.Is(err, redis.ErrLost) {
		t.Errorf("a code is taken: %v, %v", taken, err)
	}
}

// TestStoreInACluster: scripts with several keys work there, and whatever a cluster redirects.
func TestStoreInACluster(t *testing.T) {
	t.Parallel()
	group := redistest.StartCluster(t, redis.ClusterPrefix)
	s := open(t, group.URL)
	if !took(t, s, 1) || took(t, s, 1) {
		t.Error("a code is not taken once")
	}
	counters := []store.Counter{{Key: storetest.Key(store.Failure, 1), Bound: 2},
		{Key: storetest.Key(store.Failure, 2), Bound: 2}}
	for i := range 3 {
		if locked, err := s.Count(t.Context(), time.Minute, counters...); locked != (i == 2) || err != nil {
			t.Errorf("count %d: %v, %v", i, locked, err)
		}
	}
	if err := s.Uncount(t.Context(), counters...); err != nil {
		t.Error(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestAServerThatThrowsThingsAway is refused, as soon as it may.
func TestAServerThatThrowsThingsAway(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := open(t, server.URL)
	for _, step := range []struct {
		bound, policy string
		fit           bool
	}{
		{"0", "allkeys-lru", true}, {"100mb", "noeviction", true}, {"100mb", "allkeys-lru", false},
		{"100mb", "volatile-ttl", false},
		{"0", "volatile-ttl", true},
	} {
		do(t, server, "config", "set", "maxmemory", step.bound, "maxmemory-policy", step.policy)
		err := s.Ping(t.Context())
		if step.fit && err != nil || !step.fit &&
			(!errors.Is(err, redis.ErrEvicts) || !strings.Contains(err.Error(), "maxmemory-policy is "+step.policy)) {
			t.Errorf("%+v: %v", step, err)
		}
		_, _, err = s.Take(t.Context(), storetest.Key(store.UsedCode, 1), "", time.Minute)
		if errors.Is(err, redis.ErrEvicts) == step.fit {
			t.Errorf("%+v: take says %v", step, err)
		}
	}
}

// TestWithoutADisk: a server that writes nothing to it is used, with a word about it.
func TestWithoutADisk(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := open(t, server.URL)
	if w := s.Warning(t.Context()); !strings.Contains(w, "writes nothing to its disk") {
		t.Errorf("it says %q", w)
	}
	do(t, server, "config", "set", "save", "3600 1")
	if w := s.Warning(t.Context()); w != "" {
		t.Errorf("with snapshots it says %q", w)
	}
	do(t, server, "config", "set", "save", "", "appendonly", "yes")
	if w := s.Warning(t.Context()); w != "" {
		t.Errorf("with a log it says %q", w)
	}
}

// TestAnAccountOfItsOwn: the rights that docs/production.md names suffice.
func TestAnAccountOfItsOwn(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	do(t, server, "acl", "setuser", "hookd", "on", ">secret", "~"+redis.Prefix+"*",
		"+@read", "+@write", "+@scripting", "+@connection", "+info", "+time", "+config|get")
	s := open(t, strings.Replace(server.URL, "://", "://hookd:secret@", 1))
	if !took(t, s, 1) || took(t, s, 1) {
		t.Error("a code is not taken once")
	}
	if _, err := s.Count(t.Context(), time.Minute,
		store.Counter{Key: storetest.Key(store.Failure, 1), Bound: 2}); err != nil {
		t.Error(err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if s.Warning(t.Context()) == "" {
		t.Error("the settings cannot be read")
	}
}
