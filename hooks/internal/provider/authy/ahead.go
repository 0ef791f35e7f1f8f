package authy

import (
	"context"

	"sftpgo-authy/hooks/internal/ahead"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// Ahead is a [Client] that asks about codes over connections dialled ahead, where there are some.
// All other calls dial for themselves. Close it when nobody asks any more.
type Ahead struct {
	*Client
	pool *ahead.Pool
}

// NewAhead makes an Ahead of a client. Dial and Timeout of the options are the client's own.
func NewAhead(c *Client, o ahead.Options) *Ahead {
	o.Dial, o.Timeout = c.dial, c.timeout
	return &Ahead{Client: c, pool: ahead.New(o)}
}

// Verify is [Client.Verify]. The answer is Limited as well when a connection that was dialled ahead
// died before there was any answer: its age was our own choice, so that is no silence of Authy's.
// Nothing is sent a second time, for nobody knows whether the code was used up.
func (a *Ahead) Verify(ctx context.Context, person provider.Person, code otp.Code) provider.Answer {
	return verifyBy(ctx, func(ctx context.Context, what call) (reply, error) { return a.doOver(ctx, a.pool.Get, what) },
		person, code)
}

// Waiting returns how many connections are ready for a question.
func (a *Ahead) Waiting() int { return a.pool.Waiting() }

// Close closes the connections that wait. Verify goes on to work, without them.
func (a *Ahead) Close() error { return a.pool.Close() }
