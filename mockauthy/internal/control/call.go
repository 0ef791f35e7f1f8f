package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/clock"
	"sftpgo-authy/mockauthy/internal/document"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// Limits of request bodies in bytes. A state holds all users.
const (
	maxBody  = 1 << 20
	maxState = 64 << 20
)

// reply is what a handler returns. A nil body has no content; status 0 is 200, or 204 without a
// body.
type reply struct {
	status int
	body   any
}

// file is a reply that is not JSON.
type file struct {
	kind string // its media type
	data []byte
}

// none is the reply without content.
func none() (reply, error) { return reply{}, nil }

func ok(body any) (reply, error) { return reply{body: body}, nil }

// call is one request, with methods to read it.
type call struct {
	w http.ResponseWriter
	r *http.Request
}

// adapt makes an http.Handler of a route. It finds the world and writes what the route's function
// returns.
func (h *Handler) adapt(route route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{w: w, r: r}
		answer, err := reply{}, error(nil)
		if route.grows() && !h.worlds.Room(keyOf(r)) {
			h.writeError(w, refuseAs(http.StatusInsufficientStorage, "",
				"the worlds hold as much memory as --max-memory allows",
				"DELETE /_mock/apps/{key} for apps that are done, or a higher --max-memory"))
			return
		}
		if route.global != nil {
			answer, err = route.global(c)
		} else if world, lost := h.world(r); lost != nil {
			err = lost
		} else {
			answer, err = route.local(c, world)
		}
		if err != nil {
			h.writeError(w, err)
			return
		}
		if follow, ok := answer.body.(stream); ok {
			follow(w, r)
			return
		}
		h.write(w, answer)
	})
}

// keyOf returns the API key of a request, empty when there is none.
func keyOf(r *http.Request) string {
	if key := r.Header.Get("X-Authy-API-Key"); key != "" {
		return key
	}
	return r.URL.Query().Get("api_key")
}

// world finds the world that a request is about. The query is for what cannot set headers: event
// streams and pictures in a page.
func (h *Handler) world(r *http.Request) (*world.World, error) {
	key := keyOf(r)
	if key == "" {
		if w, ok := h.worlds.First(); ok {
			return w, nil
		}
		return nil, refuseAs(http.StatusNotFound, "", "there is no app any more", "POST /_mock/apps first")
	}
	if w, ok := h.worlds.Lookup(key); ok {
		w.Tested()
		return w, nil
	}
	return nil, refuseAs(http.StatusNotFound, "X-Authy-API-Key", "no app has that key",
		"one of GET /_mock/apps; POST /_mock/apps adds one")
}

// path returns a segment of the path, unescaped.
func (c *call) path(name string) (string, error) {
	v, err := url.PathUnescape(mux.Vars(c.r)[name])
	if err != nil {
		return "", refuse(name, "the path is not well escaped", "percent signs only before two hex digits")
	}
	return v, nil
}

// body decodes the JSON body over into, which stays as it is when there is no body.
func (c *call) body(into any, most int64) error {
	data, err := c.read(most)
	if err != nil || len(data) == 0 {
		return err
	}
	return document.JSON(data, into)
}

// read returns the body, whose type must be JSON; nil when there is none.
func (c *call) read(most int64) ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, most))
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return nil, refuseAs(http.StatusRequestEntityTooLarge, "", "the body is too long",
			fmt.Sprintf("at most %d bytes", most))
	case err != nil:
		return nil, refuse("", "the body could not be read", "a whole body")
	case len(data) == 0:
		return nil, nil
	}
	kind := c.r.Header.Get("Content-Type")
	if media, _, err := mime.ParseMediaType(kind); err != nil || media != "application/json" {
		return nil, refuseAs(http.StatusUnsupportedMediaType, "Content-Type",
			fmt.Sprintf("%.100q is not understood here", kind), "application/json")
	}
	return data, nil
}

// number reads a number of the query within limits.
func (c *call) number(name string, fallback, least, most int) (int, error) {
	n, err := c.long(name, int64(fallback), int64(least), int64(most))
	return int(n), err
}

// mostID is the largest id: JSON readers in other languages know no larger integers.
const mostID = 1 << 53

// long is number for what an int of 32 bits cannot hold.
func (c *call) long(name string, fallback, least, most int64) (int64, error) {
	text := c.r.URL.Query().Get(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < least || n > most {
		return 0, refuse(name, fmt.Sprintf("%.40q cannot be", text), fmt.Sprintf("a number from %d to %d", least, most))
	}
	return n, nil
}

// onlyQuery refuses parameters that the call does not have: a misspelt filter would pick
// everything.
func (c *call) onlyQuery(names ...string) error {
	query, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return refuse("", "the query is not well escaped", "name=value pairs")
	}
	wanted := "no parameters"
	if len(names) > 0 {
		wanted = "one of " + strings.Join(names, ", ")
	}
	for name := range query {
		if name != "api_key" && !slices.Contains(names, name) {
			return refuse(name, "there is no such parameter", wanted)
		}
	}
	return nil
}

// refuse returns the error of a wrong request: in which field, what is wrong, and what is wanted.
func refuse(field, message, wanted string) *mockapi.Error {
	return refuseAs(http.StatusBadRequest, field, message, wanted)
}

// refuseAs is refuse with another status than 400.
func refuseAs(status int, field, message, wanted string) *mockapi.Error {
	return &mockapi.Error{Status: status, Field: field, Message: message, Wanted: wanted}
}

func (h *Handler) problem(status int, message string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.writeError(w, refuseAs(status, "", fmt.Sprintf("%s: %s %.100s", message, r.Method, r.URL.EscapedPath()),
			"a call of GET /_mock/openapi.json"))
	})
}

func (h *Handler) write(w http.ResponseWriter, answer reply) {
	if answer.body == nil {
		w.WriteHeader(max(answer.status, http.StatusNoContent))
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cross-Origin-Resource-Policy", "same-origin") // a page elsewhere may not show our pictures
	if f, ok := answer.body.(file); ok {
		w.Header().Set("Content-Type", f.kind)
		_, _ = w.Write(f.data) // a client that went away needs no answer
		return
	}
	data, err := json.Marshal(answer.body)
	if err != nil { // only a time outside the years of JSON could do this, and the clock refuses those
		h.writeError(w, fmt.Errorf("reply: %w", err))
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if answer.status != 0 {
		w.WriteHeader(answer.status)
	}
	_, _ = w.Write(append(data, '\n')) // a client that went away needs no answer
}

// refusalOf converts an error of the packages behind this API; false for one that they should not
// return.
func refusalOf(err error) (refusal *mockapi.Error, known bool) {
	var rule *fault.Problem
	var field *authy.FieldProblem
	var refused *verify.Error
	var state *verify.Problem
	switch {
	case errors.As(err, &refusal):
		refusal.Status = max(refusal.Status, http.StatusBadRequest)
		return refusal, true
	case errors.As(err, &rule):
		return refuseAs(http.StatusBadRequest, rule.Field, rule.Message, rule.Wanted), true
	case errors.Is(err, authy.ErrTaken) && errors.As(err, &field):
		return refuseAs(http.StatusConflict, field.Field, field.Err.Error(), ""), true
	case errors.As(err, &field):
		return refuseAs(http.StatusBadRequest, field.Field, field.Err.Error(), ""), true
	case errors.As(err, &refused):
		return refuseAs(refused.Status, "", refused.Reason, ""), true
	case errors.As(err, &state):
		return refuseAs(http.StatusBadRequest, state.Field, state.Err.Error(), ""), true
	case errors.Is(err, authy.ErrNoUser), errors.Is(err, verify.ErrNoFactor):
		return refuseAs(http.StatusNotFound, "", err.Error(), ""), true
	case errors.Is(err, authy.ErrNoDevice), errors.Is(err, authy.ErrSeveral), errors.Is(err, verify.ErrSeveral):
		return refuseAs(http.StatusConflict, "", err.Error(), ""), true
	case errors.Is(err, clock.ErrRange):
		return refuseAs(http.StatusBadRequest, "", err.Error(), ""), true
	}
	return refuseAs(http.StatusInternalServerError, "", "internal error",
		"a look into the log of mockauthy, and a report of what was asked"), false
}

// writeError answers with an error. The text of an unexpected one goes only to the log.
func (h *Handler) writeError(w http.ResponseWriter, err error) {
	refusal, known := refusalOf(err)
	if !known && h.o.Log != nil {
		h.o.Log.Error("the control API failed", "error", err)
	}
	h.write(w, reply{status: refusal.Status, body: refusal})
}
