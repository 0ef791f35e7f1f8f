package hookd

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sftpgo-authy/hooks/internal/memory/store"
)

// fixed is a store that always says the same, and keeps what it was asked.
type fixed struct {
	err  error
	seen []any
}

func (f *fixed) Take(_ context.Context, key store.Key, value string, life time.Duration) (bool, string, error) {
	f.seen = []any{"take", key, value, life}
	return true, "held", f.err
}

func (f *fixed) Set(_ context.Context, key store.Key, value string, life time.Duration) error {
	f.seen = []any{"set", key, value, life}
	return f.err
}

func (f *fixed) Get(_ context.Context, key store.Key) (string, error) {
	f.seen = []any{"get", key}
	return "held", f.err
}

func (f *fixed) Await(_ context.Context, key store.Key, value string) (string, error) {
	f.seen = []any{"await", key, value}
	return "held", f.err
}

func (f *fixed) Drop(_ context.Context, key store.Key) error {
	f.seen = []any{"drop", key}
	return f.err
}

func (f *fixed) Count(_ context.Context, life time.Duration, counters ...store.Counter) (bool, error) {
	f.seen = []any{"count", life, counters}
	return true, f.err
}

func (f *fixed) Uncount(_ context.Context, counters ...store.Counter) error {
	f.seen = []any{"uncount", counters}
	return f.err
}

func (f *fixed) Advance(_ context.Context, key store.Key, step int64, life time.Duration) (bool, error) {
	f.seen = []any{"advance", key, step, life}
	return true, f.err
}

func (f *fixed) Keep(_ context.Context, keys ...store.Key) error {
	f.seen = []any{"keep", keys}
	return f.err
}

func (f *fixed) Ping(context.Context) error {
	f.seen = []any{"ping"}
	return f.err
}

// tally counts.
type tally struct {
	prometheus.Counter
	n int
}

func (t *tally) Inc() { t.n++ }

// TestCountingChangesNothing: what is asked and answered goes through as it is, errors included,
// and each error counts once.
func TestCountingChangesNothing(t *testing.T) {
	t.Parallel()
	ctx, k := context.Background(), store.Key{Kind: store.Push, Digest: [16]byte{7}}
	two := []store.Counter{{Key: k, Bound: 3}, {Key: store.Key{Kind: store.Failure}, Bound: 5}}
	for name, c := range map[string]struct {
		call func(counted) ([]any, error)
		asks []any
		says []any
	}{
		"take": {func(s counted) ([]any, error) {
			taken, held, err := s.Take(ctx, k, "v", time.Minute)
			return []any{taken, held}, err
		}, []any{"take", k, "v", time.Minute}, []any{true, "held"}},
		"set": {func(s counted) ([]any, error) { return nil, s.Set(ctx, k, "v", time.Hour) },
			[]any{"set", k, "v", time.Hour}, nil},
		"get": {func(s counted) ([]any, error) { v, err := s.Get(ctx, k); return []any{v}, err }, []any{"get", k},
			[]any{"held"}},
		"await": {func(s counted) ([]any, error) { v, err := s.Await(ctx, k, "v"); return []any{v}, err },
			[]any{"await", k, "v"}, []any{"held"}},
		"drop": {func(s counted) ([]any, error) { return nil, s.Drop(ctx, k) }, []any{"drop", k}, nil},
		"count": {func(s counted) ([]any, error) {
			locked, err := s.Count(ctx, time.Minute, two...)
			return []any{locked}, err
		}, []any{"count", time.Minute, two}, []any{true}},
		"advance": {func(s counted) ([]any, error) {
			ok, err := s.Advance(ctx, k, 9, time.Hour)
			return []any{ok},
				err
		}, []any{"advance", k, int64(9), time.Hour}, []any{true}},
		"uncount": {func(s counted) ([]any, error) { return nil, s.Uncount(ctx, two...) }, []any{"uncount", two}, nil},
		"keep": {func(s counted) ([]any, error) { return nil, s.Keep(ctx, k, k) },
			[]any{"keep", []store.Key{k, k}}, nil},
		"ping": {func(s counted) ([]any, error) { return nil, s.Ping(ctx) }, []any{"ping"}, nil},
	} {
		for _, wanted := range []error{nil, errors.New("gone")} {
			next, failed := &fixed{err: wanted}, &tally{}
			says, err := c.call(counted{next, failed})
			if !reflect.DeepEqual(says, c.says) || !errors.Is(err, wanted) || !reflect.DeepEqual(next.seen, c.asks) {
				t.Errorf("%s: asked %v, says %v, %v; want %v and %v, %v", name, next.seen, says, err, c.asks,
					c.says, wanted)
			}
			if (failed.n == 1) != (wanted != nil) {
				t.Errorf("%s with %v: counted %d", name, wanted, failed.n)
			}
		}
	}
}

// TestWaitingInVainIsNoFailure: nothing is wrong with the store when a mark does not change in
// time.
func TestWaitingInVainIsNoFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	failed := &tally{}
	if _, err := (counted{&fixed{err: ctx.Err()}, failed}).Await(ctx, store.Key{}, "v"); !errors.Is(err,
		context.Canceled) || failed.n != 0 {
		t.Errorf("got %v, counted %d", err, failed.n)
	}
}
