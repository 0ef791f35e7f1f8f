package fault

import (
	"bytes"
	"regexp"
	"time"
)

// Reply is what a client is sent.
type Reply struct {
	Status      int    // 0: 200
	ContentType string // empty: JSON, of the engine
	Body        []byte
	Location    string // the header of that name
	RetryAfter  string // the header of that name
	Note        string // what the journal says instead of the kind's name, where the engine did not act
}

// Wire is what a fault needs of the protocol that a request came in, and of its connection.
type Wire interface {
	// Refusal returns the protocol's reply to an error, by code or name.
	Refusal(err string) Reply
	// Wait waits for d in real time, or until the client has gone or the server stops.
	Wait(d time.Duration)
	// Head sends the status and the headers of a reply.
	Head(r Reply)
	// Write sends a part of the body at once.
	Write(part []byte)
	// Drop resets the connection.
	Drop()
}

// Instead returns the reply of a fault that keeps the request from the engine; ok is false for one
// that lets the engine act first.
func (h Hit) Instead(w Wire) (r Reply, ok bool) {
	if h.kind.instead == nil {
		return Reply{}, false
	}
	r = h.kind.instead(w, h.Effect)
	if r.Note == "" {
		r.Note = h.Effect.Kind
	}
	return r, true
}

// Send sends a reply as the fault makes it: changed, late, in parts or not at all. It returns the
// changed reply.
func (h Hit) Send(w Wire, r Reply) Reply {
	if h.kind.damage != nil {
		r = h.kind.damage(h.Effect, r)
	}
	if h.Effect.Status != 0 {
		r.Status = h.Effect.Status
	}
	r.Location, r.RetryAfter = h.Effect.Location, h.Effect.RetryAfter
	if h.kind.send != nil {
		h.kind.send(w, h, r)
		return r
	}
	w.Wait(h.Delay)
	w.Head(r)
	w.Write(r.Body)
	return r
}

// part returns the first most bytes of a body, or half of it when most is 0.
func part(body []byte, most int) []byte {
	if most == 0 {
		most = len(body) / 2
	}
	return body[:min(len(body), most)]
}

// scalar finds the values after keys in compact JSON: strings, numbers and booleans.
var scalar = regexp.MustCompile(`:("(?:[^"\\]|\\.)*"|-?[0-9]+|true|false)`)

var bare = regexp.MustCompile(`^"(0|[1-9][0-9]*|true|false)"$`)

// wrongType removes the quotes from a string that holds a number or a boolean, adds them to a bare
// number or boolean, and turns any other string into a list, as very old servers did with error
// texts.
func wrongType(colonAndValue []byte) []byte {
	value := colonAndValue[1:]
	switch {
	case bare.Match(value):
		return append([]byte(":"), bytes.Trim(value, `"`)...)
	case value[0] == '"':
		return append(append([]byte(":["), value...), ']')
	}
	return append(append([]byte(`:"`), value...), '"')
}
