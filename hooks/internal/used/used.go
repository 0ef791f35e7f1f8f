// Package used remembers codes that opened a door, so that none opens a second one.
package used

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/authy"
)

// Life is how long an accepted code is refused. Authy itself takes a code for some 60 to 90 s.
const Life = 120 * time.Second

// Codes is the memory of one process. It holds no code in clear. It is safe for concurrent use.
type Codes struct {
	key []byte
	now func() time.Time

	mu    sync.Mutex
	taken map[[sha256.Size]byte]time.Time // until when
	sweep time.Time                       // when to look for ended ones next
}

// New makes an empty memory. key, any secret, keeps the digests from being tried out.
func New(key []byte, now func() time.Time) *Codes {
	return &Codes{key: key, now: now, taken: make(map[[sha256.Size]byte]time.Time)}
}

// Claim implements [gate.Memory]. Of two logins at once with the same code, one gets it.
func (c *Codes) Claim(_ context.Context, id authy.ID, code authy.Code) (bool, error) {
	digest, now := c.digest(id, code), c.now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.After(c.sweep) {
		for d, end := range c.taken {
			if !end.After(now) {
				delete(c.taken, d)
			}
		}
		c.sweep = now.Add(Life)
	}
	if end, ok := c.taken[digest]; ok && end.After(now) {
		return false, nil
	}
	c.taken[digest] = now.Add(Life)
	return true, nil
}

// Release implements [gate.Memory].
func (c *Codes) Release(_ context.Context, id authy.ID, code authy.Code) {
	digest := c.digest(id, code)
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.taken, digest)
}

func (c *Codes) digest(id authy.ID, code authy.Code) [sha256.Size]byte {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(id.String() + "/"))
	code.Digest(mac)
	return [sha256.Size]byte(mac.Sum(nil))
}
