package server

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// fixed is a store that always says the same, and keeps what it was asked.
type fixed struct {
	err  error
	seen []any
}

func (f *fixed) Take(_ context.Context, key, value string, life time.Duration) (bool, string, error) {
	f.seen = []any{"take", key, value, life}
	return true, "held", f.err
}

func (f *fixed) Set(_ context.Context, key, value string, life time.Duration) error {
	f.seen = []any{"set", key, value, life}
	return f.err
}

func (f *fixed) Get(_ context.Context, key string) (string, error) {
	f.seen = []any{"get", key}
	return "held", f.err
}

func (f *fixed) Drop(_ context.Context, key string) error {
	f.seen = []any{"drop", key}
	return f.err
}

func (f *fixed) Count(_ context.Context, life time.Duration, keys ...string) ([]int, error) {
	f.seen = []any{"count", life, keys}
	return []int{3, 4}, f.err
}

func (f *fixed) Uncount(_ context.Context, keys ...string) error {
	f.seen = []any{"uncount", keys}
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

// TestCountingChangesNothing: what is asked and answered goes through as it is, errors included, and each error counts once.
func TestCountingChangesNothing(t *testing.T) {
	t.Parallel()
	ctx, two := context.Background(), []string{"a", "b"}
	for name, c := range map[string]struct {
		call func(counted) ([]any, error)
		asks []any
		says []any
	}{
		"take": {func(s counted) ([]any, error) {
			taken, held, err := s.Take(ctx, "k", "v", time.Minute)
			return []any{taken, held}, err
		}, []any{"take", "k", "v", time.Minute}, []any{true, "held"}},
		"set":     {func(s counted) ([]any, error) { return nil, s.Set(ctx, "k", "v", time.Hour) }, []any{"set", "k", "v", time.Hour}, nil},
		"get":     {func(s counted) ([]any, error) { v, err := s.Get(ctx, "k"); return []any{v}, err }, []any{"get", "k"}, []any{"held"}},
		"drop":    {func(s counted) ([]any, error) { return nil, s.Drop(ctx, "k") }, []any{"drop", "k"}, nil},
		"count":   {func(s counted) ([]any, error) { n, err := s.Count(ctx, time.Minute, two...); return []any{n}, err }, []any{"count", time.Minute, two}, []any{[]int{3, 4}}},
		"uncount": {func(s counted) ([]any, error) { return nil, s.Uncount(ctx, two...) }, []any{"uncount", two}, nil},
		"ping":    {func(s counted) ([]any, error) { return nil, s.Ping(ctx) }, []any{"ping"}, nil},
	} {
		for _, wanted := range []error{nil, errors.New("gone")} {
			next, failed := &fixed{err: wanted}, &tally{}
			says, err := c.call(counted{next, failed})
			if !reflect.DeepEqual(says, c.says) || !errors.Is(err, wanted) || !reflect.DeepEqual(next.seen, c.asks) {
				t.Errorf("%s: asked %v, says %v, %v; want %v and %v, %v", name, next.seen, says, err, c.asks, c.says, wanted)
			}
			if (failed.n == 1) != (wanted != nil) {
				t.Errorf("%s with %v: counted %d", name, wanted, failed.n)
			}
		}
	}
}
