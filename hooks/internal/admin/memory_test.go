package admin

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/memory/storetest"
)

// beside returns what a program sees of the memory of a hookd that has a store.
func beside(t *testing.T, s store.Store) Memory {
	t.Helper()
	client, err := NewClient(serve(t, stub{store: s}))
	if err != nil {
		t.Fatal(err)
	}
	m, err := client.Memory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Store.(*remote).Close() })
	return m
}

// TestAHookdSharesItsMemory: the store behind the socket behaves as the one before it.
func TestAHookdSharesItsMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Made {
		var passed atomic.Int64
		s := inprocess.New(func() time.Time { return time.Unix(1_700_000_000, passed.Load()) })
		m := beside(t, s)
		if m.File != "/memory" || string(m.Key) != "key" {
			t.Errorf("got %+v", m)
		}
		return storetest.Made{Store: m.Store, Life: time.Hour, Pass: func(d time.Duration) { passed.Add(int64(d)) }}
	})
}

// failing is a store whose disk is full.
type failing struct{ store.Store }

func (failing) Keep(context.Context, ...store.Key) error {
	return errors.New("memory_file: no space left")
}

func TestWhatTheStoreSaysArrives(t *testing.T) {
	t.Parallel()
	m := beside(t, failing{})
	if err := m.Store.Keep(t.Context()); err == nil || err.Error() != "hookd: memory_file: no space left" {
		t.Errorf("got %v", err)
	}
}

func TestAHookdWithoutAFileSharesNothing(t *testing.T) {
	t.Parallel()
	client, err := NewClient(serve(t, stub{}))
	if err != nil {
		t.Fatal(err)
	}
	if m, err := client.Memory(t.Context()); err == nil ||
		!strings.Contains(err.Error(), "409 this hookd has no memory_file") {
		t.Errorf("got %+v, %v", m, err)
	}
}

// TestOnlyCallsOfTheMemory: whatever is no call of the store is refused, and the store is not
// asked.
func TestOnlyCallsOfTheMemory(t *testing.T) {
	t.Parallel()
	handler := Handler(stub{store: failing{}}) // any call but keep panics
	const key = `"code:000102030405060708090a0b0c0d0e0f"`
	for _, body := range []string{
		``, `[]`, `{}`, `{"do":"ping"}`, `{"do":"get"}`, `{"do":"get","keys":["x"]}`,
		`{"do":"get","keys":[` + key + `,` + key + `]}`,
		`{"do":"get","keys":[` + key + `],"Do":"keep"}`, `{"do":"take","keys":[` + key + `],"life_ns":-1}`,
		`{"do":"set","keys":[` + key + `],"value":"` + strings.Repeat("v", store.MaxValue+1) + `"}`,
		`{"do":"count","counters":[{"key":` + key + `,"bound":0}]}`,
		`{"do":"count","counters":[{"key":"x","bound":1}]}`,
		`{"do":"count","counters":[{"key":` + key + `,"bound":1,"wider":["x"]}]}`,
		`{"do":"take","keys":[` + key + `],"life_ns":99999999999999999}`,
		`{"do":"get","keys":[` + strings.Repeat(" ", maxCall) + key + `]}`,
	} {
		got := &recorder{header: http.Header{}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://hookd/memory",
			strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if handler.ServeHTTP(got, r); got.status != http.StatusBadRequest {
			t.Errorf("%.80s: %d %s", body, got.status, &got.body)
		}
	}
}

// recorder keeps a reply.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header            { return r.header }
func (r *recorder) WriteHeader(status int)         { r.status = status }
func (r *recorder) Write(text []byte) (int, error) { return r.body.Write(text) }
