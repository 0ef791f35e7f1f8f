package store

import (
	"context"
	"time"
)

// Broken is a store that cannot be asked, and says why with each call.
type Broken struct{ Err error }

// Take implements [Store].
func (b Broken) Take(context.Context, Key, string, time.Duration) (bool, string, error) {
	return false, "", b.Err
}

// Set implements [Store].
func (b Broken) Set(context.Context, Key, string, time.Duration) error { return b.Err }

// Get implements [Store].
func (b Broken) Get(context.Context, Key) (string, error) { return "", b.Err }

// Await implements [Store].
func (b Broken) Await(context.Context, Key, string) (string, error) { return "", b.Err }

// Drop implements [Store].
func (b Broken) Drop(context.Context, Key) error { return b.Err }

// Count implements [Store].
func (b Broken) Count(context.Context, time.Duration, ...Counter) (bool, error) { return false, b.Err }

// Uncount implements [Store].
func (b Broken) Uncount(context.Context, ...Counter) error { return b.Err }

// Advance implements [Store].
func (b Broken) Advance(context.Context, Key, int64, time.Duration) (bool, error) {
	return false, b.Err
}

// Keep implements [Store].
func (b Broken) Keep(context.Context, ...Key) error { return b.Err }

// Ping implements [Store].
func (b Broken) Ping(context.Context) error { return b.Err }
