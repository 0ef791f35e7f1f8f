package accounts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/authy"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/safefile"
)

// maxFile bounds a users file: a million lines and more.
const maxFile = 64 << 20

// File is the users file as a source. It is read at the first look-up and again whenever it changes; a change that
// cannot be read or parsed leaves the old content in force and is reported. Until the file was read well once, it
// cannot answer. File is safe for concurrent use.
type File struct {
	Path    string
	Now     func() time.Time
	Problem func(error) // told of a change that was not taken over; may be nil

	mu    sync.RWMutex
	seen  stamp
	users map[string]authy.ID // nil until the file was read well once
	err   error               // why users is nil
	why   string              // why the file as it is now cannot be taken, for [File.Health]; "" where it can
}

// stamp is what shows that a file changed: its identity, size and time of change.
type stamp struct {
	info    os.FileInfo
	err     string
	settled bool // an equal stamp later proves equal content
}

func (s stamp) same(o stamp) bool {
	if s.info == nil || o.info == nil {
		return s.info == nil && o.info == nil && s.err == o.err && s.err != ""
	}
	return os.SameFile(s.info, o.info) && s.info.Size() == o.info.Size() && s.info.ModTime().Equal(o.info.ModTime()) &&
		s.info.Mode() == o.info.Mode()
}

// settle is how old a file's time of change must be before an equal stamp proves equal content: file systems stamp
// in steps, and two writes in one step look alike.
const settle = 2 * time.Second

// Lookup implements [Source].
func (f *File) Lookup(_ context.Context, a gate.Account) (gate.Found, error) {
	now := f.look()
	f.mu.RLock()
	fresh := f.seen.settled && now.same(f.seen)
	f.mu.RUnlock()
	if !fresh {
		f.reload(now)
	}
	f.mu.RLock()
	defer f.mu.RUnlock()
	if f.users == nil {
		return gate.Found{}, f.err
	}
	id, found := f.users[a.Name]
	return gate.Found{ID: id, Mapped: found}, nil
}

// Health says how the file does, as the next look-up would find it. Down means that the source cannot answer, so that
// nobody gets in. No text names an account or the path.
func (f *File) Health(ctx context.Context) health.Finding {
	_, err := f.Lookup(ctx, gate.Account{})
	f.mu.RLock()
	defer f.mu.RUnlock()
	switch {
	case err != nil:
		return health.Finding{Level: health.Down, Why: f.why}
	case f.why != "":
		return health.Finding{Level: health.Degraded, Why: f.why + "; the content read before stays in force"}
	}
	return health.Finding{}
}

// Empty says whether the file that was read last names nobody.
func (f *File) Empty() bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.users != nil && len(f.users) == 0
}

// reasonFor says in words for everybody why a file cannot be taken: the error itself may name accounts.
func reasonFor(err error) string {
	var refused *safefile.Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "hookd may not read it"
	case errors.As(err, &refused):
		return "it is refused: " + refused.Error()
	}
	return "it has broken lines; hookd's log names them"
}

// look gives the stamp of the file as it is now.
func (f *File) look() stamp {
	info, err := os.Stat(f.Path)
	if err != nil {
		return stamp{err: err.Error(), settled: true}
	}
	return stamp{info: info, settled: f.Now().Sub(info.ModTime()) > settle}
}

// reload reads the file whose stamp is now.
func (f *File) reload(now stamp) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen.settled && now.same(f.seen) {
		return // somebody else was faster
	}
	f.seen = now
	text, err := safefile.Read(f.Path, safefile.Public, maxFile)
	var users map[string]authy.ID
	if err == nil {
		users, err = Parse(string(text))
	}
	if err == nil {
		f.users, f.err, f.why = users, nil, ""
		return
	}
	f.why = reasonFor(err)
	err = fmt.Errorf("users file %s: %w", f.Path, err)
	if f.users == nil {
		f.err = err
	} else if f.Problem != nil {
		f.Problem(fmt.Errorf("%w; the content read before stays in force", err))
	}
}
