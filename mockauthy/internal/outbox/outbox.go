// Package outbox keeps what a real Authy would have sent to people: texts, calls, e-mails, pushes,
// with their codes.
package outbox

import (
	"context"
	"time"

	"sftpgo-authy/mockauthy/internal/ring"
)

// Message is something that would have been sent to a person.
type Message struct {
	ID      int64 // rising from 1
	At      time.Time
	User    int64  // the Authy id; 0 for the verification of a phone that is no user's
	Channel string // "sms", "call", "email" or "push"
	To      string // +CC and digits, or an address
	Text    string
	Code    string // the code in the text, if there is one
}

// Filter picks messages; a zero field picks all.
type Filter struct {
	User    int64
	Channel string
	To      string
	After   int64 // only ids above it
}

// Outbox keeps the newest messages of one world. Make one with [New].
type Outbox struct {
	messages *ring.Ring[Message]
	changed  func(Message)
}

// New returns an outbox for at most limit messages. changed, if not nil, is told of every new one;
// it must not block.
func New(limit int, changed func(Message)) *Outbox {
	if changed == nil {
		changed = func(Message) {}
	}
	return &Outbox{messages: ring.New[Message](limit), changed: changed}
}

// Add keeps m under the next number and returns it with that number.
func (o *Outbox) Add(m Message) Message {
	m = o.messages.Add(func(id int64) Message {
		m.ID = id
		return m
	})
	o.changed(m)
	return m
}

// List returns the messages that f picks, oldest first.
func (o *Outbox) List(f Filter) []Message { return o.messages.List(f.picks) }

// Wait returns the messages that f picks once there are count, or what there is and an error when
// ctx ends.
func (o *Outbox) Wait(ctx context.Context, count int, f Filter) ([]Message, error) {
	return o.messages.Wait(ctx, count, f.picks)
}

// Clear forgets all messages; numbers go on rising.
func (o *Outbox) Clear() { o.messages.Clear() }

func (f Filter) picks(m *Message) bool {
	return (f.User == 0 || f.User == m.User) &&
		(f.Channel == "" || f.Channel == m.Channel) &&
		(f.To == "" || f.To == m.To) &&
		m.ID > f.After
}
