package bolt

import (
	"context"
	"time"

	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
)

// lookAgain is how often [Visitor.Await] looks.
const lookAgain = 20 * time.Millisecond

// atOnce says whether Take writes a mark of a kind before it returns. Others stay within the
// program until Keep names them, and are locked for other programs meanwhile: a code that a
// provider is asked about is nobody else's.
func atOnce(kind store.Kind) bool { return kind == store.Send || kind == store.Push }

// lasts returns a record that lives for life from now on.
func (v *Visitor) lasts(value string, number int64, life time.Duration) record {
	r := record{inprocess.Record{Value: value, Number: number, End: inprocess.Never}, true}
	if life != 0 {
		r.End = v.Now().Add(life).UnixNano()
	}
	return r
}

// Take implements [store.Store]. While another login is about to take the same it is taken, and
// whoever waits for a grace waits for what becomes of the other.
func (v *Visitor) Take(ctx context.Context, key store.Key, value string, life time.Duration) (bool, string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c, err := v.begin(ctx, key, key.Kind == store.Grace)
	switch {
	case err != nil || c == nil:
		return false, "", name(v.Path, err)
	case c.now.lives:
		v.settle(key)
		return false, c.now.Value, nil
	}
	c.now = v.lasts(value, 0, life)
	if !atOnce(key.Kind) {
		return true, "", nil
	}
	c.keep = true
	err = name(v.Path, v.write())
	return err == nil, "", err
}

// Set implements [store.Store].
func (v *Visitor) Set(ctx context.Context, key store.Key, value string, life time.Duration) error {
	return v.change(ctx, key, func(c *change) { c.now, c.keep = v.lasts(value, 0, life), key.Kind != store.Verdict })
}

// Drop implements [store.Store].
func (v *Visitor) Drop(ctx context.Context, key store.Key) error {
	return v.change(ctx, key, func(c *change) { c.now, c.keep = record{}, true })
}

func (v *Visitor) change(ctx context.Context, key store.Key, do func(*change)) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	c, err := v.begin(ctx, key, true)
	if err == nil && c == nil {
		err = errBusy
	}
	if err != nil {
		return name(v.Path, err)
	}
	do(c)
	v.settle(key)
	return nil
}

// Get implements [store.Store].
func (v *Visitor) Get(_ context.Context, key store.Key) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	list, err := v.read(key)
	if err != nil || !list[0].lives {
		return "", name(v.Path, err)
	}
	return store.Text(key, list[0].Value, list[0].Number), nil
}

// Await implements [store.Store]. It looks now and then.
func (v *Visitor) Await(ctx context.Context, key store.Key, value string) (string, error) {
	for {
		current, err := v.Get(ctx, key)
		if err != nil || current != value {
			return current, err
		}
		select {
		case <-time.After(lookAgain):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
}

// Count implements [store.Store]. It waits for other logins that are counted by the same counters:
// of many guesses at once one is judged at a time. The file has room for every counter, so that no
// wider lock stands for one.
func (v *Visitor) Count(ctx context.Context, life time.Duration, counters ...store.Counter) (bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	locked, err := v.locked(ctx, counters)
	for _, c := range counters {
		if locked || err != nil {
			v.settle(c.Key)
		} else if ch := v.changes[c.Key]; ch != nil && !c.Look {
			if !ch.now.lives || ch.now.End <= v.Now().UnixNano() {
				ch.now = v.lasts("", 0, life)
			}
			ch.now.Number++
		}
	}
	return locked, name(v.Path, err)
}

// locked says whether one of the counters stands at its bound, and begins to change those that are
// counted. It reads all of them at once.
func (v *Visitor) locked(ctx context.Context, counters []store.Counter) (locked bool, err error) {
	keys := make([]store.Key, len(counters))
	fresh := map[int]bool{} // those that were locked here
	defer func() {
		if err != nil {
			for i := range fresh {
				v.locks.free(lockOf(keys[i]))
			}
		}
	}()
	for i, c := range counters {
		if keys[i] = c.Key; c.Look || v.changes[c.Key] != nil {
			continue
		}
		ok, err := v.lock(ctx, c.Key, true)
		if err == nil && !ok {
			err = errBusy
		}
		if err != nil {
			return false, err
		}
		fresh[i] = true
	}
	list, err := v.read(keys...)
	if err != nil {
		return false, err
	}
	for i, r := range list {
		if fresh[i] {
			v.changing(keys[i], r)
		}
		locked = locked || r.lives && r.Number >= int64(counters[i].Bound)
	}
	return locked, nil
}

// Uncount implements [store.Store].
func (v *Visitor) Uncount(ctx context.Context, counters ...store.Counter) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range counters {
		ch, err := v.begin(ctx, c.Key, true)
		if err == nil && ch == nil {
			err = errBusy
		}
		if err != nil {
			return name(v.Path, err)
		}
		switch {
		case !ch.now.lives:
		case ch.now.Number <= 1:
			ch.now = record{}
		default:
			ch.now.Number--
		}
		ch.keep = true
		v.settle(c.Key)
	}
	return nil
}

// Advance implements [store.Store].
func (v *Visitor) Advance(ctx context.Context, key store.Key, step int64, life time.Duration) (bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c, err := v.begin(ctx, key, true)
	switch {
	case err == nil && c == nil:
		err = errBusy
	case err == nil && c.now.lives && c.now.Number >= step:
		v.settle(key)
		return false, nil
	}
	if err != nil {
		return false, name(v.Path, err)
	}
	c.now, c.keep = v.lasts("", step, life), true
	return true, nil
}

// Ping implements [store.Store].
func (v *Visitor) Ping(context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return name(v.Path, v.own(true, func(file) error { return nil }))
}
