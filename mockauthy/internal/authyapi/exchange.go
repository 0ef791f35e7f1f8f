package authyapi

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/fault"
)

// exchange is the connection of one request, as faults use it ([fault.Wire]). It remembers what was
// sent.
type exchange struct {
	w       http.ResponseWriter
	ctx     context.Context
	status  int // 0: none, or the connection was dropped
	body    []byte
	dropped bool
	abort   bool // the connection can only be dropped by net/http
}

// Refusal returns the reply to an error of Authy's. Rules can name only errors in the table.
func (x *exchange) Refusal(err string) fault.Reply {
	known, ok := authy.Lookup(err)
	if !ok {
		known, _ = authy.Lookup("60000")
	}
	return fault.Reply{Status: known.Status, Body: encode(reply{body: errorBody(known)}),
		Note: "authy_error " + known.Code}
}

// Wait waits for d, or until the client has gone or the server stops.
func (x *exchange) Wait(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-x.ctx.Done():
	}
}

// Head writes the status and the headers of a reply.
func (x *exchange) Head(r fault.Reply) {
	h := x.w.Header()
	if r.Location != "" {
		h.Set("Location", r.Location)
	}
	if r.RetryAfter != "" {
		h.Set("Retry-After", r.RetryAfter)
	}
	kind := r.ContentType
	if kind == "" {
		kind = "application/json;charset=utf-8"
	}
	x.status = r.Status
	if x.status == 0 {
		x.status = http.StatusOK
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(r.Body)))
	x.w.WriteHeader(x.status)
}

// Write sends a part of the body at once.
func (x *exchange) Write(part []byte) {
	_, _ = x.w.Write(part) // a client that has gone away misses nothing
	_ = http.NewResponseController(x.w).Flush()
	x.body = append(x.body, part...)
}

// Drop resets the connection.
func (x *exchange) Drop() {
	x.status, x.body, x.dropped = 0, nil, true
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil { // HTTP/2 and test recorders: the server aborts the stream
		x.abort = true
		return
	}
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS
		conn = wrapped.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a reset and no orderly end
	}
	_ = conn.Close()
}

// whole sends a reply as it is.
func (x *exchange) whole(rep reply) {
	r := fault.Reply{Status: rep.status, ContentType: rep.contentType, Body: encode(rep)}
	x.Head(r)
	x.body = r.Body
	_, _ = x.w.Write(r.Body) // a client that has gone away misses nothing
}

// misbehave answers a request that a fault hits, and returns what goes into the journal.
func (c *call) misbehave(hit fault.Hit, bad error) reply {
	x := &c.wire
	if r, ok := hit.Instead(x); ok {
		r = hit.Send(x, r)
		rep := reply{contentType: r.ContentType, decision: "fault", reason: "fault: " + r.Note}
		if x.dropped {
			rep.decision = "dropped"
		}
		return rep
	}
	rep := c.handle(bad)
	rep.reason += "; fault: " + hit.Effect.Kind
	r := hit.Send(x, fault.Reply{Status: rep.status, ContentType: rep.contentType, Body: encode(rep)})
	rep.contentType = r.ContentType
	return rep
}

// encode returns the bytes of a reply's body.
func encode(rep reply) []byte {
	if rep.raw != nil || rep.body == nil {
		return rep.raw
	}
	body, err := compact(rep.body)
	if err != nil { // all bodies are structs of strings, numbers and booleans
		panic(err)
	}
	return body
}
