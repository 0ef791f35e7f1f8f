package control

import (
	"errors"
	"fmt"
	"strings"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/events"
	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/outbox"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// entryFilter reads the query of a call about the journal.
func entryFilter(c *call, w *world.World, more ...string) (journal.Filter, error) {
	names := append([]string{"endpoint", "method", "user", "decision", "status", "fault", "since", "done", "limit"},
		more...)
	if err := c.onlyQuery(names...); err != nil {
		return journal.Filter{}, err
	}
	query := c.r.URL.Query()
	f := journal.Filter{
		Endpoint: query.Get("endpoint"), Method: strings.ToUpper(query.Get("method")), Decision: query.Get("decision"),
		Fault: query.Get("fault"),
	}
	if f.Endpoint != "" && !mockapi.IsEndpoint(f.Endpoint) {
		return f, refuse("endpoint", fmt.Sprintf("%.40q is not known", f.Endpoint),
			"one of "+strings.Join(mockapi.Endpoints(), ", "))
	}
	var err error
	if f.User, err = c.queryUser(w); err != nil {
		return f, err
	}
	if f.Status, err = c.number("status", 0, 100, 599); err != nil {
		return f, err
	}
	if f.After, err = c.long("since", 0, 0, mostID); err != nil {
		return f, err
	}
	switch done := query.Get("done"); done {
	case "":
	case "true", "false":
		yes := done == "true"
		f.Done = &yes
	default:
		return f, refuse("done", fmt.Sprintf("%.40q cannot be", done), "true or false")
	}
	return f, nil
}

// queryUser returns the id of the user that the query names by id, name, e-mail or cellphone; 0
// when it names none. An id need not exist: the journal has requests about unknown users too.
func (c *call) queryUser(w *world.World) (int64, error) {
	ref := c.r.URL.Query().Get("user")
	if ref == "" {
		return 0, nil
	}
	switch user, err := w.App.FindUser(ref); {
	case err == nil:
		return user.ID, nil
	case errors.Is(err, authy.ErrSeveral):
		return 0, err
	}
	id, err := c.long("user", 0, 1, mostID)
	if err != nil {
		return 0, refuse("user", fmt.Sprintf("%.40q is nobody here", ref),
			"the id, name, e-mail or cellphone of a user")
	}
	return id, nil
}

// page reduces a list to the newest items, up to the query's limit.
func page[T any](c *call, items []T) (reply, error) {
	limit, err := c.number("limit", len(items), 0, 1<<31-1)
	if err != nil {
		return reply{}, err
	}
	return ok(mockapi.List[T]{Items: items[len(items)-min(limit, len(items)):], Total: len(items)})
}

func listJournal(c *call, w *world.World) (reply, error) {
	f, err := entryFilter(c, w)
	if err != nil {
		return reply{}, err
	}
	return page(c, each(w.Journal.List(f), entryOf))
}

func clearJournal(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery(); err != nil {
		return reply{}, err
	}
	w.Journal.Clear()
	w.Events.Tell(events.Reset{})
	return none()
}

// messageFilter reads the query of a call about the outbox.
func messageFilter(c *call, w *world.World, more ...string) (outbox.Filter, error) {
	if err := c.onlyQuery(append([]string{"user", "channel", "to", "since", "limit"}, more...)...); err != nil {
		return outbox.Filter{}, err
	}
	f := outbox.Filter{Channel: c.r.URL.Query().Get("channel"), To: c.r.URL.Query().Get("to")}
	switch f.Channel {
	case "", "sms", "call", "email", "push", "whatsapp":
	default:
		return f, refuse("channel", fmt.Sprintf("%.40q is not known", f.Channel), "sms, call, email, push or whatsapp")
	}
	var err error
	if f.User, err = c.queryUser(w); err != nil {
		return f, err
	}
	f.After, err = c.long("since", 0, 0, mostID)
	return f, err
}

func listOutbox(c *call, w *world.World) (reply, error) {
	f, err := messageFilter(c, w)
	if err != nil {
		return reply{}, err
	}
	return page(c, each(w.Outbox.List(f), messageOf))
}

func clearOutbox(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery(); err != nil {
		return reply{}, err
	}
	w.Outbox.Clear()
	w.Events.Tell(events.Reset{})
	return none()
}
