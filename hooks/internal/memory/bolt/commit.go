package bolt

import (
	"context"
	"errors"
	"maps"
	"time"

	"go.etcd.io/bbolt"

	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
)

// patience is how long a login waits for the disk.
const patience = 5 * time.Second

// Keep implements [store.Store]. All who call it while the file is being written share the write
// after that one.
func (w *Owner) Keep(ctx context.Context, keys ...store.Key) error {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("the disk does not get done"))
	defer cancel()
	b, err := w.join(keys)
	if err != nil || b == nil {
		return name(w.path, err)
	}
	select {
	case <-b.done:
		return name(w.path, b.err)
	case <-ctx.Done():
		return name(w.path, context.Cause(ctx))
	}
}

// join adds records to what is to be written, and returns the write that will hold them; nil where
// nothing is left to write.
func (w *Owner) join(keys []store.Key) (*batch, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, errClosed
	}
	w.noteLocked(keys)
	if len(w.changed) == 0 && !w.writing {
		return nil, nil
	}
	if w.waiting == nil {
		w.waiting = &batch{done: make(chan struct{})}
		w.wake <- struct{}{} // there is room: only who makes a batch puts something there
	}
	return w.waiting, nil
}

// run writes whenever somebody waits, until the wake channel is closed.
func (w *Owner) run() {
	defer close(w.ended)
	defer onFault()()
	for range w.wake {
		w.mu.Lock()
		b, changed := w.waiting, w.changed
		w.waiting, w.changed, w.writing = nil, map[store.Key]struct{}{}, true
		w.mu.Unlock()
		b.err = w.write(changed)
		w.mu.Lock()
		if w.writing = false; b.err != nil {
			maps.Copy(w.changed, changed)
		}
		w.mu.Unlock()
		close(b.done)
	}
}

// errNothing is what a transaction says that would change nothing.
var errNothing = errors.New("nothing to write")

// write writes the records of keys as they are now.
func (w *Owner) write(keys map[store.Key]struct{}) (err error) {
	defer catch(&err)
	now := w.now().UnixNano()
	err = w.file.db.Update(func(tx *bbolt.Tx) error {
		records, changes := tx.Bucket(bucketRecords), 0
		for key := range keys {
			r, lives := w.Look(key)
			n, err := put(records, key, r, lives, now)
			if err != nil {
				return err
			}
			changes += n
		}
		if changes == 0 {
			return errNothing
		}
		return nil
	})
	if errors.Is(err, errNothing) {
		return nil
	}
	return plain(err)
}

// neighbours is how many records beside one that is written are looked at.
const neighbours = 16

// put writes the record of a key, or takes it away if it does not live. With one that is written,
// those beside it go that have ended: their page is written anyway, and as a digest may stand
// anywhere, every page has its turn. Of all records no more than one in sixteen has ended then. It
// returns how many records changed.
func put(records *bbolt.Bucket, key store.Key, r inprocess.Record, lives bool, now int64) (changes int, err error) {
	name := nameOf(key)
	if !lives {
		if records.Get(name) == nil {
			return 0, nil
		}
		return 1, records.Delete(name)
	}
	if err := records.Put(name, textOf(name, r)); err != nil {
		return 0, err
	}
	for _, old := range ended(records, name, now) {
		if err := records.Delete(old); err != nil {
			return 0, err
		}
	}
	return 1, nil
}

// ended returns the names of those records after name, of the next few, that have ended.
func ended(records *bbolt.Bucket, name []byte, now int64) (names [][]byte) {
	c := records.Cursor()
	c.Seek(name)
	for range neighbours {
		next, text := c.Next()
		if next == nil {
			break
		}
		if r, ok := recordOf(next, text); ok && r.End <= now {
			names = append(names, append([]byte(nil), next...))
		}
	}
	return names
}

// Close writes what is left, and lets go of the file.
func (w *Owner) Close() error {
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	close(w.wake)
	w.mu.Unlock()
	<-w.ended
	err := w.write(w.changed)
	err = errors.Join(err, plain(w.file.db.Close()), w.locks.sign(""))
	w.locks.close()
	return name(w.path, err)
}
