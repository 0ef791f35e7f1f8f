package accounts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/safefile"
)

// maxFile bounds a users file: a million lines and more.
const maxFile = 64 << 20

// LastContent is for how long the content that was read last counts while the file cannot be read,
// or has lost its lines. It runs from the moment at which that was first seen.
const LastContent = 5 * time.Minute

// File is the users file as a source. It is read at the first look-up and again whenever it
// changes, and each line counts at once: see [Parse]. While the file cannot be read or has no line,
// its last content counts for [LastContent], marked as stale; after that, and where there is none,
// the file cannot answer. It never means that nobody is mapped.
//
// An account that loses its line is Vanished for as long as this File lives. File is safe for
// concurrent use.
type File struct {
	Path    string
	Now     func() time.Time
	Problem func(error) // told once of each thing that is wrong with the file; may be nil

	mu    sync.RWMutex
	seen  stamp
	list  *List               // what counts; nil for nothing yet
	gone  map[string]struct{} // accounts that had a line
	err   error               // why list is not what the file has now; nil where it is
	since time.Time           // when that was first seen
	told  string              // the last problem
}

// stamp is what shows that a file changed: its identity, size, mode and times of change.
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
		s.info.Mode() == o.info.Mode() && changed(s.info).Equal(changed(o.info))
}

// settle is how old a file's time of change must be before an equal stamp proves equal content:
// file systems stamp in steps, and two writes in one step look alike.
const settle = 2 * time.Second

// Lookup implements [Source].
func (f *File) Lookup(_ context.Context, a gate.Account) (gate.Found, error) {
	f.refresh()
	f.mu.RLock()
	defer f.mu.RUnlock()
	if err := f.overdue(); err != nil {
		return gate.Found{}, err
	}
	id, mapped, err := f.list.Find(a.Name)
	if err != nil {
		return gate.Found{}, fmt.Errorf("users file %s: %w", f.Path, err)
	}
	_, gone := f.gone[a.Name]
	return gate.Found{ID: id, Mapped: mapped, Vanished: gone && !mapped, Stale: f.err != nil}, nil
}

// overdue returns why the file cannot answer, nil where it or its last content can.
func (f *File) overdue() error {
	if f.err == nil || f.list != nil && f.Now().Sub(f.since) < LastContent {
		return nil
	}
	return f.err
}

// refresh reads the file if it changed.
func (f *File) refresh() {
	now := f.look()
	f.mu.RLock()
	fresh := f.seen.settled && now.same(f.seen)
	f.mu.RUnlock()
	if !fresh {
		f.reload(now)
	}
}

// Health says how the file does, as the next look-up would find it. Down means that the source
// cannot answer, so that nobody gets in. No text names an account or the path.
func (f *File) Health(context.Context) health.Finding {
	f.refresh()
	f.mu.RLock()
	defer f.mu.RUnlock()
	switch {
	case f.overdue() != nil:
		return health.Finding{Level: health.Down, Why: reasonFor(f.err)}
	case f.err != nil:
		return health.Finding{Level: health.Degraded, Why: reasonFor(f.err) + "; the content read before counts until " + f.until()}
	case f.list.Err() == nil:
		return health.Finding{}
	}
	if _, _, err := f.list.Find(""); err != nil {
		return health.Finding{Level: health.Down, Why: "no line is sound: " + f.list.Err().Error()}
	}
	return health.Finding{Level: health.Degraded, Why: f.list.Err().Error() + "; accounts on these lines are denied"}
}

// Empty says whether the file that was read last names nobody.
func (f *File) Empty() bool {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.list != nil && f.list.lines+f.list.broken == 0
}

// reasonFor says in words for everybody why a file cannot be taken: the error itself has the path.
func reasonFor(err error) string {
	var refused *safefile.Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "hookd may not read it"
	case errors.As(err, &refused):
		return "it is refused: " + refused.Error()
	case errors.Is(err, errNoLine):
		return "it " + errNoLine.Error()
	}
	return "it cannot be read; hookd's log says why"
}

// until is when the last content stops to count.
func (f *File) until() string { return f.since.Add(LastContent).UTC().Format(time.RFC3339) }

// look returns the stamp of the file as it is now.
func (f *File) look() stamp {
	info, err := os.Stat(f.Path)
	if err != nil {
		return stamp{err: err.Error(), settled: true}
	}
	settled := f.Now().Sub(info.ModTime()) > settle && f.Now().Sub(changed(info)) > settle
	return stamp{info: info, settled: settled}
}

// reload reads the file whose stamp is now.
func (f *File) reload(now stamp) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.seen.settled && now.same(f.seen) {
		return // somebody else was faster
	}
	f.seen = now
	list, err := ReadFile(f.Path)
	if err == nil {
		err = list.Usable()
	}
	if err == nil {
		f.vanish(list)
		f.list, f.err = &list, nil
		f.tell(list.Err())
		return
	}
	if f.err == nil {
		f.since = f.Now()
	}
	f.err = fmt.Errorf("users file %s: %w", f.Path, err)
	f.tell(err)
}

// ReadFile reads a users file whose mode and owner are as they must be. Broken lines are no error.
func ReadFile(path string) (List, error) {
	text, err := safefile.Read(path, safefile.Public, maxFile)
	if err != nil {
		return List{}, err
	}
	return Parse(string(text)), nil
}

// vanish notes who had a line that list does not have.
func (f *File) vanish(list List) {
	switch {
	case f.list == nil:
		return
	case f.gone == nil:
		f.gone = map[string]struct{}{}
	}
	for name := range f.list.IDs {
		if _, there := list.IDs[name]; !there {
			f.gone[name] = struct{}{}
		}
	}
	for name := range f.list.Denied {
		f.gone[name] = struct{}{}
	}
}

// tell reports a problem, unless it is the one that was reported last.
func (f *File) tell(err error) {
	text := ""
	if err != nil {
		text = err.Error()
	}
	if text == f.told {
		return
	}
	if f.told = text; err == nil || f.Problem == nil {
		return
	}
	what := "accounts on these lines are denied, all others log in as their lines say"
	if f.err != nil {
		what = "every account is denied"
		if f.list != nil {
			what = "the content from before counts until " + f.until() + ", then every account is denied"
		}
	}
	f.Problem(fmt.Errorf("users file %s: %w; until it is mended, %s", f.Path, err, what))
}
