package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"time"

	"github.com/gorilla/mux"

	"sftpgo-authy/mockauthy/internal/cli"
	"sftpgo-authy/mockauthy/internal/server"
	"sftpgo-authy/mockauthy/internal/world"
)

const key = "bench-key"

// serveChild is one of the servers that are measured. It prints what its parent needs and ends with
// ctx or its input.
func serveChild(ctx context.Context, kind string, a api, users int, out io.Writer) error {
	switch kind {
	case "bare":
		return serveBare(ctx, a, out)
	case "mock":
		return serveMock(ctx, a, users, out)
	case "memory":
		return printMemory(a, users, out)
	}
	return fmt.Errorf("-child %q: want bare, mock or memory", kind)
}

// serveBare is what the mock is compared with: gorilla/mux and a body.
func serveBare(ctx context.Context, a api, out io.Writer) error {
	m := mux.NewRouter().SkipClean(true).UseEncodedPath()
	m.HandleFunc(a.path, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		w.WriteHeader(a.status)
		_, _ = io.WriteString(w, a.body)
	}).Methods(a.method)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s := &http.Server{Handler: m, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = s.Close() })
	fmt.Fprintln(out, l.Addr(), "-")
	return ended(s.Serve(l))
}

func ended(err error) error {
	if err == http.ErrServerClosed {
		return nil
	}
	return err
}

// newServer returns the mock as it is always served, and its one world, with memory for so many
// people.
func newServer(people int) (*server.Server, *world.World, error) {
	seed := uint64(1)
	s, err := server.New(server.Options{Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
		World: world.Options{Now: time.Now, Keys: []string{key}, Seed: &seed, Remember: 10_000,
			Memory: cli.BoundMemory(256<<20 + int64(people)*(2<<10))}})
	if err != nil {
		return nil, nil, err
	}
	w, _ := s.Worlds().Lookup(key)
	return s, w, nil
}

// serveMock serves the mock as always, journal and all, and beside it an address that turns the
// clock one step and returns right requests of that step.
func serveMock(ctx context.Context, a api, users int, out io.Writer) error {
	s, w, err := newServer(users)
	if err != nil {
		return err
	}
	w.Clock.Freeze(true)
	all, err := a.fill(w, users)
	if err != nil {
		return err
	}
	if err := s.Start(); err != nil {
		return err
	}
	next := 0
	turns := http.NewServeMux()
	turns.HandleFunc("/turn", func(rw http.ResponseWriter, r *http.Request) {
		err := w.Clock.Advance(a.step)
		n, _ := strconv.Atoi(r.FormValue("n"))
		requests := make([]string, n)
		for i := 0; i < n && err == nil; i++ {
			requests[i], err = all.request(next % users)
			next += 7919 // a prime, so that neighbours in memory are not asked one after the other
		}
		if err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(rw).Encode(requests)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d := &http.Server{Handler: turns, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = d.Close() })
	fmt.Fprintln(out, s.Addr(), l.Addr())
	err = ended(d.Serve(l))
	return errorsOf(err, s.Close(context.Background()))
}

func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// printMemory prints bytes of heap for each person: as the API makes them, and after each has had a
// code accepted.
func printMemory(a api, users int, out io.Writer) error {
	_, w, err := newServer(users)
	if err != nil {
		return err
	}
	w.Clock.Freeze(true)
	empty := heap()
	all, err := a.fill(w, users)
	if err != nil {
		return err
	}
	if f, ok := all.(*verifyFactors); ok { // what the bench itself remembers is not the mock's
		empty += uint64(users) * f.bytes()
	}
	made := heap()
	for i := range users {
		if err := all.use(i); err != nil {
			return err
		}
	}
	used := heap()
	runtime.KeepAlive(w)
	fmt.Fprintln(out, (made-empty)/uint64(users), (used-empty)/uint64(users))
	return nil
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
