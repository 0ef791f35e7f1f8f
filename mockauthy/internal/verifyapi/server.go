package verifyapi

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"sftpgo-authy/mockauthy/internal/exchange"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/internal/world"
)

// Worlds is what the API needs of the worlds: *world.Worlds.
type Worlds interface {
	// Account returns the world of Twilio credentials; false when they are not accepted.
	Account(user, password string) (*world.World, bool)
	// First returns the world whose journal records requests without valid credentials; false when
	// there is none.
	First() (*world.World, bool)
	// Room says whether a request with that API key may make the worlds grow.
	Room(key string) bool
}

// Options are for New. The zero value is useful.
type Options struct {
	// ExternalURL is how clients reach the server; empty: as the request's Host says.
	ExternalURL string
}

// Prefix is how the paths of the API begin.
const Prefix = "/v2/"

// New returns a handler for all paths below [Prefix].
func New(worlds Worlds, o Options) http.Handler {
	s := &server{worlds: worlds, external: strings.TrimSuffix(o.ExternalURL, "/")}
	router := newRouter(func(r route) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { s.serve(w, req, r) })
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") { // an empty SID at the end makes a create of an update
			r = trimmed(r)
		}
		router.ServeHTTP(w, r)
	})
}

// trimmed is a request without the slashes at the end of its path.
func trimmed(r *http.Request) *http.Request {
	u, again := *r.URL, *r
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	again.URL = &u
	return &again
}

type server struct {
	worlds   Worlds
	external string
}

// call is one request to one world.
type call struct {
	http     *http.Request
	writer   http.ResponseWriter
	wire     exchange.Exchange
	world    *world.World
	settings *verify.Settings
	route    route
	vars     map[string]string
	form     url.Values
	unread   string // the Content-Type of a body that is no form
	base     string // the URL of the API without a slash at its end
}

// account is the engine of the call's world.
func (c *call) account() *verify.Account { return c.world.Verify }

// path returns a segment of the path, unescaped once.
func (c *call) path(name string) string {
	if s, err := url.PathUnescape(c.vars[name]); err == nil {
		return s
	}
	return c.vars[name]
}

// serve takes a request down the line: body, credentials, journal, fault or handler, reply.
func (s *server) serve(w http.ResponseWriter, r *http.Request, matched route) {
	w.Header().Set("X-Mock-Authy", "mockauthy")
	c := &call{
		http:   r,
		writer: w,
		wire:   wire.Of(w, r),
		route:  matched,
		vars:   mux.Vars(r),
		base:   exchange.Base(s.external, r) + "/v2",
	}
	bad := c.read(w)
	user, password, _ := r.BasicAuth()
	known := false
	if c.world, known = s.worlds.Account(user, password); !known {
		bad = verify.ByCode(20003).Because("user and password are no account's SID and token, nor an API key's")
		if c.world, _ = s.worlds.First(); c.world == nil { // every world was removed, so there is nobody to note it
			c.wire.Whole(refusal(c, bad).answer().Reply)
			return
		}
	}
	if !s.worlds.Room(c.world.Key) {
		c.wire.Whole(refusal(c, full()).answer().Reply)
		return
	}
	c.settings = c.account().Settings()
	id := c.world.Journal.Begin(c.arrival())
	hit := fault.Hit{}
	if known {
		hit, _ = c.world.Faults.Take(
			fault.Request{Endpoint: c.route.endpoint, Method: r.Method, Identity: c.identity()},
		)
	} else {
		w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
	}
	c.world.Journal.Done(id, c.wire.Send(hit, func() exchange.Answer { return c.handle(bad).answer() }))
	c.wire.End()
}

// handle runs the route's handler, unless something was wrong with credentials or body already.
func (c *call) handle(bad error) reply {
	if bad != nil {
		return refusal(c, bad)
	}
	rep, err := c.route.handle(c)
	if err != nil {
		rep = refusal(c, err)
	}
	if rep.decision == "" {
		rep.decision = "answered"
	}
	if rep.reason == "" {
		rep.reason = "as asked"
	}
	if c.unread != "" {
		rep.reason += fmt.Sprintf("; the body was not read: its Content-Type is %.60q, want "+
			"application/x-www-form-urlencoded", c.unread)
	}
	return rep
}

// full is the error of every call while the worlds use all the memory that --max-memory allows. The
// journal does not record it.
func full() error {
	e := verify.ByCode(20503)
	e.Message = "mockauthy is full: its worlds hold as much memory as --max-memory allows; delete apps by DELETE " +
		"/_mock/apps/{key}, or raise it"
	return e
}

// maxBody bounds a request; real calls have a dozen short parameters.
const maxBody = 256 << 10

// read reads the parameters: the form of a POST, the query of the rest.
func (c *call) read(w http.ResponseWriter) error {
	if c.http.Method != http.MethodPost {
		c.form, _ = url.ParseQuery(c.http.URL.RawQuery) // what is well escaped counts
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, c.http.Body, maxBody))
	kind, _, _ := strings.Cut(c.http.Header.Get("Content-Type"), ";")
	switch {
	case err != nil:
	case strings.EqualFold(strings.TrimSpace(kind), "application/x-www-form-urlencoded"):
		c.form, err = url.ParseQuery(string(body))
	case len(body) > 0:
		c.unread = cmp.Or(kind, "none")
	}
	if err != nil {
		return verify.ByCode(20001).Because("the body is no form: %v", err)
	}
	return nil
}

// identity is whom a request is about: an entity's identity, a telephone number or an address.
func (c *call) identity() string {
	if identity := c.path("identity"); identity != "" {
		return identity
	}
	if identity := c.form.Get("Identity"); identity != "" {
		return identity
	}
	return c.form.Get("To")
}

// secrets are the parameters that the journal must not see.
var secrets = []string{"AuthPayload", "Code", "CustomCode", "Binding.Secret"}

// arrival returns the journal's entry of a request that has just arrived, with codes and secrets
// masked.
func (c *call) arrival() journal.Entry {
	e := journal.Entry{Endpoint: c.route.endpoint, Method: c.http.Method, Identity: strings.Clone(c.identity()),
		Path: exchange.Shorten(strings.Clone(c.http.URL.EscapedPath()))}
	if len(c.form) == 0 {
		return e
	}
	names := make([]string, 0, len(c.form))
	for name := range c.form {
		names = append(names, name)
	}
	slices.Sort(names)
	var b strings.Builder
	for _, name := range names {
		for _, value := range c.form[name] {
			if b.Len() > 4000 {
				break
			}
			if b.Len() > 0 {
				b.WriteByte('&')
			}
			if slices.Contains(secrets, name) {
				value = exchange.Stars(len(value))
			}
			b.WriteString(name + "=" + value)
		}
	}
	e.Request = exchange.Shorten(strings.ToValidUTF8(b.String(), "\uFFFD"))
	return e
}

// errorBody is how Twilio writes an error; detail is in the capture of 20003 alone.
type errorBody struct {
	Code     int     `json:"code"`
	Detail   *string `json:"detail,omitempty"`
	Message  string  `json:"message"`
	MoreInfo string  `json:"more_info"`
	Status   int     `json:"status"`
}

// refusal returns the reply to an error of the engine. Any other error is a bug and becomes 500
// with code 20500.
func refusal(c *call, err error) reply {
	e, ok := err.(*verify.Error)
	if !ok {
		e = verify.ByCode(20500).Because("internal error: %v", err)
	}
	message := e.Message
	if e.Code == 20404 && c != nil {
		path := c.http.URL.EscapedPath()
		if c.settings.NotFoundPath == "old" {
			path = strings.TrimPrefix(path, "/v2")
		}
		message = "The requested resource " + path + " was not found"
	}
	if e.Limit != "" {
		c.writer.Header().Set("Twilio-Reached-Rate-Limit", e.Limit)
		c.writer.Header().Set("Retry-After", strconv.FormatInt(e.RetryAfter, 10))
	}
	body := errorBody{
		Code:     e.Code,
		Message:  message,
		MoreInfo: fmt.Sprintf("https://www.twilio.com/docs/errors/%d", e.Code),
		Status:   e.Status,
	}
	if e.Code == 20003 {
		body.Detail = new(string)
	}
	rep := reply{status: e.Status, body: body, decision: "refused", reason: e.Reason}
	if rep.reason == "" {
		rep.reason = e.Message
	}
	return rep
}
