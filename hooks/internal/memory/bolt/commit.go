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

// patience is how long a login waits for the disk while another one writes for it.
const patience = 5 * time.Second

// Keep implements [store.Store]. Whoever comes first while the file is being written does the next
// write, for all who come until then.
func (w *Owner) Keep(ctx context.Context, keys ...store.Key) error {
	b, first, err := w.join(keys)
	if err != nil || b == nil {
		return name(w.path, err)
	}
	if first {
		w.writing.Lock()
		w.writeFor(b)
		w.writing.Unlock()
		return name(w.path, b.err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("the disk does not get done"))
	defer cancel()
	select {
	case <-b.done:
		return name(w.path, b.err)
	case <-ctx.Done():
		return name(w.path, context.Cause(ctx))
	}
}

// join adds records to what is to be written, and returns the write that will hold them; nil where
// nothing is left to write. first is true for whoever is to do that write.
func (w *Owner) join(keys []store.Key) (b *batch, first bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, false, errClosed
	}
	w.noteLocked(keys)
	if len(w.changed) == 0 && !w.busy {
		return nil, false, nil
	}
	if first = w.waiting == nil; first {
		w.waiting = &batch{done: make(chan struct{})}
	}
	return w.waiting, first, nil
}

// writeFor does the write of a batch, unless Close has. What it could not write stays to be
// written.
func (w *Owner) writeFor(b *batch) {
	w.mu.Lock()
	if w.waiting != b {
		w.mu.Unlock()
		return
	}
	changed := w.changed
	w.waiting, w.changed, w.busy = nil, map[store.Key]struct{}{}, true
	w.mu.Unlock()
	b.err = w.write(changed)
	w.mu.Lock()
	if w.busy = false; b.err != nil {
		maps.Copy(w.changed, changed)
	}
	w.mu.Unlock()
	close(b.done)
}

// errNothing is what a transaction says that would change nothing.
var errNothing = errors.New("nothing to write")

// write writes the records of keys as they are now.
func (w *Owner) write(keys map[store.Key]struct{}) (err error) {
	defer catch(&err)
	defer onFault()()
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
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return nil
	}
	w.closed = true
	if w.waiting == nil {
		w.waiting = &batch{done: make(chan struct{})}
	}
	last := w.waiting
	w.mu.Unlock()
	w.writeFor(last)
	err := errors.Join(last.err, plain(w.file.db.Close()), w.locks.sign(""))
	w.locks.close()
	return name(w.path, err)
}
