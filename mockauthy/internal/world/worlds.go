package world

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/clock"
	"sftpgo-authy/mockauthy/internal/events"
	"sftpgo-authy/mockauthy/internal/verify"
)

// Options make [Worlds].
type Options struct {
	// Now is wall time. Required.
	Now func() time.Time
	// Keys are the API keys that have a world from the start.
	Keys []string
	// AnyKey makes a world for every other key when it is first used.
	AnyKey bool
	// Seed makes secrets, codes, ids and the chances of faults reproducible; nil takes them from
	// the system.
	Seed *uint64
	// Endpoints are the names that fault rules can match; nil means any.
	Endpoints []string
	// Start is what a new world starts with, and one that is reset; nil is an empty one.
	Start *State
	// Changed, if not nil, is called after every event in any world. It must not block.
	Changed func()
	// Answered, if not nil, is called with every answer to an approval request. It must not block.
	Answered func(*World, authy.Answer)
	// Most is how many worlds there may be; 0 is 10,000.
	Most int
	// Memory limits what all worlds together hold.
	Memory Memory
	// Forgotten, if not nil, is called with every world that was forgotten to make room. It must
	// not block.
	Forgotten func(*World)
	// Remember is how many requests, and how many messages, a world keeps.
	Remember int
}

// mostWorlds limits how many worlds there are, since with AnyKey every key makes one.
const mostWorlds = 10_000

// maxKey bounds an API key in bytes; real ones have 32.
const maxKey = 256

// Errors that callers branch on.
var (
	ErrTaken = errors.New("there is an app with that key already")
	ErrKey   = fmt.Errorf("want 1 to %d visible ASCII characters", maxKey)
	ErrFull  = errors.New("there are as many apps as there may be, all used within the last minute or made on " +
		"purpose; delete some first")
)

// Worlds are the worlds of one server by API key. Make them with [New].
type Worlds struct {
	// Clock is the time that the clocks of all worlds start from.
	Clock  *clock.Clock
	o      Options
	random io.Reader // for keys
	mu     sync.RWMutex
	byKey  map[string]*World
	bySID  map[string]*World // by the account's SID, and that of its API key
	order  []string          // keys, oldest first

	requests atomic.Int64 // that asked for room
	tight    atomic.Bool  // memory was, when it was last asked about
	making   sync.Mutex   // held by who makes room
}

// New makes the worlds of o.Keys. The error says which key or which part of o.Start is invalid.
func New(o Options) (*Worlds, error) {
	o.Most = cmp.Or(o.Most, mostWorlds)
	ws := &Worlds{Clock: clock.New(o.Now), o: o, random: randomFor(o.Seed, ""), byKey: map[string]*World{},
		bySID: map[string]*World{}}
	for _, key := range o.Keys {
		if _, err := ws.Add(key); err != nil {
			return nil, err
		}
	}
	return ws, nil
}

// Lookup returns the world of a key; with AnyKey it is made when there is none yet. False: the key
// is not accepted.
func (ws *Worlds) Lookup(key string) (*World, bool) {
	ws.mu.RLock()
	w, ok := ws.byKey[key]
	ws.mu.RUnlock()
	if ok {
		ws.touch(w)
	}
	if ok || !ws.o.AnyKey {
		return w, ok
	}
	w, err := ws.add(key, true)
	if errors.Is(err, ErrTaken) { // somebody was quicker
		ws.mu.RLock()
		defer ws.mu.RUnlock()
		w, ok = ws.byKey[key]
		return w, ok
	}
	return w, err == nil
}

// Account returns the world of Twilio credentials: the SID and token of its account, or its API key
// with the secret. With AnyKey every other account SID makes a world, whatever the token, whose API
// key is that SID. False: the credentials are not accepted.
func (ws *Worlds) Account(user, password string) (*World, bool) {
	ws.mu.RLock()
	w, ok := ws.bySID[user]
	ws.mu.RUnlock()
	switch {
	case ok && w.stray && w.Key == user: // it came with no token of its own
		ws.touch(w)
		return w, true
	case ok:
		ws.touch(w)
		return w, w.Verify.Admits(user, password)
	case ws.o.AnyKey && verify.IsAccountSID(user):
		return ws.Lookup(user)
	}
	return nil, false
}

// Wall is wall time, which no test turns.
func (ws *Worlds) Wall() time.Time { return ws.o.Now() }

// First returns the oldest world; false when all were removed.
func (ws *Worlds) First() (*World, bool) {
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	if len(ws.order) == 0 {
		return nil, false
	}
	return ws.byKey[ws.order[0]], true
}

// Add makes the world of a key, as Options.Start says. Errors are ErrKey, ErrTaken, ErrFull or
// about Start.
func (ws *Worlds) Add(key string) (*World, error) { return ws.add(key, false) }

func (ws *Worlds) add(key string, stray bool) (*World, error) {
	w, err := ws.insert(key, stray)
	if errors.Is(err, ErrFull) && ws.forget(max(1, ws.o.Most/10)) > 0 {
		return ws.insert(key, stray)
	}
	return w, err
}

func (ws *Worlds) insert(key string, stray bool) (*World, error) {
	if key == "" || len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, fmt.Errorf("key %.40q: %w", key, ErrKey)
	}
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if ws.byKey[key] != nil {
		return nil, fmt.Errorf("key %q: %w", key, ErrTaken)
	}
	if len(ws.order) >= ws.o.Most {
		return nil, ErrFull
	}
	key = strings.Clone(key) // it may be a part of a long request
	w, err := build(key, ws.o, ws.Clock)
	if err != nil {
		return nil, err
	}
	w.stray = stray
	w.touched.Store(ws.o.Now().UnixNano())
	ws.byKey[key] = w
	own := w.Verify.Credentials()
	ws.bySID[own.AccountSID], ws.bySID[own.KeySID] = w, w
	ws.order = append(ws.order, key)
	return w, nil
}

// NewKey returns a new key that no app has. With a seed the sequence is always the same.
func (ws *Worlds) NewKey() string {
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	for {
		b := make([]byte, 16)
		_, _ = io.ReadFull(ws.random, b) // neither the system nor a seed ever fails
		if key := "mock-" + hex.EncodeToString(b); ws.byKey[key] == nil {
			return key
		}
	}
}

// Remove forgets the world of a key; false when there is none.
func (ws *Worlds) Remove(key string) bool {
	ws.mu.Lock()
	removed := ws.byKey[key]
	delete(ws.byKey, key)
	ws.order = slices.DeleteFunc(ws.order, func(k string) bool { return k == key })
	if removed != nil {
		own := removed.Verify.Credentials()
		delete(ws.bySID, own.AccountSID)
		delete(ws.bySID, own.KeySID)
	}
	ws.mu.Unlock()
	if removed == nil {
		return false
	}
	removed.Events.Tell(events.Reset{}) // who follows it looks again, and finds it gone
	return true
}

// List returns all worlds, oldest first.
func (ws *Worlds) List() []*World {
	ws.mu.RLock()
	defer ws.mu.RUnlock()
	all := make([]*World, len(ws.order))
	for i, key := range ws.order {
		all[i] = ws.byKey[key]
	}
	return all
}
