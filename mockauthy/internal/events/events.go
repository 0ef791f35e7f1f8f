// Package events tells whoever listens what changes in a world. Events are numbered and the newest
// are remembered, so that a listener who was away can read on; one who was away too long is told to
// look at everything again.
package events

import (
	"context"

	"sftpgo-authy/mockauthy/internal/ring"
	"sftpgo-authy/mockauthy/mockapi"
)

// Event is a change; see [mockapi.Event].
type Event = mockapi.Event

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

// Tell adds an event. data is shown as JSON and must not change any more.
func (f *Feed) Tell(kind string, data any) {
	f.events.Add(func(id int64) Event { return Event{ID: id, Kind: kind, Data: data} })
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
