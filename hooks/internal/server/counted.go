package server

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sftpgo-authy/hooks/internal/store"
)

// counted is a store whose failures are counted.
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
func (c counted) Take(ctx context.Context, key, value string, life time.Duration) (bool, string, error) {
	taken, current, err := c.next.Take(ctx, key, value, life)
	return taken, current, c.note(err)
}

// Set implements [store.Store].
func (c counted) Set(ctx context.Context, key, value string, life time.Duration) error {
	return c.note(c.next.Set(ctx, key, value, life))
}

// Get implements [store.Store].
func (c counted) Get(ctx context.Context, key string) (string, error) {
	value, err := c.next.Get(ctx, key)
	return value, c.note(err)
}

// Drop implements [store.Store].
func (c counted) Drop(ctx context.Context, key string) error { return c.note(c.next.Drop(ctx, key)) }

// Count implements [store.Store].
func (c counted) Count(ctx context.Context, life time.Duration, keys ...string) ([]int, error) {
	counts, err := c.next.Count(ctx, life, keys...)
	return counts, c.note(err)
}

// Uncount implements [store.Store].
func (c counted) Uncount(ctx context.Context, keys ...string) error {
	return c.note(c.next.Uncount(ctx, keys...))
}

// Ping implements [store.Store].
func (c counted) Ping(ctx context.Context) error { return c.note(c.next.Ping(ctx)) }
