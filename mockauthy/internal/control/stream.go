package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"sftpgo-authy/mockauthy/internal/events"
	"sftpgo-authy/mockauthy/internal/world"
)

// Times of an event stream. A quiet stream sends comments, so that proxies keep it open and a
// listener who has gone is noticed; a listener who does not read is dropped.
const (
	quietTime = 15 * time.Second
	slowTime  = 10 * time.Second
)

// stream is a reply without an end.
type stream func(http.ResponseWriter, *http.Request)

// streamEvents sends what changes as server-sent events, from now on or from the Last-Event-ID.
func (h *Handler) streamEvents(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery("last_event_id"); err != nil {
		return reply{}, err
	}
	from := w.Events.Last()
	last := c.r.Header.Get("Last-Event-ID")
	if last == "" {
		last = c.r.URL.Query().Get("last_event_id")
	}
	if last != "" {
		id, err := strconv.ParseInt(last, 10, 64)
		if err != nil || id < 0 {
			return reply{}, refuse("Last-Event-ID", fmt.Sprintf("%.40q is no number", last), "the id of an event")
		}
		from = id
	}
	return ok(stream(func(rw http.ResponseWriter, r *http.Request) { h.follow(rw, r, w.Events, from) }))
}

// follow writes events until the listener or the server goes.
func (h *Handler) follow(rw http.ResponseWriter, r *http.Request, feed *events.Feed, from int64) {
	out := http.NewResponseController(rw)
	send := func(text []byte) bool {
		_ = out.SetWriteDeadline(h.worlds.Wall().Add(slowTime)) // a recorder in a test has no deadlines
		_, err := rw.Write(text)
		return err == nil && out.Flush() == nil
	}
	rw.Header().Set("Content-Type", "text/event-stream")
	rw.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back
	if !send([]byte(": mockauthy events\nretry: 500\n\n")) {
		return
	}
	for {
		ctx, cancel := context.WithTimeout(r.Context(), quietTime)
		news, missed, err := feed.Next(ctx, from)
		cancel()
		switch {
		case r.Context().Err() != nil:
			return
		case err != nil:
			if !send([]byte(": quiet\n\n")) {
				return
			}
			continue
		case missed:
			if from = feed.Last(); !send(text(events.Event{ID: from, What: events.Reset{}})) {
				return
			}
			continue
		}
		var all []byte
		for _, e := range news {
			all = append(all, text(e)...)
			from = e.ID
		}
		if !send(all) {
			return
		}
	}
}

// text returns an event as a server-sent event (WHATWG). Encoded JSON has no line breaks, so data
// is one line.
func text(e events.Event) []byte {
	kind, shape := eventOf(e)
	data, err := json.Marshal(shape)
	if err != nil { // no event holds what JSON cannot
		data = []byte("{}")
	}
	return fmt.Appendf(nil, "id: %d\nevent: %s\ndata: %s\n\n", e.ID, kind, data)
}
