package setup

import (
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/memory/store"
)

// Memory returns what is remembered of logins in a store. key is that of the digests by which
// things lie there: the same for all that share it.
func Memory(c config.Config, h Host, s store.Store, key []byte) *memory.Logins {
	l := c.Hookd.Lockout
	return &memory.Logins{
		Store: s, Key: key, Now: h.Now, Fresh: hook.Name(h.Rand), Grace: c.Grace, WebDAVGrace: c.Hookd.WebDAVGrace,
		Limits: memory.Limits{Window: l.Window, PerAccountIP: l.PerAccountIP, PerIP: l.PerIP, PerAccount: l.PerAccount},
	}
}
