package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"sftpgo-authy/hooks/internal/memory/store"
)

// awaitTime is how long a hookd may take for one call: it waits for another login where it is asked
// to.
const awaitTime = 9 * time.Second

// Memory asks for the memory of the hookd. Its store asks hookd with each call.
func (c *Client) Memory(ctx context.Context) (Memory, error) {
	var info memoryInfo
	if err := c.get(ctx, "/memory", &info); err != nil {
		return Memory{}, err
	}
	transport := &http.Transport{DialContext: c.dial, MaxIdleConns: 1}
	return Memory{info.File, info.Key, &remote{c.path, &http.Client{Transport: transport, Timeout: awaitTime}}}, nil
}

// remote is the store of a hookd, over its socket.
type remote struct {
	path string
	http *http.Client
}

// Close ends the connection.
func (s *remote) Close() error {
	s.http.CloseIdleConnections()
	return nil
}

func (s *remote) call(ctx context.Context, c memoryCall, keys ...store.Key) (r memoryReply, err error) {
	for _, key := range keys {
		c.Keys = append(c.Keys, key.String())
	}
	body, err := json.Marshal(c)
	if err != nil {
		return r, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://hookd/memory", bytes.NewReader(body))
	if err != nil {
		return r, fmt.Errorf("admin socket %s: %w", s.path, err)
	}
	res, err := s.http.Do(req)
	switch {
	case err != nil && ctx.Err() != nil:
		return r, ctx.Err()
	case err != nil:
		return r, fmt.Errorf("admin socket %s: %w: %w", s.path, ErrNobody, errors.Unwrap(err))
	}
	if err := readReply(s.path, res, &r); err != nil {
		return memoryReply{}, err
	}
	if r.Error != "" {
		return memoryReply{}, fmt.Errorf("hookd: %s", r.Error)
	}
	return r, nil
}

// Take implements [store.Store].
func (s *remote) Take(ctx context.Context, key store.Key, value string, life time.Duration) (bool, string, error) {
	r, err := s.call(ctx, memoryCall{Do: "take", Value: value, Life: int64(life)}, key)
	return r.OK, r.Value, err
}

// Set implements [store.Store].
func (s *remote) Set(ctx context.Context, key store.Key, value string, life time.Duration) error {
	_, err := s.call(ctx, memoryCall{Do: "set", Value: value, Life: int64(life)}, key)
	return err
}

// Get implements [store.Store].
func (s *remote) Get(ctx context.Context, key store.Key) (string, error) {
	r, err := s.call(ctx, memoryCall{Do: "get"}, key)
	return r.Value, err
}

// Await implements [store.Store].
func (s *remote) Await(ctx context.Context, key store.Key, value string) (string, error) {
	r, err := s.call(ctx, memoryCall{Do: "await", Value: value}, key)
	return r.Value, err
}

// Drop implements [store.Store].
func (s *remote) Drop(ctx context.Context, key store.Key) error {
	_, err := s.call(ctx, memoryCall{Do: "drop"}, key)
	return err
}

// Count implements [store.Store].
func (s *remote) Count(ctx context.Context, life time.Duration, counters ...store.Counter) (bool, error) {
	r, err := s.call(ctx, memoryCall{Do: "count", Life: int64(life), Counters: told(counters)})
	return r.OK, err
}

// Uncount implements [store.Store].
func (s *remote) Uncount(ctx context.Context, counters ...store.Counter) error {
	_, err := s.call(ctx, memoryCall{Do: "uncount", Counters: told(counters)})
	return err
}

func told(counters []store.Counter) (list []memoryCounter) {
	for _, c := range counters {
		told := memoryCounter{Key: c.Key.String(), Bound: c.Bound, Look: c.Look}
		if c.Wider != nil {
			for _, key := range c.Wider() {
				told.Wider = append(told.Wider, key.String())
			}
		}
		list = append(list, told)
	}
	return list
}

// Advance implements [store.Store].
func (s *remote) Advance(ctx context.Context, key store.Key, step int64, life time.Duration) (bool, error) {
	r, err := s.call(ctx, memoryCall{Do: "advance", Step: step, Life: int64(life)}, key)
	return r.OK, err
}

// mostKeys is how many keys one call has at most, so that it stays below [maxCall].
const mostKeys = 200

// Keep implements [store.Store].
func (s *remote) Keep(ctx context.Context, keys ...store.Key) error {
	for ; len(keys) > mostKeys; keys = keys[mostKeys:] {
		if _, err := s.call(ctx, memoryCall{Do: "keep"}, keys[:mostKeys]...); err != nil {
			return err
		}
	}
	_, err := s.call(ctx, memoryCall{Do: "keep"}, keys...)
	return err
}

// Ping implements [store.Store].
func (s *remote) Ping(ctx context.Context) error { return s.Keep(ctx) }
