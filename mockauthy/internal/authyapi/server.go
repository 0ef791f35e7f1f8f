package authyapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/exchange"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// Worlds is what the API needs of the worlds: *world.Worlds.
type Worlds interface {
	// Lookup returns the world of an API key; false when the key is not accepted.
	Lookup(key string) (*world.World, bool)
	// First returns the world whose journal records requests without a valid key; false when there
	// is none.
	First() (*world.World, bool)
	// List returns all worlds.
	List() []*world.World
	// Room says whether a request with that key may make the worlds grow.
	Room(key string) bool
}

// Options are for New. The zero value is useful.
type Options struct {
	// ExternalURL is how clients reach the server ("https://mock.test"); empty: as the request's
	// Host says.
	ExternalURL string
}

// New returns a handler for all of Authy's paths. Cancelling a request's context ends the delay of
// a fault; a server that wants to stop at once cancels the base context of its requests.
func New(worlds Worlds, o Options) http.Handler {
	s := &server{worlds: worlds, external: strings.TrimSuffix(o.ExternalURL, "/")}
	s.router = newRouter(routes(), func(r route) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, r) })
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, oneSlash(r)) })
}

type server struct {
	worlds   Worlds
	router   *mux.Router
	external string
}

// call is one request to one world.
type call struct {
	http     *http.Request
	wire     exchange.Exchange
	server   *server
	world    *world.World
	settings *authy.Settings
	route    route
	params   params
	vars     map[string]string
}

// path returns a segment, unescaped once.
func (c *call) path(name string) string { return segment(c.vars[name]) }

// app is the engine of the call's world.
func (c *call) app() *authy.App { return c.world.App }

// serve takes a request down the line: body, key, journal, fault or handler, reply.
func (s *server) serve(w http.ResponseWriter, r *http.Request, matched route) {
	w.Header().Set("X-Mock-Authy", "mockauthy")
	c := &call{http: r, wire: wire.Of(w, r), server: s, route: matched, vars: mux.Vars(r)}
	bad := c.read(w)
	if !s.worlds.Room(c.key()) {
		c.wire.Whole(refusal(full()).answer().Reply)
		return
	}
	known := s.world(c)
	if c.world == nil { // every world was removed, so there is nobody to note it
		c.wire.Whole(refusal(badKey).answer().Reply)
		return
	}
	if known {
		c.settings = c.world.App.Begin()
		s.legacyPath(c)
	} else {
		settings := c.world.App.Settings()
		c.settings = &settings
		if !c.route.open {
			bad = badKey
		}
	}
	id := c.world.Journal.Begin(c.arrival())
	hit := fault.Hit{}
	if known {
		hit, _ = c.world.Faults.Take(fault.Request{Endpoint: c.route.endpoint, Method: r.Method, User: c.user()})
	}
	// Faults act after the key was checked and before the engine.
	c.world.Journal.Done(id, c.wire.Send(hit, func() exchange.Answer { return c.handle(bad).answer() }))
	c.wire.End()
}

// handle runs the checks that all calls share, then the handler. bad is what was wrong with the
// key, the parameters or the body.
func (c *call) handle(bad error) reply {
	var rep reply
	err := bad
	if err == nil {
		err = c.strict()
	}
	if err == nil {
		rep, err = c.route.handle(c)
	}
	if err != nil {
		return refusal(err)
	}
	if rep.decision == "" {
		rep.decision = "answered"
	}
	if rep.reason == "" {
		rep.reason = "as asked"
	}
	return rep
}

// read reads the body, up to a limit, and all parameters.
func (c *call) read(w http.ResponseWriter) error {
	var body []byte
	if c.http.Body != nil && c.http.Body != http.NoBody {
		var err error
		if body, err = io.ReadAll(http.MaxBytesReader(w, c.http.Body, maxBody)); err != nil {
			var large *http.MaxBytesError
			if errors.As(err, &large) {
				return fail("60002", fmt.Sprintf("the body has more than %d bytes", maxBody))
			}
			return fail("60002", "the body ended early")
		}
	}
	var err error
	c.params, err = readParams(c.http.URL.RawQuery, c.http.Header.Get("Content-Type"), body)
	switch {
	case errors.Is(err, errNotUTF8):
		return fail("60005", err.Error())
	case err != nil:
		return fail("60002", err.Error())
	}
	return nil
}

// world finds the app by its key: header first, then the parameters. Without a good key the world
// is the first one, and only for the journal.
func (s *server) world(c *call) (known bool) {
	if c.route.endpoint == mockapi.QR {
		return s.pictured(c)
	}
	if w, ok := s.worlds.Lookup(c.key()); ok {
		c.world = w
		return true
	}
	c.world, _ = s.worlds.First()
	return false
}

// key returns the API key of a request, empty when there is none.
func (c *call) key() string {
	if key := c.http.Header.Get("X-Authy-Api-Key"); key != "" { // the spelling that net/http need not correct
		return key
	}
	return c.params.get("api_key")
}

// pictured finds the app whose ticket is in the URL of a picture.
func (s *server) pictured(c *call) (known bool) {
	for _, w := range s.worlds.List() {
		if _, ok := w.App.QRText(c.path("id"), c.path("ticket"), ""); ok {
			c.world = w
			return true
		}
	}
	c.world, _ = s.worlds.First()
	return false
}

// full is the error of every call while the worlds use all the memory that --max-memory allows. The
// journal does not record it.
func full() error {
	e, _ := authy.ByCode("60000")
	e.Status = http.StatusServiceUnavailable
	e.Message = "mockauthy is full: its worlds hold as much memory as --max-memory allows; delete apps by DELETE " +
		"/_mock/apps/{key}, or raise it"
	return e
}

var badKey = fail("60001", "the API key is missing or no app's")

// legacyPath routes a request again by its cleaned path, in apps with the vulnerability of 2015.
func (s *server) legacyPath(c *call) {
	if escaped := c.http.URL.EscapedPath(); !dirty(escaped) || !c.settings.Vulnerable2015 {
		return
	}
	again := c.http.Clone(context.WithoutCancel(c.http.Context()))
	again.URL = clean(c.http.URL)
	var m mux.RouteMatch
	if s.router.Match(again, &m) && m.Route != nil {
		for _, r := range routes() {
			if m.Route.GetName() == r.method+" "+r.path {
				c.route, c.vars = r, m.Vars
			}
		}
	}
}

// user returns the id in the path, 0 when there is none or it is not a number.
func (c *call) user() int64 {
	n, _ := strconv.ParseInt(c.path("id"), 10, 32)
	return max(n, 0)
}

var longNumber = regexp.MustCompile(`[0-9]{4,}`)

// starred masks every number that may be a code.
func starred(s string) string {
	if !strings.ContainsAny(s, "0123456789") {
		return s
	}
	return longNumber.ReplaceAllStringFunc(s, func(s string) string { return exchange.Stars(len(s)) })
}

// arrival returns the journal's entry of a request that has just arrived, with keys and codes
// masked.
func (c *call) arrival() journal.Entry {
	e := journal.Entry{Endpoint: c.route.endpoint, Method: c.http.Method, Path: masked(c.http.URL.EscapedPath()),
		User: c.user()}
	e.Path = strings.Clone(e.Path) // the path is a part of the request line, which must not be kept for it
	if c.route.endpoint == mockapi.Unknown {
		e.Path = starred(e.Path)
	}
	if len(c.params) > 0 {
		e.Request = c.params.masked(c.route.endpoint)
	}
	return e
}

// masked returns the parameters of a call for the journal. Numbers in undocumented parameters are
// masked too, since they may be part of a code.
func (p params) masked(endpoint string) string {
	var b strings.Builder
	for i, q := range p {
		if i > 0 {
			b.WriteByte('&')
		}
		switch q.name {
		case "api_key", "verification_code", "custom_code", "token", "otp":
			b.WriteString(q.name + "=" + exchange.Stars(len(q.value)))
		default:
			value := starred(q.value) // most have no number at all, and need not be looked up
			if value != q.value && documented(endpoint, q.name) {
				value = q.value
			}
			b.WriteString(starred(q.name) + "=" + value)
		}
		if b.Len() > 4000 {
			break
		}
	}
	return exchange.Shorten(strings.ToValidUTF8(b.String(), "\uFFFD"))
}
