package server

import (
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/sftpgo"
)

// Bounds of the memory of addresses. An SSH login lasts two minutes at most.
const (
	addressLife = 3 * time.Minute
	maxAddress  = 10_000
)

// addresses remembers from where a keyboard-interactive login comes: SFTPGo says it in the first step alone. It is for the audit, so a
// forgotten one (other replica, restart, overflow) costs an empty field and no login.
type addresses struct {
	now   func() time.Time
	mu    sync.Mutex
	known map[string]address // by request id
}

type address struct {
	ip  string
	end time.Time
}

func newAddresses(now func() time.Time) *addresses {
	return &addresses{now: now, known: make(map[string]address)}
}

// of gives the address of a request, and remembers it if this is the first step.
func (a *addresses) of(r sftpgo.Keyint) string {
	if r.RequestID == "" || len(r.RequestID) > 64 {
		return r.IP
	}
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if r.IP == "" {
		return a.known[r.RequestID].ip
	}
	if len(a.known) >= maxAddress {
		for id, known := range a.known {
			if known.end.Before(now) {
				delete(a.known, id)
			}
		}
	}
	if len(a.known) < maxAddress {
		a.known[r.RequestID] = address{ip: r.IP, end: now.Add(addressLife)}
	}
	return r.IP
}
