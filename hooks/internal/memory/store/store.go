// Package store says how what must be remembered between logins is kept: marks, counters of
// failures and last steps, each for as long as it matters. Package inprocess keeps them in a hookd
// alone, package bolt in a file, and package redis in Redis or Valkey for several hookd. Package
// storetest holds every store to the same behaviour.
package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Kind says what a thing in a store is. A store whose room is bounded gives each kind a share of
// its own.
type Kind byte

// The kinds, and who can make things of them.
const (
	// a code that was accepted, or that a provider is asked about right now: nobody without right
	// codes
	UsedCode Kind = iota
	Failure       // a counter of failures: everybody
	Lock          // stands for several counters at their bound, see [Counter]: everybody
	// somebody may go on without a new code: nobody without right codes, but while a code is asked
	// about
	Grace
	Push     // a question that waits on a phone: who knows an account's name
	Send     // a code was sent to a phone: who knows a password
	Address  // where a conversation comes from: everybody
	LastStep // the last step of a local TOTP that was accepted: nobody without right codes
	Verdict  // what became of a login, for those who wait for it: everybody, for some seconds
	Epoch    // graces of a person from before it are over: whoever makes the provider tell of a suspension
	// somebody guesses codes that we judge ourselves: who knows the name of an account that has a
	// secret
	Guess
	// recovery codes of a person, and those that are used up: an administrator, and whoever has one
	Recovery
	Kinds // how many there are
)

// String returns the name of the kind, one word.
func (k Kind) String() string {
	names := [Kinds]string{"code", "fail", "lock", "grace", "push", "send", "address", "step", "verdict", "epoch",
		"guess", "recovery"}
	if k < Kinds {
		return names[k]
	}
	return "unknown"
}

// Words returns the name of many things of the kind, for people.
func (k Kind) Words() string {
	names := [Kinds]string{
		"used codes", "failures", "locks", "graces", "pushes", "sent codes", "addresses", "last steps", "verdicts",
		"ended graces",
		"guesses", "recovery codes",
	}
	if k < Kinds {
		return names[k]
	}
	return "unknown things"
}

// Key names a thing in a store: by its kind and a keyed digest, which tells nobody whose it is.
type Key struct {
	Kind   Kind
	Digest [16]byte
}

// String returns the kind's name, a colon and the digest in hexadecimal.
func (k Key) String() string { return k.Kind.String() + ":" + hex.EncodeToString(k.Digest[:]) }

// ParseKey is the inverse of [Key.String].
func ParseKey(text string) (Key, error) {
	word, digits, _ := strings.Cut(text, ":")
	digest, err := hex.DecodeString(digits)
	for kind := range Kinds {
		k := Key{Kind: kind}
		if err == nil && kind.String() == word && copy(k.Digest[:], digest) == len(digest) && k.String() == text {
			return k, nil
		}
	}
	return Key{}, fmt.Errorf("store: %q is no key", text)
}

// Counter is a counter of failures, and when it locks.
type Counter struct {
	Key   Key
	Bound int // at so many failures it locks, at least 1

	// Look has [Store.Count] look whether the counter locks, without adding to it.
	Look bool

	// Wider returns the keys of locks that may take this counter's place in a store whose room for
	// locks is used up, the narrowest first, all of kind [Lock]. Where one of them stands the
	// counter is locked. It may be nil.
	Wider func() []Key
}

// MaxValue is the longest value of a mark, in bytes.
const MaxValue = 256

// Store keeps marks, counters and steps. Implementations are safe for concurrent use, and what a
// call does to one key is atomic. A life of 0 has no end. An error means that the store could not
// be asked or has no room, and that nothing is known.
type Store interface {
	// Take sets a mark if there is none, for life. taken is false where there is one, and then
	// current is its value.
	Take(ctx context.Context, key Key, value string, life time.Duration) (taken bool, current string, err error)
	// Set sets a mark for life, whatever there was.
	Set(ctx context.Context, key Key, value string, life time.Duration) error
	// Get returns the value of a mark, and a step in decimal digits; "" for none.
	Get(ctx context.Context, key Key) (string, error)
	// Await waits while the value of a mark is value, and returns the one it has then, "" for none.
	// It returns the error of ctx when that ends first. That a mark's life is over may be noticed
	// late.
	Await(ctx context.Context, key Key, value string) (current string, err error)
	// Drop removes a mark or counter.
	Drop(ctx context.Context, key Key) error
	// Count adds one to each counter that it does not only look at, or says that one of them stands
	// at its bound: then none is counted. Of many calls at once no more are counted than a bound
	// allows. A counter lives for life from its first count on.
	Count(ctx context.Context, life time.Duration, counters ...Counter) (locked bool, err error)
	// Uncount takes one off each counter that lives and is above zero.
	Uncount(ctx context.Context, counters ...Counter) error
	// Advance keeps step, which is above zero, for life if none is kept that is as high or higher;
	// ok is false where there is one.
	Advance(ctx context.Context, key Key, step int64, life time.Duration) (ok bool, err error)
	// Keep returns once the marks and counters of keys, and every last step that was advanced
	// before, stand where a restart does not lose them, if the store has such a place. Nobody may
	// be told of a yes that rests on them before. A store may put off writing until it is called.
	Keep(ctx context.Context, keys ...Key) error
	// Ping says whether the store can be reached.
	Ping(ctx context.Context) error
}

// Text returns what [Store.Get] says of a thing that has a value and a number.
func Text(key Key, value string, number int64) string {
	if key.Kind == LastStep {
		return strconv.FormatInt(number, 10)
	}
	return value
}
