// Package events tells whoever listens what changes in a world. Events are numbered and the newest
// are remembered, so that a listener who was away can read on; one who was away too long is told to
// look at everything again.
package events

import (
	"context"

	"sftpgo-authy/mockauthy/internal/ring"
)

// Event is a change. What changed, or was added, is the value itself: an entry of the journal, the
// list of all fault rules, a [Reset].
type Event struct {
	ID   int64 // rising from 1
	What any
}

// Reset says that so much changed that a listener has to look at everything again.
type Reset struct{}

// remembered is how many events a listener may be behind.
const remembered = 1000

// Feed keeps the newest events of one world. Make one with [New].
type Feed struct {
	events  *ring.Ring[Event]
	changed func()
}

// New returns an empty feed. changed, if not nil, is told that there was an event; it must not
// block.
func New(changed func()) *Feed {
	if changed == nil {
		changed = func() {}
	}
	return &Feed{events: ring.New[Event](remembered), changed: changed}
}

// Tell adds an event. what must not change any more.
func (f *Feed) Tell(what any) {
	f.events.Add(func(id int64) Event { return Event{ID: id, What: what} })
	f.changed()
}

// Last is the number of the newest event.
func (f *Feed) Last() int64 { return f.events.Last() }

// Next returns the events after the one with that number, as soon as there are any. missed says
// that there were more, which are forgotten. The error is ctx's.
func (f *Feed) Next(ctx context.Context, after int64) (news []Event, missed bool, err error) {
	if after > f.Last() { // a number of an earlier run of the server
		return nil, true, nil
	}
	news, err = f.events.Wait(ctx, 1, func(e *Event) bool { return e.ID > after })
	return news, len(news) > 0 && news[0].ID > after+1, err
}
