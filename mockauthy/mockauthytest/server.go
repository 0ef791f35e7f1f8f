// Package mockauthytest runs a mock Authy and Twilio Verify in a test: a real server on a port of
// its own, with its own users, factors, clock, faults, journal and outbox, which is closed when
// the test ends.
//
// [New] is for tests, which it fails when something goes wrong; [Start] is for programs without a
// [testing.TB].
package mockauthytest

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"sftpgo-authy/mockauthy/internal/control"
	"sftpgo-authy/mockauthy/internal/server"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// Server is a running mock with one world. It is made by [Start]; tests use [New].
type Server struct {
	// URL is the base URL, http and loopback.
	URL string
	// Key is the API key of the world.
	Key string
	// AccountSID and AuthToken are the credentials for Twilio Verify, and ServiceSID is the service
	// that the account starts with.
	AccountSID, AuthToken, ServiceSID string
	// Client calls the control API.
	Client *mockapi.Client

	server    *server.Server
	transport *http.Transport
}

// Option changes how a server starts.
type Option func(*options)

type options struct {
	key      string
	anyKey   bool
	seed     uint64
	state    mockapi.State
	remember int
	listen   string
}

// WithKey sets the API key. The default is "test-key".
func WithKey(key string) Option { return func(o *options) { o.key = key } }

// WithAnyKey accepts every key; each has a world of its own.
func WithAnyKey() Option { return func(o *options) { o.anyKey = true } }

// WithSeed sets the seed of secrets, codes and chances. The default is 1.
func WithSeed(seed uint64) Option { return func(o *options) { o.seed = seed } }

// WithState starts with users, settings, clock and faults; begin with [EmptyState].
func WithState(state mockapi.State) Option { return func(o *options) { o.state = state } }

// WithSettings changes the settings of the app.
func WithSettings(change func(*mockapi.Settings)) Option {
	return func(o *options) { change(&o.state.Settings) }
}

// WithListen sets the address, for a program that other machines or containers must reach. The
// default is a free port on 127.0.0.1.
func WithListen(addr string) Option { return func(o *options) { o.listen = addr } }

// EmptyState is a world without users, with the default settings.
func EmptyState() mockapi.State { return control.NewState() }

// remembered is how many requests and messages are kept; no test looks at more.
const remembered = 10_000

// Start serves until [Server.Close]. It starts without users. The same seed and requests lead to
// the same codes.
func Start(opts ...Option) (*Server, error) {
	o := options{key: "test-key", seed: 1, state: EmptyState(), remember: remembered, listen: "127.0.0.1:0"}
	for _, option := range opts {
		option(&o)
	}
	start := control.WorldState(o.state)
	srv, err := server.New(server.Options{
		Listen: o.listen, Log: slog.New(slog.DiscardHandler),
		World: world.Options{Now: time.Now, Keys: []string{o.key}, AnyKey: o.anyKey, Seed: &o.seed, Start: &start,
			Remember: o.remember},
	})
	if err == nil {
		err = srv.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("mockauthytest: %w", err)
	}
	// No proxy and no shared pool, so that nothing outside the test interferes.
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	w, _ := srv.Worlds().Lookup(o.key) // made above
	own := w.Verify.Credentials()
	return &Server{
		URL: srv.URL(), Key: o.key, server: srv, transport: transport,
		AccountSID: own.AccountSID, AuthToken: own.AuthToken, ServiceSID: own.ServiceSID,
		Client: &mockapi.Client{URL: srv.URL(), Key: o.key, HTTP: &http.Client{Transport: transport}},
	}, nil
}

// closeTime is how long running requests may take to finish at the end.
const closeTime = 100 * time.Millisecond

// Close stops the server and ends all its goroutines.
func (s *Server) Close() error {
	s.transport.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	return s.server.Close(ctx)
}
