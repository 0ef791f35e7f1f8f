package bolt

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/safefile"
)

// Visitor is the store of a program that owns the file for a moment at a time: while it reads, and
// while it writes. Between the two it may ask a provider, and nobody waits for it but who would
// change the same records: they are locked from the first call that is about to change them until
// they are written or left as they were. What it changes it sees itself at once, and others once it
// was kept; a login that is accepted is one write, and so is one that failed.
type Visitor struct {
	Options
	locks *locks

	mu      sync.Mutex
	key     []byte
	changes map[store.Key]*change
}

// change is what a visitor is about to write of a record.
type change struct {
	before, now record
	keep        bool // Keep writes it; else it is only tried
}

// record is a record or none.
type record struct {
	inprocess.Record
	lives bool
}

// lockWait is how long a login waits for another one that is about to change the same record:
// longer than a question to a provider takes.
const lockWait = 8 * time.Second

// errBusy is what a call says of a record that others do not get done with.
var errBusy = errors.New("another login of the same account does not get done")

// Visit returns a store in the file. It makes the file if there is none.
func Visit(o Options) (*Visitor, error) {
	err := safefile.CheckFolder(o.Path)
	var l *locks
	if err == nil {
		l, err = openLocks(o.Path)
	}
	if err != nil {
		return nil, name(o.Path, err)
	}
	v := &Visitor{Options: o, locks: l, changes: map[store.Key]*change{}}
	if err := v.readKey(); err != nil {
		l.close()
		return nil, name(o.Path, err)
	}
	return v, nil
}

// readKey reads the key of the file, which it makes if it must.
func (v *Visitor) readKey() error {
	keep := func(f file) error { v.key = f.key; return nil }
	err := v.own(true, keep)
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, errEmpty) {
		err = v.own(false, keep)
	}
	return err
}

// Key returns the key for the digests of what is remembered. It belongs to the file.
func (v *Visitor) Key() []byte { return v.key }

// own has do be done with the file, which nobody else owns meanwhile.
func (v *Visitor) own(readOnly bool, do func(file) error) (err error) {
	if err := v.locks.enter(context.Background(), v.wait()); err != nil {
		return err
	}
	defer v.locks.free(whole)
	if v.locks.owner() != "" { // of one that was killed
		if err := v.locks.sign(""); err != nil {
			return err
		}
	}
	defer catch(&err)
	defer onFault()()
	f, err := open(v.Path, readOnly, v.Random)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, plain(f.db.Close())) }()
	return do(f)
}

// read returns records as they are, with the changes of this visitor.
func (v *Visitor) read(keys ...store.Key) (list []record, err error) {
	list = make([]record, len(keys))
	now, missing := v.Now().UnixNano(), false
	for i, key := range keys {
		if c := v.changes[key]; c != nil {
			list[i] = c.now
			list[i].lives = c.now.lives && c.now.End > now
		} else {
			missing = true
		}
	}
	if !missing {
		return list, nil
	}
	return list, v.own(true, func(f file) error {
		return f.db.View(func(tx *bbolt.Tx) error {
			for i, key := range keys {
				if v.changes[key] != nil {
					continue
				}
				if list[i], err = find(tx.Bucket(bucketRecords), key, now); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// find returns the record of a key.
func find(records *bbolt.Bucket, key store.Key, now int64) (record, error) {
	name := nameOf(key)
	text := records.Get(name)
	if text == nil {
		return record{}, nil
	}
	r, ok := recordOf(name, text)
	if !ok {
		return record{}, plain(ErrDamaged)
	}
	return record{r, r.End > now}, nil
}

// begin returns the change of a record that is about to be made, and locks it for others. Where it
// waits it waits for others who are about to change it; else it returns nil then.
func (v *Visitor) begin(ctx context.Context, key store.Key, waits bool) (*change, error) {
	if c := v.changes[key]; c != nil {
		if c.now.lives && c.now.End <= v.Now().UnixNano() {
			c.now = record{}
		}
		return c, nil
	}
	if ok, err := v.lock(ctx, key, waits); err != nil || !ok {
		return nil, err
	}
	list, err := v.read(key)
	if err != nil {
		v.locks.free(lockOf(key))
		return nil, err
	}
	return v.changing(key, list[0]), nil
}

// lock locks a record for others.
func (v *Visitor) lock(ctx context.Context, key store.Key, waits bool) (bool, error) {
	wait := time.Duration(0)
	if waits {
		wait = lockWait
	}
	patience, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	return v.locks.take(patience, lockOf(key))
}

// changing notes that a record, which is locked and was read, is about to be changed.
func (v *Visitor) changing(key store.Key, is record) *change {
	if !is.lives {
		is = record{}
	}
	c := &change{before: is, now: is}
	v.changes[key] = c
	return c
}

// settle forgets a change that changes nothing.
func (v *Visitor) settle(key store.Key) {
	if c := v.changes[key]; c != nil && c.now == c.before {
		delete(v.changes, key)
		v.locks.free(lockOf(key))
	}
}

// Keep implements [store.Store].
func (v *Visitor) Keep(_ context.Context, keys ...store.Key) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, key := range keys {
		if c := v.changes[key]; c != nil {
			c.keep = true
		}
	}
	return name(v.Path, v.write())
}

// write writes what is to be kept, all at once, and gives the records back.
func (v *Visitor) write() error {
	kept := map[store.Key]*change{}
	for key, c := range v.changes {
		if v.settle(key); c.keep && v.changes[key] != nil {
			kept[key] = c
		}
	}
	if len(kept) == 0 {
		return nil
	}
	now := v.Now().UnixNano()
	err := v.own(false, func(f file) error {
		return f.db.Update(func(tx *bbolt.Tx) error {
			for key, c := range kept {
				if _, err := put(tx.Bucket(bucketRecords), key, c.now.Record, c.now.lives, now); err != nil {
					return err
				}
			}
			return nil
		})
	})
	for key := range kept {
		delete(v.changes, key)
		v.locks.free(lockOf(key))
	}
	return plain(err)
}

// Close writes what is left, and lets go of the file.
func (v *Visitor) Close() error {
	err := v.Keep(context.Background())
	v.locks.close()
	return err
}
