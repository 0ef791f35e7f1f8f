// Package exchange answers a request of a mocked API, rightly or as a fault says.
package exchange

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/journal"
)

// API is what the mocked APIs differ in.
type API struct {
	JSON    string                       // media type of replies that name none
	Refusal func(err string) fault.Reply // the reply to an error, by code or name
	Bug     func(err error) Answer       // the reply after a panic
}

// Answer is a reply with what the journal says about it.
type Answer struct {
	fault.Reply
	User             int64  // whom it was about, where the path does not say
	Identity         string // the same, of Verify
	Decision, Reason string
	Secret           bool // keeps the body out of the journal
}

// Exchange is the connection of one request, as faults use it ([fault.Wire]). It remembers what was
// sent.
type Exchange struct {
	api     *API
	w       http.ResponseWriter
	ctx     context.Context
	status  int // 0: none, or the connection was dropped
	body    []byte
	dropped bool
	abort   bool // the connection can only be dropped by net/http
}

// Of returns the exchange of a request.
func (a *API) Of(w http.ResponseWriter, r *http.Request) Exchange {
	return Exchange{api: a, w: w, ctx: r.Context()}
}

// Send sends what handle answers or, when a fault hits the request, what that makes of it. It
// returns what goes into the journal; after that, call [Exchange.End].
func (x *Exchange) Send(hit fault.Hit, handle func() Answer) (res journal.Result) {
	defer func() {
		if p := recover(); p != nil {
			a := x.api.Bug(fmt.Errorf("%v", p))
			x.Whole(a.Reply)
			res = x.result(a, hit)
		}
	}()
	if hit.ID == "" {
		a := handle()
		x.Whole(a.Reply)
		return x.result(a, hit)
	}
	var a Answer
	if r, ok := hit.Instead(x); ok {
		a.Reply = hit.Send(x, r)
		a.Decision, a.Reason = "fault", "fault: "+r.Note
	} else {
		a = handle()
		a.Reply = hit.Send(x, a.Reply)
		a.Reason += "; fault: " + hit.Effect.Kind
	}
	return x.result(a, hit)
}

// result returns what the journal records at the end of a request.
func (x *Exchange) result(a Answer, hit fault.Hit) journal.Result {
	res := journal.Result{
		User:     a.User,
		Identity: a.Identity,
		Status:   x.status,
		Decision: a.Decision,
		Reason:   a.Reason,
		Fault:    hit.ID,
	}
	if x.dropped && a.Decision == "fault" {
		res.Decision = "dropped"
	}
	if x.abort {
		res.Decision, res.Reason = "dropped", "fault: "+hit.Effect.Kind
	}
	if !a.Secret && a.ContentType == "" {
		res.Reply = Shorten(string(x.body))
	}
	return res
}

// End aborts a connection that only net/http can drop.
func (x *Exchange) End() {
	if x.abort {
		panic(http.ErrAbortHandler)
	}
}

// Whole sends a reply as it is.
func (x *Exchange) Whole(r fault.Reply) {
	x.Head(r)
	x.body = r.Body
	_, _ = x.w.Write(r.Body) // a client that has gone away misses nothing
}

// Refusal returns the reply to an error of the API, by code or name.
func (x *Exchange) Refusal(err string) fault.Reply { return x.api.Refusal(err) }

// Wait waits for d, or until the client has gone or the server stops.
func (x *Exchange) Wait(d time.Duration) {
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
func (x *Exchange) Head(r fault.Reply) {
	h := x.w.Header()
	if r.Location != "" {
		h.Set("Location", r.Location)
	}
	if r.RetryAfter != "" {
		h.Set("Retry-After", r.RetryAfter)
	}
	kind := r.ContentType
	if kind == "" {
		kind = x.api.JSON
	}
	x.status = r.Status
	if x.status == 0 {
		x.status = http.StatusOK
	}
	if x.status != http.StatusNoContent { // which has neither; the names need no correction
		h["Content-Type"] = []string{kind}
		h["Content-Length"] = []string{strconv.Itoa(len(r.Body))}
	}
	x.w.WriteHeader(x.status)
}

// Write sends a part of the body at once.
func (x *Exchange) Write(part []byte) {
	_, _ = x.w.Write(part) // a client that has gone away misses nothing
	_ = http.NewResponseController(x.w).Flush()
	x.body = append(x.body, part...)
}

// Drop resets the connection.
func (x *Exchange) Drop() {
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

// Shorten keeps the journal small.
func Shorten(s string) string {
	const most = 2000
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Stars replace a secret of n bytes; from 10 on they do not show its length.
func Stars(n int) string { return strings.Repeat("*", min(n, 10)) }

// Base is the URL by which the client of a request reaches this server: the external one where that
// is known, else as its Host says.
func Base(external string, r *http.Request) string {
	switch {
	case external != "":
		return external
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
