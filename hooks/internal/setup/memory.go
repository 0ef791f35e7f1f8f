package setup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"sftpgo-authy/hooks/internal/admin"
	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/memory/bolt"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
)

// Memory returns what is remembered of logins in a store. key is that of the digests by which
// things lie there: the same for all that share it.
func Memory(c config.Config, h Host, s store.Store, key []byte) *memory.Logins {
	l := c.Hookd.Lockout
	var noted func(provider.Person) bool
	if c.Lasts() {
		noted = func(p provider.Person) bool { return p.Provider() != totp.Name }
	}
	return &memory.Logins{
		Noted: noted,
		Store: s, Key: key, Now: h.Now, Fresh: hook.Name(h.Draw), Grace: c.Grace, WebDAVGrace: c.Hookd.WebDAVGrace,
		Limits: memory.Limits{Window: l.Window, PerAccountIP: l.PerAccountIP, PerIP: l.PerIP, PerAccount: l.PerAccount},
	}
}

// CodeWindow returns for how long a code may count: so long none is taken where a store may have
// lost which ones were used. A secret may have a longer period than the configuration says.
func CodeWindow(c config.Config) time.Duration {
	if !c.TOTP.Enabled() {
		return memory.CodeLife
	}
	return max(memory.CodeLife, time.Duration(2*c.TOTP.Skew+1)*totp.MaxPeriod)
}

// Remembered returns what a program, or authyctl, remembers of logins: what stands in the memory
// file of the configuration. It asks hookd for it where one has the file and answers on its admin
// socket. Without a memory file it returns nil. A file that cannot be used is an error of every
// call: logins are denied then, or go on without, as the configuration says. closer is to be closed
// at the end.
func Remembered(c config.Config, h Host) (kept *memory.Logins, closer io.Closer) {
	if c.MemoryFile == "" {
		return nil, open{}
	}
	s, key, err := openStore(c, h)
	if err != nil {
		s = store.Broken{Err: err}
	}
	closer, ok := s.(io.Closer)
	if !ok {
		closer = open{}
	}
	return Memory(c, h, s, key), closer
}

// open is what needs no closing.
type open struct{}

// Close does nothing.
func (open) Close() error { return nil }

func openStore(c config.Config, h Host) (store.Store, []byte, error) {
	m, err := askHookd(c)
	switch {
	case err == nil && m.Store != nil:
		return m.Store, m.Key, nil
	case err != nil && !errors.Is(err, admin.ErrNobody):
		return nil, nil, err
	}
	file, err := bolt.Visit(bolt.Options{Path: c.MemoryFile, Now: h.Now, Random: h.Rand})
	switch {
	case errors.Is(err, bolt.ErrHeld) && c.Hookd.AdminSocket == "":
		return nil, nil, fmt.Errorf("%w; set hookd.admin_socket, on which programs and authyctl can ask it", err)
	case err != nil:
		return nil, nil, err
	}
	return file, file.Key(), nil
}

// askHookd asks for the memory of the hookd beside a program. Without an admin socket there is
// none.
func askHookd(c config.Config) (m admin.Memory, err error) {
	if c.Hookd.AdminSocket == "" {
		return m, nil
	}
	client, err := admin.NewClient(c.Hookd.AdminSocket)
	if err == nil {
		m, err = client.Memory(context.Background())
	}
	if err == nil && m.File != c.MemoryFile {
		err = fmt.Errorf("memory_file %s: hookd has %s; want one for both", c.MemoryFile, m.File)
	}
	return m, err
}
