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

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/server"
	"sftpgo-authy/mockauthy/internal/world"
)

const key = "bench-key"

// turn is one correct request: a user and the present code.
type turn struct {
	ID    int64  `json:"id"`
	Token string `json:"token"`
}

// serveChild is one of the servers that are measured. It prints what its parent needs and ends with
// ctx or its input.
func serveChild(ctx context.Context, kind string, users int, out io.Writer) error {
	switch kind {
	case "bare":
		return serveBare(ctx, out)
	case "mock":
		return serveMock(ctx, users, out)
	case "memory":
		return printMemory(users, out)
	}
	return fmt.Errorf("-child %q: want bare, mock or memory", kind)
}

// body is a right verify as the mock answers it, to the byte.
const body = `{"message":"Token is valid.","token":"is valid","success":"true","device":{"city":"Lyon",` +
	`"country":"France","ip":"192.0.2.10","region":"Rhone","registration_city":"Lyon",` +
	`"registration_country":"France","registration_ip":"192.0.2.10","registration_method":"push",` +
	`"registration_region":"Rhone","os_type":"android","last_account_recovery_at":null,"id":1234567890,` +
	`"registration_date":1700000000,"last_sync_date":1700000000}}`

// serveBare is what the mock is compared with: gorilla/mux and a body.
func serveBare(ctx context.Context, out io.Writer) error {
	m := mux.NewRouter().SkipClean(true).UseEncodedPath()
	m.HandleFunc("/protected/json/verify/{token}/{id}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = io.WriteString(w, body)
	}).Methods("GET")
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

// fill adds n users who have the app, as users/new does, and returns the id of the first; the
// others' ids follow it.
func fill(app *authy.App, n int) (int64, error) {
	first := int64(0)
	for i := range n {
		r := authy.Registration{Email: fmt.Sprintf("user%07d@bench.test", i), Cellphone: fmt.Sprintf("201%07d", i),
			CountryCode: "1"}
		made, err := app.Register(r)
		if err != nil {
			return 0, err
		}
		if i == 0 {
			first = made.User
		}
	}
	return first, nil
}

// newServer returns the mock as it is always served, and its one world.
func newServer() (*server.Server, *world.World, error) {
	seed := uint64(1)
	s, err := server.New(server.Options{Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
		World: world.Options{Now: time.Now, Keys: []string{key}, Seed: &seed, Remember: 10_000}})
	if err != nil {
		return nil, nil, err
	}
	w, _ := s.Worlds().Lookup(key)
	return s, w, nil
}

// serveMock serves the mock as always, journal and all, and beside it an address that turns the
// clock one step and returns codes of that step.
func serveMock(ctx context.Context, users int, out io.Writer) error {
	s, w, err := newServer()
	if err != nil {
		return err
	}
	first, err := fill(w.App, users)
	if err != nil {
		return err
	}
	w.Clock.Freeze(true)
	if err := s.Start(); err != nil {
		return err
	}
	next := 0
	turns := http.NewServeMux()
	turns.HandleFunc("/turn", func(rw http.ResponseWriter, r *http.Request) {
		if err := w.Clock.Advance(10 * time.Second); err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
			return
		}
		n, _ := strconv.Atoi(r.FormValue("n"))
		turns := make([]turn, n)
		for i := range turns {
			id := first + int64(next%users)
			next += 7919 // a prime, so that neighbours in memory are not asked one after the other
			c, err := w.App.Code(id, authy.AppFamily, 0)
			if err != nil {
				http.Error(rw, err.Error(), http.StatusInternalServerError)
				return
			}
			turns[i] = turn{id, c.Token}
		}
		_ = json.NewEncoder(rw).Encode(turns)
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

// printMemory prints bytes of heap for each user: as made by users/new, and after each has verified
// a code.
func printMemory(users int, out io.Writer) error {
	_, w, err := newServer()
	if err != nil {
		return err
	}
	empty := heap()
	first, err := fill(w.App, users)
	if err != nil {
		return err
	}
	made := heap()
	w.Clock.Freeze(true)
	for id := first; id < first+int64(users); id++ {
		c, err := w.App.Code(id, authy.AppFamily, 0)
		if err != nil {
			return err
		}
		if v := w.App.Verify(authy.VerifyRequest{User: strconv.FormatInt(id, 10), Token: c.Token,
			Force: true}); !v.Accepted {
			return fmt.Errorf("user %d: %s", id, v.Reason)
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
