// Package livefile keeps the content of a file that decides about logins and may change at any
// moment. It is read again whenever it changes, and while it cannot be read its last content counts
// for a while.
package livefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/safefile"
)

// LastContent is for how long the content that was read last counts while the file cannot be read.
// It runs from the moment at which that was first seen.
const LastContent = 5 * time.Minute

// File is a file whose content is a T. The exported fields are set before its first use; it is safe
// for concurrent use.
type File[T any] struct {
	Name string // what the file is, for errors: "users file"
	Path string
	Now  func() time.Time
	// Read reads the file. flaws are what is wrong with parts of a content that counts all the
	// same; err says why it does not count as a whole.
	Read func(path string) (content *T, flaws, err error)
	// Took is told of a content that counts from now on, and the one before, nil for none. May be
	// nil.
	Took func(old, content *T)
	// Problem is told once of each thing that is wrong with the file. May be nil.
	Problem func(error)
	// OnFlaws says what flaws mean for logins, for Problem: "accounts on these lines are denied".
	OnFlaws string

	mu      sync.RWMutex
	seen    stamp
	content *T        // what counts; nil for nothing yet
	err     error     // why content is not what the file has now; nil where it is
	since   time.Time // when that was first seen
	told    string    // the last problem
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

// State is what counts of a file at a moment.
type State[T any] struct {
	Content *T        // nil for nothing yet
	Err     error     // why Content is not what the file has now; nil where it is
	Until   time.Time // where there is an Err: when Content stops to count
	Overdue bool      // there is an Err, and nothing counts any more
}

// Current returns what counts now. It reads the file if it changed.
func (f *File[T]) Current() State[T] {
	now := f.look()
	f.mu.RLock()
	fresh := f.seen.settled && now.same(f.seen)
	state := f.state()
	f.mu.RUnlock()
	if fresh {
		return state
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.seen.settled || !now.same(f.seen) { // else somebody was faster
		f.reload(now)
	}
	return f.state()
}

// Last returns what counts of the file as it was last read.
func (f *File[T]) Last() State[T] {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.state()
}

func (f *File[T]) state() State[T] {
	s := State[T]{Content: f.content, Err: f.err}
	if f.err != nil {
		s.Until = f.since.Add(LastContent)
		s.Overdue = f.content == nil || !f.Now().Before(s.Until)
	}
	return s
}

// look returns the stamp of the file as it is now.
func (f *File[T]) look() stamp {
	info, err := os.Stat(f.Path)
	if err != nil {
		return stamp{err: err.Error(), settled: true}
	}
	settled := f.Now().Sub(info.ModTime()) > settle && f.Now().Sub(changed(info)) > settle
	return stamp{info: info, settled: settled}
}

// reload reads the file whose stamp is now.
func (f *File[T]) reload(now stamp) {
	f.seen = now
	content, flaws, err := f.Read(f.Path)
	if err == nil {
		if f.Took != nil {
			f.Took(f.content, content)
		}
		f.content, f.err = content, nil
		f.tell(flaws)
		return
	}
	if f.err == nil {
		f.since = f.Now()
	}
	f.err = fmt.Errorf("%s %s: %w", f.Name, f.Path, err)
	f.tell(err)
}

// tell reports a problem, unless it is the one that was reported last.
func (f *File[T]) tell(err error) {
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
	what := f.OnFlaws
	if f.err != nil {
		what = "every account is denied"
		if f.content != nil {
			what = "the content from before counts until " + f.state().Until.UTC().Format(time.RFC3339) +
				", then every account is denied"
		}
	}
	f.Problem(fmt.Errorf("%s %s: %w; until it is mended, %s", f.Name, f.Path, err, what))
}

// Why says in words for everybody why a file cannot be taken: the error itself has the path.
func Why(err error) string {
	var refused *safefile.Error
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "hookd may not read it"
	case errors.As(err, &refused):
		return "it is refused: " + refused.Error()
	}
	return "it cannot be read; hookd's log says why"
}
