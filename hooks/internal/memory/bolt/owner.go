package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/safefile"
)

// Options are what an [Owner] and a [Visitor] need.
type Options struct {
	Path   string // of the file; the locks stand beside it, in a file of the same name with .lock
	Now    func() time.Time
	Random io.Reader     // for the key of a new file
	Wait   time.Duration // for others to be done with the file; 0: 5 s
}

// wait is how long others are waited for.
func (o Options) wait() time.Duration {
	if o.Wait == 0 {
		return 5 * time.Second
	}
	return o.Wait
}

// Owner is the store of a hookd that has a memory file. It answers from memory. Used codes,
// failures and locks are written when [Owner.Keep] names them, last steps whenever it is called;
// what is taken away later may come back after a crash, which keeps somebody out for a while and
// lets nobody in. Graces, pushes and what else is over soon are not written: after a restart there
// are none.
type Owner struct {
	*inprocess.Store
	file  file
	locks *locks
	path  string
	now   func() time.Time

	writing sync.Mutex // held by whoever writes; before mu
	mu      sync.Mutex
	changed map[store.Key]struct{} // since they were written
	waiting *batch                 // of those who wait for the next write; nil: nobody
	busy    bool                   // a write is under way
	closed  bool
}

// batch is a write that some wait for.
type batch struct {
	done chan struct{} // closed after it
	err  error         // by then
}

// Own opens the file as its owner, makes it if there is none, and loads what it holds. The error is
// [ErrHeld] while another hookd owns it, and names that one.
func Own(o Options) (owner *Owner, err error) {
	defer func() { err = name(o.Path, err) }()
	if err := safefile.CheckFolder(o.Path); err != nil {
		return nil, err
	}
	l, err := openLocks(o.Path)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if err := l.enter(context.Background(), o.wait()); err != nil {
		return nil, err
	}
	if err := l.sign(fmt.Sprintf("hookd, process %d", os.Getpid())); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = l.sign("")
		}
	}()
	f, err := open(o.Path, false, o.Random)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = f.db.Close()
		}
	}()
	owner = &Owner{
		Store: inprocess.New(o.Now), file: f, locks: l, path: o.Path, now: o.Now,
		changed: map[store.Key]struct{}{},
	}
	if err := owner.load(); err != nil {
		return nil, err
	}
	return owner, nil
}

// enter takes the lock of the whole file. The error is [ErrHeld], and says who has it.
func (l *locks) enter(ctx context.Context, wait time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	ok, err := l.take(ctx, whole)
	if err != nil || ok {
		return err
	}
	if owner := l.owner(); owner != "" {
		return fmt.Errorf("%w by %s", ErrHeld, owner)
	}
	return fmt.Errorf("%w by programs that do not get done with it", ErrHeld)
}

// load takes into memory what the file holds. What has ended is taken away from it with the next
// writes.
func (w *Owner) load() (err error) {
	defer catch(&err)
	defer onFault()()
	now := w.now().UnixNano()
	return w.file.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketRecords).ForEach(func(name, text []byte) error {
			key, known := keyOf(name)
			r, ok := recordOf(name, text)
			switch {
			case !known || !ok:
				return plain(ErrDamaged)
			case r.End <= now:
				w.changed[key] = struct{}{}
				return nil
			}
			return w.Restore(key, r)
		})
	})
}

// Key returns the key for the digests of what is remembered. It belongs to the file.
func (w *Owner) Key() []byte { return w.file.key }

// soon says whether a kind is over so soon that it is not written.
func soon(kind store.Kind) bool {
	switch kind {
	case store.Grace, store.Push, store.Send, store.Address, store.Verdict, store.Epoch:
		return true
	}
	return false
}

// asked says whether a kind is only written when Keep names it.
func asked(kind store.Kind) bool {
	return kind == store.UsedCode || kind == store.Failure || kind == store.Lock
}

// note notes that records changed, for the next write.
func (w *Owner) note(keys ...store.Key) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noteLocked(keys)
}

func (w *Owner) noteLocked(keys []store.Key) {
	for _, key := range keys {
		if !soon(key.Kind) {
			w.changed[key] = struct{}{}
		}
	}
}

// Take implements [store.Store].
func (w *Owner) Take(ctx context.Context, key store.Key, value string, life time.Duration) (bool, string, error) {
	taken, current, err := w.Store.Take(ctx, key, value, life)
	if taken && !asked(key.Kind) {
		w.note(key)
	}
	return taken, current, err
}

// Set implements [store.Store].
func (w *Owner) Set(ctx context.Context, key store.Key, value string, life time.Duration) error {
	err := w.Store.Set(ctx, key, value, life)
	if err == nil && !asked(key.Kind) {
		w.note(key)
	}
	return err
}

// Advance implements [store.Store].
func (w *Owner) Advance(ctx context.Context, key store.Key, step int64, life time.Duration) (bool, error) {
	ok, err := w.Store.Advance(ctx, key, step, life)
	if ok {
		w.note(key)
	}
	return ok, err
}

// Drop implements [store.Store].
func (w *Owner) Drop(ctx context.Context, key store.Key) error {
	w.note(key)
	return w.Store.Drop(ctx, key)
}

// Uncount implements [store.Store].
func (w *Owner) Uncount(ctx context.Context, counters ...store.Counter) error {
	for _, c := range counters {
		w.note(c.Key)
	}
	return w.Store.Uncount(ctx, counters...)
}

// Ping implements [store.Store]. After a write that failed it tries to make up for it.
func (w *Owner) Ping(ctx context.Context) error {
	w.mu.Lock()
	behind := len(w.changed) > 0
	w.mu.Unlock()
	if !behind {
		return nil
	}
	return w.Keep(ctx)
}

// errClosed is what a call says of a file that was closed.
var errClosed = errors.New("is closed")
