// Package journal remembers what was asked of a world and why it was answered so.
//
// It must not see codes and keys: whoever adds an entry masks them first.
package journal

import (
	"context"
	"time"

	"sftpgo-authy/mockauthy/internal/ring"
)

// Entry is one request. It is added when the request arrives and completed by the reply.
type Entry struct {
	ID                     int64 // rising from 1
	At                     time.Time
	DoneAt                 *time.Time // nil until then
	Endpoint, Method, Path string
	User                   int64  // the Authy id that the request was about; 0 for none
	Identity               string // of Verify: the identity, number or address that it was about
	Status                 int    // HTTP status; 0 until the reply, and when the connection was dropped
	Decision, Reason       string
	Fault                  string // id of the rule that hit the request
	Request, Reply         string // what was sent and answered, masked and shortened
}

// Result is what is known once the request was answered.
type Result struct {
	User     int64  // kept from the entry when 0
	Identity string // kept from the entry when empty
	Status   int    // HTTP status; 0 when the connection was dropped
	Decision string // "accepted", "refused", "sent", "ignored", …
	Reason   string // in words
	Fault    string // id of the rule that hit the request
	Reply    string // the body sent, masked
}

// Filter picks entries; a zero field picks all.
type Filter struct {
	Endpoint string
	Method   string
	User     int64
	Decision string
	Status   int
	Fault    string
	After    int64 // only ids above it
	Done     *bool // only finished, or only unfinished ones
}

// Journal keeps the newest entries of one world. Make one with [New].
type Journal struct {
	now     func() time.Time
	entries *ring.Ring[Entry]
	changed func(Entry)
}

// New returns a journal for at most limit entries, timed by now. changed, if not nil, is told of
// every new and every completed entry; it must not block.
func New(limit int, now func() time.Time, changed func(Entry)) *Journal {
	if changed == nil {
		changed = func(Entry) {}
	}
	return &Journal{now: now, entries: ring.New[Entry](limit), changed: changed}
}

// Begin notes a request on its arrival and returns its number. ID, At and DoneAt are set here.
func (j *Journal) Begin(e Entry) int64 {
	e.At, e.DoneAt = j.now(), nil
	e = j.entries.Add(func(id int64) Entry {
		e.ID = id
		return e
	})
	j.changed(e)
	return e.ID
}

// Done completes the entry with that number, if it is still kept.
func (j *Journal) Done(id int64, r Result) {
	at := j.now()
	e, ok := j.entries.Update(id, func(e *Entry) {
		e.DoneAt, e.Status, e.Decision, e.Reason, e.Fault, e.Reply = &at, r.Status, r.Decision, r.Reason,
			r.Fault, r.Reply
		if r.User != 0 {
			e.User = r.User
		}
		if r.Identity != "" {
			e.Identity = r.Identity
		}
	})
	if ok {
		j.changed(e)
	}
}

// List returns the entries that f picks, oldest first.
func (j *Journal) List(f Filter) []Entry { return j.entries.List(f.picks) }

// Wait returns the entries that f picks once there are count, or what there is and an error when
// ctx ends.
func (j *Journal) Wait(ctx context.Context, count int, f Filter) ([]Entry, error) {
	return j.entries.Wait(ctx, count, f.picks)
}

// Clear forgets all entries; numbers go on rising.
func (j *Journal) Clear() { j.entries.Clear() }

func (f Filter) picks(e *Entry) bool {
	return (f.Endpoint == "" || f.Endpoint == e.Endpoint) &&
		(f.Method == "" || f.Method == e.Method) &&
		(f.User == 0 || f.User == e.User) &&
		(f.Decision == "" || f.Decision == e.Decision) &&
		(f.Status == 0 || f.Status == e.Status) &&
		(f.Fault == "" || f.Fault == e.Fault) &&
		e.ID > f.After &&
		(f.Done == nil || *f.Done == (e.DoneAt != nil))
}
