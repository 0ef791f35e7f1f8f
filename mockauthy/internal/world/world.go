// Package world puts together what belongs to one API key: the engines' app and account, and their
// clock, faults, journal, outbox and events.
package world

import (
	"fmt"
	"sync/atomic"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/clock"
	"sftpgo-authy/mockauthy/internal/events"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/outbox"
	"sftpgo-authy/mockauthy/internal/verify"
)

// World is everything behind one API key. Worlds share nothing but the global clock that theirs
// start from.
type World struct {
	Key     string
	App     *authy.App
	Verify  *verify.Account
	Clock   *clock.Clock
	Faults  *fault.Rules
	Journal *journal.Journal
	Outbox  *outbox.Outbox
	Events  *events.Feed
	stray   bool         // made by a key that was not announced
	tested  atomic.Bool  // the control API asked about it
	touched atomic.Int64 // unix nanoseconds of wall time
	start   State        // what Reset goes back to
	origin  string       // the seed of the app's secrets on the first day
}

// build makes the world of a key as it starts.
func build(key string, o Options, global *clock.Clock) (*World, error) {
	w := &World{Key: key, Clock: clock.New(global.Now), Events: events.New(o.Changed), start: NewState()}
	if o.Start != nil {
		w.start = *o.Start
	}
	w.Journal = journal.New(o.Remember, w.Clock.Now, func(e journal.Entry) { w.Events.Tell(e) })
	w.Outbox = outbox.New(o.Remember, func(m outbox.Message) { w.Events.Tell(m) })
	random := randomFor(o.Seed, key)
	app, err := authy.New(authy.Options{
		Now: w.Clock.Now, Rand: random, Key: key,
		Deliver: func(m authy.Message) {
			w.Outbox.Add(outbox.Message{At: m.At, User: m.User, Channel: m.Channel, To: m.To, Text: m.Text,
				Code: m.Code})
		},
		Answered: func(a authy.Answer) {
			w.Events.Tell(a.Approval)
			if o.Answered != nil {
				o.Answered(w, a)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("app %s: %w", key, err)
	}
	w.App = app
	w.Verify, err = verify.New(verify.Options{Now: w.Clock.Now, Rand: random, Key: key,
		Deliver: func(m verify.Message) {
			w.Outbox.Add(outbox.Message{At: m.At, Channel: m.Channel, To: m.To, Text: m.Text, Code: m.Code})
		}})
	if err != nil {
		return nil, fmt.Errorf("account of %s: %w", key, err)
	}
	w.origin = app.Snapshot().Seed
	w.Faults = fault.New(chanceFor(o.Seed, key), o.Endpoints, app.Is)
	if err := w.SetState(w.start); err != nil {
		return nil, err
	}
	return w, nil
}
