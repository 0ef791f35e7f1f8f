package accounts

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/livefile"
	"sftpgo-authy/hooks/internal/safefile"
)

// maxFile bounds a users file: a million lines and more.
const maxFile = 64 << 20

// File is the users file as a source. It is read at the first look-up and again whenever it
// changes, and each line counts at once: see [Parse]. While the file cannot be read or has no line,
// its last content counts for [livefile.LastContent], marked as stale; after that, and where there
// is none, the file cannot answer. It never means that nobody is mapped.
//
// An account that loses its line is Vanished for as long as this File lives. File is safe for
// concurrent use.
type File struct {
	Path    string
	People  People
	Now     func() time.Time
	Problem func(error) // told once of each thing that is wrong with the file; may be nil

	once sync.Once
	live *livefile.File[List]
	gone sync.Map // accounts that had a line
}

// file returns what keeps the content.
func (f *File) file() *livefile.File[List] {
	f.once.Do(func() {
		f.live = &livefile.File[List]{
			Name: "users file", Path: f.Path, Now: f.Now, Read: f.readUsable, Took: f.vanish, Problem: f.Problem,
			OnFlaws: "accounts on these lines are denied, all others log in as their lines say",
		}
	})
	return f.live
}

// readUsable reads a users file whose lines count. Broken lines are flaws.
func (f *File) readUsable(path string) (*List, error, error) {
	list, err := ReadFile(path, f.People)
	if err == nil {
		err = list.Usable()
	}
	return &list, list.Err(), err
}

// Lookup implements [Source].
func (f *File) Lookup(_ context.Context, a gate.Account) (gate.Found, error) {
	now := f.file().Current()
	if now.Overdue {
		return gate.Found{}, now.Err
	}
	person, mapped, err := now.Content.Find(a.Name)
	if err != nil {
		return gate.Found{}, fmt.Errorf("users file %s: %w", f.Path, err)
	}
	_, gone := f.gone.Load(a.Name)
	return gate.Found{Person: person, Mapped: mapped, Vanished: gone && !mapped, Stale: now.Err != nil}, nil
}

// Health says how the file does, as the next look-up would find it. Down means that the source
// cannot answer, so that nobody gets in. No text names an account or the path.
func (f *File) Health(context.Context) health.Finding {
	now := f.file().Current()
	why := livefile.Why(now.Err)
	if errors.Is(now.Err, lines.ErrNone) {
		why = "it " + lines.ErrNone.Error()
	}
	switch {
	case now.Overdue:
		return health.Finding{Level: health.Down, Why: why}
	case now.Err != nil:
		until := now.Until.UTC().Format(time.RFC3339)
		return health.Finding{Level: health.Degraded, Why: why + "; the content read before counts until " + until}
	case now.Content.Err() == nil:
		return health.Finding{}
	}
	if _, _, err := now.Content.Find(""); err != nil {
		return health.Finding{Level: health.Down, Why: "no line is sound: " + now.Content.Err().Error()}
	}
	return health.Finding{Level: health.Degraded,
		Why: now.Content.Err().Error() + "; accounts on these lines are denied"}
}

// Empty says whether the file that was read last names nobody.
func (f *File) Empty() bool {
	list := f.file().Last().Content
	return list != nil && list.Empty()
}

// ReadFile reads a users file whose mode and owner are as they must be. Broken lines are no error.
func ReadFile(path string, people People) (List, error) {
	text, err := safefile.Read(path, safefile.Public, maxFile)
	if err != nil {
		return List{}, err
	}
	return Parse(string(text), people), nil
}

// vanish notes who had a line in the old list that the new one does not have.
func (f *File) vanish(old, list *List) {
	if old == nil {
		return
	}
	for name := range old.Values {
		if _, there := list.Values[name]; !there {
			f.gone.Store(name, nil)
		}
	}
	for name := range old.Denied {
		f.gone.Store(name, nil)
	}
}
