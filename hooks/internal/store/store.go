// Package store keeps what hookd must remember between logins, for as long as it matters: marks and counters with an end of life. One
// hookd keeps them in [Memory]; several share them in Redis or Valkey (package redisstore). Both behave as package storetest says.
package store

import (
	"context"
	"time"
)

// Store keeps marks and counters. Keys of the two must differ. Implementations are safe for concurrent use, and each call is
// atomic. An error means that the store cannot be reached and nothing is known.
type Store interface {
	// Take sets a mark if there is none, for life. taken is false where there is one, and then current is its value.
	Take(ctx context.Context, key, value string, life time.Duration) (taken bool, current string, err error)
	// Set sets a mark for life, whatever there was.
	Set(ctx context.Context, key, value string, life time.Duration) error
	// Get gives the value of a mark, "" for none.
	Get(ctx context.Context, key string) (string, error)
	// Drop removes a mark or counter.
	Drop(ctx context.Context, key string) error
	// Count adds one to each counter and gives their values. A counter lives for life from its first count on.
	Count(ctx context.Context, life time.Duration, keys ...string) ([]int, error)
	// Uncount takes one off each counter that lives and is above zero.
	Uncount(ctx context.Context, keys ...string) error
	// Ping says whether the store can be reached.
	Ping(ctx context.Context) error
}
