package authy

import (
	"sftpgo-authy/hooks/internal/ahead"
	"sftpgo-authy/hooks/internal/provider/exchange"
)

// Ahead is a [Client] that asks about codes over connections dialled ahead, where there are some.
// All other calls dial for themselves. Close it when nobody asks any more.
//
// An answer is [provider.Limited] as well when a connection that was dialled ahead died before
// there was any: its age was our own choice, so that is no silence of Authy's.
type Ahead struct {
	*Client
	*exchange.Spares
}

// NewAhead makes an Ahead of a client. Dial and Timeout of the options are the client's own.
func NewAhead(c *Client, o ahead.Options) *Ahead {
	spares := c.api.Ahead(o)
	return &Ahead{&Client{api: c.api, codes: spares}, spares}
}
