package tunnel

import (
	"context"
	"errors"
	"io"
	"net"
)

// Refusal is the error of a proxy that answered without opening a tunnel: it refused, or what came
// is not a tunnel. It does not mean that the host behind the proxy is silent, and it can be fixed
// on this side.
type Refusal struct {
	Proxy  string // scheme, host and port
	Status int    // of its reply, 0 if there was no whole one
	What   string // what it did
	Err    error  // why, where an error says so; may be nil
}

// Error says what the proxy did, and what to do about the answers that people meet.
func (r *Refusal) Error() string {
	text := "proxy " + r.Proxy + " " + r.What
	if r.Err != nil {
		text += ": " + r.Err.Error()
	}
	switch r.Status {
	case 407:
		text += "; it wants a user and password, put the right ones before its host (http://user:password@host:port)"
	case 403, 405:
		text += "; allow that host and port in the proxy's configuration"
	case 502, 503, 504:
		text += "; the proxy itself does not reach that host"
	}
	return text
}

// Unwrap returns why.
func (r *Refusal) Unwrap() error { return r.Err }

// Judge turns the error of a TLS handshake with or through the proxy into a [*Refusal], unless it
// means that nobody answered: the connection broke off, or time was up.
func (p *Proxy) Judge(what string, err error) error {
	if silent(err) {
		return err
	}
	return &Refusal{Proxy: p.String(), What: what, Err: err}
}

// silent says whether an error of a connection means that the other end said nothing. Package tls
// reports alerts as [*net.OpError] too, with operations of its own.
func silent(err error) bool {
	for _, want := range []error{io.EOF, io.ErrUnexpectedEOF, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, want) {
			return true
		}
	}
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "dial" || op.Op == "read" || op.Op == "write")
}
