package authyapi

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/mockapi"
)

// answer handles a request and sends the reply, or what a fault makes of it. Faults sit behind the
// key and before the engine; the ones that let the engine act first are those that mockapi calls
// "processed".
func (c *call) answer(w http.ResponseWriter, known bool, bad error, hit fault.Hit) outcome {
	e := hit.Effect
	if instead, ok := unprocessed(e); ok {
		wait(c.http.Context(), hit.Delay)
		if e.Kind == mockapi.DropBefore {
			return drop(w, reply{decision: "dropped", reason: "fault: connection dropped before the request was processed"})
		}
		return deliver(w, instead, encode(instead), e)
	}
	rep := c.handle(known, bad)
	body := damage(encode(rep), e)
	switch {
	case e.Kind == mockapi.SlowBody:
		return drip(c.http.Context(), w, rep, body, hit)
	case hit.ID != "":
		wait(c.http.Context(), hit.Delay)
		rep.reason += "; fault: " + e.Kind
	}
	switch e.Kind {
	case mockapi.DropAfter:
		return drop(w, rep)
	case mockapi.DropMidway:
		return cut(w, rep, body, e)
	case mockapi.Malformed:
		rep.status, rep.contentType = http.StatusOK, "text/plain"
	}
	return deliver(w, rep, body, e)
}

// handle runs the checks that all calls share, and the handler.
func (c *call) handle(known bool, bad error) reply {
	var rep reply
	var err error
	switch {
	case !known && !c.route.open:
		err = badKey
	case bad != nil:
		err = bad
	default:
		if err = c.strict(); err == nil {
			rep, err = c.route.handle(c)
		}
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

// unprocessed returns the reply of an effect that keeps the request from the engine.
func unprocessed(e fault.Effect) (reply, bool) {
	rep := reply{decision: "fault", reason: "fault: " + e.Kind}
	switch e.Kind {
	case mockapi.AuthyError:
		known, ok := authy.Lookup(e.Error)
		if !ok {
			known, _ = authy.Lookup("60000")
		}
		rep.status, rep.body = known.Status, errorBody(known)
		rep.reason += " " + known.Code
	case mockapi.RawStatus:
		rep.raw, rep.contentType = []byte(e.Body), e.ContentType
		if rep.contentType == "" {
			rep.contentType = "application/json;charset=utf-8"
		}
	case mockapi.EmptyOK:
		rep.raw, rep.contentType = []byte{}, "application/json;charset=utf-8"
	case mockapi.HTML503:
		rep.status, rep.contentType = http.StatusServiceUnavailable, "text/html"
		rep.raw = []byte("<html><head><title>503 Service Unavailable</title></head><body><h1>503 Service Unavailable</h1>" +
			"No server is available to handle this request.</body></html>\n")
	case mockapi.Redirect:
		rep.status, rep.raw, rep.contentType = http.StatusFound, []byte{}, "text/html"
	case mockapi.DropBefore:
	default:
		return reply{}, false
	}
	return rep, true
}

// deliver sends a reply with the status and headers that an effect asks for.
func deliver(w http.ResponseWriter, rep reply, body []byte, e fault.Effect) outcome {
	rep.status = head(w, rep, len(body), e)
	_, _ = w.Write(body) // a client that has gone away misses nothing
	return outcome{reply: rep, status: rep.status, body: body}
}

// head writes the status and the headers of a reply and gives the status.
func head(w http.ResponseWriter, rep reply, length int, e fault.Effect) int {
	status, kind, h := rep.status, rep.contentType, w.Header()
	if e.Status != 0 {
		status = e.Status
	}
	if status == 0 {
		status = http.StatusOK
	}
	if kind == "" {
		kind = "application/json;charset=utf-8"
	}
	if e.Location != "" {
		h.Set("Location", e.Location)
	}
	if e.RetryAfter != "" {
		h.Set("Retry-After", e.RetryAfter)
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(status)
	return status
}

// encode makes the bytes of a reply's body.
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

// wait lets time pass, or less when nobody waits any more: the client has gone, or the server
// stops.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// drop resets the connection without a reply.
func drop(w http.ResponseWriter, rep reply) outcome {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // HTTP/2 and test recorders: the server aborts the stream
		panic(http.ErrAbortHandler)
	}
	inner := conn
	if wrapped, ok := conn.(interface{ NetConn() net.Conn }); ok { // TLS
		inner = wrapped.NetConn()
	}
	if tcp, ok := inner.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a reset and no orderly end
	}
	_ = inner.Close()
	return outcome{reply: rep}
}

// cut sends headers and a part of the body, then drops the connection.
func cut(w http.ResponseWriter, rep reply, body []byte, e fault.Effect) outcome {
	head(w, rep, len(body), e)
	_, _ = w.Write(body[:part(len(body), e.Bytes)])
	_ = http.NewResponseController(w).Flush()
	return drop(w, rep)
}

// drip sends the body in ten pieces over the delay.
func drip(ctx context.Context, w http.ResponseWriter, rep reply, body []byte, hit fault.Hit) outcome {
	rep.reason += "; fault: " + hit.Effect.Kind
	status := head(w, rep, len(body), hit.Effect)
	const pieces = 10
	for piece := range slices.Chunk(body, len(body)/pieces+1) {
		wait(ctx, hit.Delay/pieces)
		_, _ = w.Write(piece)
		_ = http.NewResponseController(w).Flush()
	}
	return outcome{reply: rep, status: status, body: body}
}

// part is how much of n bytes to send: most, or half when it is 0.
func part(n, most int) int {
	if most == 0 {
		return n / 2
	}
	return min(n, most)
}
