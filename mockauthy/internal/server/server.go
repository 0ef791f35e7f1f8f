// Package server puts the Authy API and the control API behind one listener and looks after its life.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"sftpgo-authy/mockauthy/internal/api"
	"sftpgo-authy/mockauthy/internal/control"
	"sftpgo-authy/mockauthy/internal/phone"
	"sftpgo-authy/mockauthy/internal/world"
)

// Options make a [Server].
type Options struct {
	// Listen is HOST:PORT; port 0 takes a free one.
	Listen string
	// Worlds are what is served. Required.
	Worlds *world.Worlds
	// AllowHosts are further names under which the control API answers.
	AllowHosts []string
	// Log is told of every request at level debug, and of trouble. Required.
	Log *slog.Logger
}

// Server is a running mock. Make one with [Start].
type Server struct {
	listener net.Listener
	http     *http.Server
	end      context.CancelFunc
	done     chan struct{} // closed when Serve has returned
	running  sync.RWMutex  // held for reading by every request
}

// Bounds of a request, so that no client can hold or fill the server. Replies may take as long as the longest delay that
// a fault rule can order.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	writeTimeout  = 6 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

// Start listens and serves until [Server.Close]. When it returns, connections are accepted.
func Start(o Options) (*Server, error) {
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; is another mock running, or choose a port with --listen", o.Listen, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{listener: listener, end: cancel, done: make(chan struct{})}
	s.http = &http.Server{
		Handler:           s.handler(o),
		BaseContext:       func(net.Listener) context.Context { return ctx }, // streams and waits end with it
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	}
	go func() {
		defer close(s.done)
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			o.Log.Error("serving ended", "error", err)
		}
	}()
	return s, nil
}

// handler sends / to the phone page, /_mock/ to the control API and all else to Authy's.
func (s *Server) handler(o Options) http.Handler {
	mocked := api.New(o.Worlds, api.Options{})
	tester := control.New(o.Worlds, control.Options{AllowHosts: o.AllowHosts})
	page := tester.Guard(phone.New())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.running.RLock()
		defer s.running.RUnlock()
		// The escaped path is compared, so that no spelling of a name can cross over.
		switch path := r.URL.EscapedPath(); {
		case path == "/" && phone.Wanted(r), strings.HasPrefix(path, phone.Prefix):
			page.ServeHTTP(w, r)
		case path == "/", strings.HasPrefix(path, "/_mock/"):
			tester.ServeHTTP(w, r)
		default:
			mocked.ServeHTTP(w, r)
		}
	})
}

// Addr is where the server listens.
func (s *Server) Addr() *net.TCPAddr { return s.listener.Addr().(*net.TCPAddr) }

// URL is the base URL for a client on this machine.
func (s *Server) URL() string {
	addr := *s.Addr()
	if addr.IP.IsUnspecified() {
		addr.IP = net.IPv4(127, 0, 0, 1)
	}
	return "http://" + addr.String()
}

// Done is closed when the server no longer serves.
func (s *Server) Done() <-chan struct{} { return s.done }

// Close ends streams and waits at once, lets running requests finish until ctx ends, then cuts the rest. All goroutines
// of the server have ended when it returns.
func (s *Server) Close(ctx context.Context) error {
	s.end()
	err := s.http.Shutdown(ctx)
	if err != nil { // someone is slow: a client that sends nothing, or one that does not read
		err = s.http.Close()
	}
	<-s.done
	s.running.Lock() // waits for the handlers of connections that were cut
	s.running.Unlock()
	return err
}
