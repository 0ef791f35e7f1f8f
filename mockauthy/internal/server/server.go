// Package server serves the Authy API, the control API and the phone page, and starts and stops
// them.
package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/authyapi"
	"sftpgo-authy/mockauthy/internal/callback"
	"sftpgo-authy/mockauthy/internal/control"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/phone"
	"sftpgo-authy/mockauthy/internal/proxy"
	"sftpgo-authy/mockauthy/internal/verifyapi"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// Options make a [Server].
type Options struct {
	// Listen is HOST:PORT for plain http; port 0 takes a free one.
	Listen string
	// TLSListen is HOST:PORT for https, empty for none; ProxyListen is that of a proxy which
	// answers for the names of certs.Hosts, empty for none. Either needs TLS.
	TLSListen, ProxyListen string
	// TLS has the server's certificate for those names, and CA is the PEM file that clients have
	// to trust for it.
	TLS *tls.Config
	CA  []byte
	// World says how worlds are made. Its Answered, Forgotten and Endpoints are set here.
	World world.Options
	// ExternalURL is how clients reach the server; empty: as their Host header says.
	ExternalURL string
	// AllowHosts are further names under which the control API answers.
	AllowHosts []string
	// Log records trouble. Required.
	Log *slog.Logger
}

// Server is a mock. Make one with [New], run it with [Server.Start].
type Server struct {
	o       Options
	worlds  *world.Worlds
	courier *callback.Courier
	http    *http.Server
	plain   net.Listener
	secure  net.Listener // nil without TLSListen
	front   net.Listener // nil without ProxyListen
	end     context.CancelFunc
	serving sync.WaitGroup
	failed  chan error   // why serving ended, if nobody asked for it
	running sync.RWMutex // held for reading by every request
}

// Limits of a request, so that no client can block or fill the server. Replies may take as long as
// the longest delay of a fault rule.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = time.Minute
	writeTimeout  = 6 * time.Minute
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
)

// New makes the worlds of a server that does not listen yet.
func New(o Options) (*Server, error) {
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{o: o, end: cancel, failed: make(chan error, 1)}
	s.courier = callback.NewCourier(ctx, s.delivered)
	s.o.World.Forgotten = s.forgotten
	s.o.World.Endpoints = mockapi.Endpoints()
	s.o.World.Answered = func(_ *world.World, a authy.Answer) { s.courier.Deliver(a) }
	var err error
	if s.worlds, err = world.New(s.o.World); err != nil {
		cancel()
		s.courier.Close()
		return nil, err
	}
	if o.TLS != nil {
		s.o.TLS = o.TLS.Clone()
		s.o.TLS.GetConfigForClient = s.handshake
	}
	s.http = s.configured(s.handler())
	s.http.BaseContext = func(net.Listener) context.Context { return ctx } // streams and waits end with it
	return s, nil
}

// forgotten logs that a world was forgotten, for those who miss it, with as much of the key as may
// be in a log.
func (s *Server) forgotten(w *world.World) {
	_, users := w.App.Users("", 0, 0)
	s.o.Log.Warn(
		"forgot a world to make room: nobody used it for a minute, and no --api-key or POST /_mock/apps made it",
		"key", fmt.Sprintf("%.4s…", w.Key), "users", users)
}

// configured returns an http.Server with all limits set.
func (s *Server) configured(handler http.Handler) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
}

// delivered tells the world of an app how its callback went.
func (s *Server) delivered(a authy.Answer, status int, err error) {
	result := mockapi.Callback{UUID: a.Approval.UUID, URL: a.URL, Status: status}
	if err != nil {
		result.Error = err.Error()
	}
	if w, ok := s.worlds.Lookup(a.Key); ok {
		if err == nil && status >= 200 && status < 300 {
			w.App.Notified(a.Approval.UUID)
		}
		w.Events.Tell(result)
	}
	s.o.Log.Info("callback", "url", a.URL, "status", status, "error", result.Error)
}

// handler sends / to the phone page, /_mock/ to the control API, /v2/ to Verify's and all else to
// Authy's.
func (s *Server) handler() http.Handler {
	// Each is made on first use: compiling patterns of routes that a test does not need would be
	// most of a server's start.
	mocked := sync.OnceValue(func() http.Handler {
		return authyapi.New(s.worlds, authyapi.Options{ExternalURL: s.o.ExternalURL})
	})
	tester := sync.OnceValue(func() *control.Handler {
		return control.New(s.worlds, control.Options{AllowHosts: s.o.AllowHosts, CA: s.o.CA,
			AuthyDocument: authyapi.OpenAPI(), Log: s.o.Log})
	})
	twilio := sync.OnceValue(func() http.Handler {
		return verifyapi.New(s.worlds, verifyapi.Options{ExternalURL: s.o.ExternalURL})
	})
	page := sync.OnceValue(func() http.Handler { return tester().Guard(phone.New()) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.running.RLock()
		defer s.running.RUnlock()
		// The escaped path is compared, so that no spelling of one API's path reaches the other.
		switch path := r.URL.EscapedPath(); {
		case path == "/" && phone.Wanted(r), strings.HasPrefix(path, phone.Prefix):
			page().ServeHTTP(w, r)
		case path == "/", strings.HasPrefix(path, "/_mock/"):
			tester().ServeHTTP(w, r)
		case strings.HasPrefix(path, verifyapi.Prefix):
			twilio().ServeHTTP(w, r)
		default:
			mocked().ServeHTTP(w, r)
		}
	})
}

// handshake fails when a fault rule of the first app says so.
func (s *Server) handshake(*tls.ClientHelloInfo) (*tls.Config, error) {
	if w, ok := s.worlds.First(); ok {
		if hit, due := w.Faults.Take(fault.Request{Endpoint: fault.TLS}); due {
			return nil, fmt.Errorf("fault %s: the handshake fails", hit.ID)
		}
	}
	return nil, nil
}

// Start listens and serves until [Server.Close]. When it returns, connections are accepted. After
// an error the server is closed.
func (s *Server) Start() error {
	var err error
	if s.plain, err = listen("--listen", s.o.Listen); err == nil && s.o.TLSListen != "" {
		s.secure, err = listen("--tls-listen", s.o.TLSListen)
	}
	if err == nil && s.o.ProxyListen != "" {
		s.front, err = listen("--proxy-listen", s.o.ProxyListen)
	}
	if err != nil {
		for _, l := range []net.Listener{s.plain, s.secure, s.front} {
			if l != nil {
				err = errors.Join(err, l.Close())
			}
		}
		return errors.Join(err, s.Close(context.Background()))
	}
	s.serve(s.http, s.plain)
	if s.secure != nil {
		s.serve(s.http, tls.NewListener(s.secure, s.o.TLS))
	}
	if s.front != nil {
		s.startProxy()
	}
	return nil
}

func listen(flag, addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w; is another mock running, or choose a port with %s", flag, addr, err, flag)
	}
	return l, nil
}

// startProxy starts the proxy. What it grants is served as if it had come to the server's own
// ports.
func (s *Server) startProxy() {
	granted := proxy.New(s.front.Addr(), s.http.Handler)
	front := s.configured(granted)
	s.http.RegisterOnShutdown(func() { _ = front.Close() }) // what it granted is not its own any more
	s.serve(front, s.front)
	s.serve(s.http, tls.NewListener(granted.TLS(), s.o.TLS))
	s.serve(s.http, granted.Plain())
}

func (s *Server) serve(server *http.Server, listener net.Listener) {
	s.serving.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			select {
			case s.failed <- fmt.Errorf("serving on %s ended: %w", listener.Addr(), err):
			default: // one reason is enough
			}
		}
	})
}

// Worlds are what is served.
func (s *Server) Worlds() *world.Worlds { return s.worlds }

// Addr is where the server listens for plain http.
func (s *Server) Addr() *net.TCPAddr { return s.plain.Addr().(*net.TCPAddr) }

// URL is the plain base URL for a client on this machine.
func (s *Server) URL() string { return "http://" + reachable(s.plain) }

// TLSURL is the https base URL, and ProxyURL the value for HTTPS_PROXY, for a client on this
// machine; empty without.
func (s *Server) TLSURL() string { return prefixed("https://", s.secure) }

// ProxyURL is the value for HTTPS_PROXY for a client on this machine; empty without a proxy.
func (s *Server) ProxyURL() string { return prefixed("http://", s.front) }

func prefixed(scheme string, l net.Listener) string {
	if l == nil {
		return ""
	}
	return scheme + reachable(l)
}

func reachable(l net.Listener) string {
	addr := *l.Addr().(*net.TCPAddr)
	if addr.IP.IsUnspecified() {
		addr.IP = net.IPv4(127, 0, 0, 1)
	}
	return addr.String()
}

// Failed receives the reason when the server stops serving without being closed.
func (s *Server) Failed() <-chan error { return s.failed }

// Close ends streams and waits at once, lets running requests finish until ctx ends, then cuts the
// rest. All goroutines of the server have ended when it returns.
func (s *Server) Close(ctx context.Context) error {
	s.end()
	err := s.http.Shutdown(ctx)
	if err != nil { // someone is slow: a client that sends nothing, or one that does not read
		err = s.http.Close()
	}
	s.serving.Wait()
	s.running.Lock() // waits for the handlers of connections that were cut
	defer s.running.Unlock()
	s.courier.Close()
	return err
}
