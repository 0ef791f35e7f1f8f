package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/memory/store"
)

// Memory is what a hookd remembers, for programs beside it.
type Memory struct {
	File  string // of the configuration
	Key   []byte // of the digests
	Store store.Store
}

// memoryInfo is the answer to GET /memory.
type memoryInfo struct {
	File string `json:"file"`
	Key  []byte `json:"key"`
}

// memoryCall is the body of POST /memory: one call of [store.Store].
type memoryCall struct {
	Do       string          `json:"do"`
	Keys     []string        `json:"keys,omitempty"` // one, but for keep
	Value    string          `json:"value,omitempty"`
	Step     int64           `json:"step,omitempty"`
	Life     int64           `json:"life_ns,omitempty"`
	Counters []memoryCounter `json:"counters,omitempty"`
}

func (c memoryCall) life() time.Duration { return time.Duration(c.Life) }

// memoryCounter is a [store.Counter].
type memoryCounter struct {
	Key   string   `json:"key"`
	Bound int      `json:"bound"`
	Look  bool     `json:"look,omitempty"`
	Wider []string `json:"wider,omitempty"`
}

// memoryReply is the answer to it.
type memoryReply struct {
	OK    bool   `json:"ok"`
	Value string `json:"value,omitempty"`
	Error string `json:"error,omitempty"` // of the store
}

// Bounds of a call.
const (
	maxCall = 16 << 10
	maxLife = 366 * 24 * time.Hour
)

// callMemory answers POST /memory.
func callMemory(s store.Store, r *http.Request) (any, error) {
	var c memoryCall
	body, err := io.ReadAll(io.LimitReader(r.Body, maxCall))
	if err != nil || jsonobject.Decode(body, &c) != nil {
		return nil, &Error{http.StatusBadRequest, "body: want one call of the memory as JSON"}
	}
	var keys []store.Key
	for _, text := range c.Keys {
		key, err := store.ParseKey(text)
		if err != nil {
			return nil, &Error{http.StatusBadRequest, "keys: " + err.Error()}
		}
		keys = append(keys, key)
	}
	counters, err := countersOf(c.Counters)
	switch {
	case err != nil:
		return nil, err
	case c.Life < 0 || c.life() > maxLife || len(c.Value) > store.MaxValue:
		return nil, &Error{http.StatusBadRequest, "life or value: is out of bounds"}
	}
	call := memoryCalls[c.Do]
	if call == nil || len(keys) != 1 && c.Do != "keep" && c.Do != "count" && c.Do != "uncount" {
		return nil, &Error{http.StatusBadRequest,
			fmt.Sprintf("do: %q with %d keys is no call of the memory", c.Do, len(keys))}
	}
	reply, err := call(r.Context(), s, c, keys, counters)
	if err != nil {
		reply.Error = err.Error()
	}
	return reply, nil
}

func countersOf(list []memoryCounter) (counters []store.Counter, err error) {
	for _, c := range list {
		key, err := store.ParseKey(c.Key)
		var wider []store.Key
		for _, text := range c.Wider {
			w, e := store.ParseKey(text)
			wider, err = append(wider, w), errors.Join(err, e)
		}
		if err != nil || c.Bound < 1 {
			return nil, &Error{http.StatusBadRequest, "counters: want keys and bounds of at least 1"}
		}
		counter := store.Counter{Key: key, Bound: c.Bound, Look: c.Look}
		if len(wider) > 0 {
			counter.Wider = func() []store.Key { return wider }
		}
		counters = append(counters, counter)
	}
	return counters, nil
}

// memoryCalls are the calls by their names.
var memoryCalls = map[string]func(context.Context, store.Store, memoryCall, []store.Key,
	[]store.Counter) (memoryReply, error){
	"take": func(ctx context.Context, s store.Store, c memoryCall, k []store.Key, _ []store.Counter) (r memoryReply,
		err error) {
		r.OK, r.Value, err = s.Take(ctx, k[0], c.Value, c.life())
		return r, err
	},
	"set": func(ctx context.Context, s store.Store, c memoryCall, k []store.Key, _ []store.Counter) (memoryReply,
		error) {
		return memoryReply{}, s.Set(ctx, k[0], c.Value, c.life())
	},
	"get": func(ctx context.Context, s store.Store, _ memoryCall, k []store.Key, _ []store.Counter) (r memoryReply,
		err error) {
		r.Value, err = s.Get(ctx, k[0])
		return r, err
	},
	"await": func(ctx context.Context, s store.Store, c memoryCall, k []store.Key, _ []store.Counter) (r memoryReply,
		err error) {
		r.Value, err = s.Await(ctx, k[0], c.Value)
		return r, err
	},
	"drop": func(ctx context.Context, s store.Store, _ memoryCall, k []store.Key, _ []store.Counter) (memoryReply,
		error) {
		return memoryReply{}, s.Drop(ctx, k[0])
	},
	"count": func(ctx context.Context, s store.Store, c memoryCall, _ []store.Key, cs []store.Counter) (r memoryReply,
		err error) {
		r.OK, err = s.Count(ctx, c.life(), cs...)
		return r, err
	},
	"uncount": func(ctx context.Context, s store.Store, _ memoryCall, _ []store.Key, cs []store.Counter) (memoryReply,
		error) {
		return memoryReply{}, s.Uncount(ctx, cs...)
	},
	"advance": func(ctx context.Context, s store.Store, c memoryCall, k []store.Key, _ []store.Counter) (r memoryReply,
		err error) {
		r.OK, err = s.Advance(ctx, k[0], c.Step, c.life())
		return r, err
	},
	"keep": func(ctx context.Context, s store.Store, _ memoryCall, k []store.Key, _ []store.Counter) (memoryReply,
		error) {
		return memoryReply{}, s.Keep(ctx, k...)
	},
}
