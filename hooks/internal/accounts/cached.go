package accounts

import (
	"context"
	"sync"
	"time"
)

// Cached remembers what Users said, for a process that lives long. Only answers are remembered,
// never errors. What changed in SFTPGo counts after For at the latest. Cached is safe for
// concurrent use.
type Cached struct {
	Users Users
	Now   func() time.Time
	For   time.Duration // how long an answer counts
	Max   int           // accounts to remember; beyond that the oldest goes

	mu    sync.Mutex
	known map[string]remembered
	order []string // names in the order in which they were remembered, each once
	round int      // how often something was forgotten
}

type remembered struct {
	info  string
	until time.Time
}

// AdditionalInfo implements [Users].
func (c *Cached) AdditionalInfo(ctx context.Context, name string) (string, error) {
	c.mu.Lock()
	got, ok := c.known[name]
	round := c.round
	c.mu.Unlock()
	if ok && c.Now().Before(got.until) {
		return got.info, nil
	}
	until := c.Now().Add(c.For) // from before the question: an answer may be as old as that
	info, err := c.Users.AdditionalInfo(ctx, name)
	if err != nil {
		return "", err
	}
	c.remember(name, remembered{info, until}, round)
	return info, nil
}

// Forget has the next question about an account asked anew. What is being asked meanwhile is not
// remembered: it may be from before.
func (c *Cached) Forget(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.round++
	if got, there := c.known[name]; there {
		got.until = time.Time{}
		c.known[name] = got
	}
}

// remember keeps an answer to a question of a round.
func (c *Cached) remember(name string, r remembered, round int) {
	if c.Max <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if round != c.round {
		return
	}
	if c.known == nil {
		c.known = map[string]remembered{}
	}
	if _, there := c.known[name]; !there {
		if len(c.order) >= c.Max {
			delete(c.known, c.order[0])
			c.order = c.order[1:]
		}
		c.order = append(c.order, name)
	}
	c.known[name] = r
}
