package hookd

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sftpgo-authy/hooks/internal/memory/store"
)

// counted is a store whose failures show in the metrics.
type counted struct {
	next   store.Store
	failed prometheus.Counter
}

func (c counted) note(err error) error {
	if err != nil {
		c.failed.Inc()
	}
	return err
}

// Take implements [store.Store].
func (c counted) Take(ctx context.Context, key store.Key, value string, life time.Duration) (bool, string, error) {
	taken, current, err := c.next.Take(ctx, key, value, life)
	return taken, current, c.note(err)
}

// Set implements [store.Store].
func (c counted) Set(ctx context.Context, key store.Key, value string, life time.Duration) error {
	return c.note(c.next.Set(ctx, key, value, life))
}

// Get implements [store.Store].
func (c counted) Get(ctx context.Context, key store.Key) (string, error) {
	value, err := c.next.Get(ctx, key)
	return value, c.note(err)
}

// Await implements [store.Store]. It is no failure that nothing changed in time.
func (c counted) Await(ctx context.Context, key store.Key, value string) (string, error) {
	current, err := c.next.Await(ctx, key, value)
	if ctx.Err() != nil {
		return current, err
	}
	return current, c.note(err)
}

// Drop implements [store.Store].
func (c counted) Drop(ctx context.Context, key store.Key) error { return c.note(c.next.Drop(ctx, key)) }

// Count implements [store.Store].
func (c counted) Count(ctx context.Context, life time.Duration, counters ...store.Counter) (bool, error) {
	locked, err := c.next.Count(ctx, life, counters...)
	return locked, c.note(err)
}

// Uncount implements [store.Store].
func (c counted) Uncount(ctx context.Context, counters ...store.Counter) error {
	return c.note(c.next.Uncount(ctx, counters...))
}

// Advance implements [store.Store].
func (c counted) Advance(ctx context.Context, key store.Key, step int64, life time.Duration) (bool, error) {
	ok, err := c.next.Advance(ctx, key, step, life)
	return ok, c.note(err)
}

// Keep implements [store.Store].
func (c counted) Keep(ctx context.Context, keys ...store.Key) error {
	return c.note(c.next.Keep(ctx, keys...))
}

// Ping implements [store.Store].
func (c counted) Ping(ctx context.Context) error { return c.note(c.next.Ping(ctx)) }
