package control

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/outbox"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// Limits of a wait. The longest is below the server's write timeout.
const (
	usualWait = 5 * time.Second
	maxWait   = 5 * time.Minute
)

func countJournal(c *call, w *world.World) (reply, error) {
	f, err := entryFilter(c, w)
	if err != nil {
		return reply{}, err
	}
	return ok(mockapi.Count{Count: len(w.Journal.List(f))})
}

func waitJournal(c *call, w *world.World) (reply, error) {
	f, err := entryFilter(c, w, "count", "timeout")
	if err != nil {
		return reply{}, err
	}
	return wait(c, entryOf, func(ctx context.Context, count int) ([]journal.Entry, error) {
		return w.Journal.Wait(ctx, count, f)
	})
}

func countOutbox(c *call, w *world.World) (reply, error) {
	f, err := messageFilter(c, w)
	if err != nil {
		return reply{}, err
	}
	return ok(mockapi.Count{Count: len(w.Outbox.List(f))})
}

func waitOutbox(c *call, w *world.World) (reply, error) {
	f, err := messageFilter(c, w, "count", "timeout")
	if err != nil {
		return reply{}, err
	}
	return wait(c, messageOf, func(ctx context.Context, count int) ([]outbox.Message, error) {
		return w.Outbox.Wait(ctx, count, f)
	})
}

// wait answers once there are as many items as the query's count, or with 408 after its timeout.
// The timeout is in real time, since a world's clock may stand still.
func wait[T, U any](c *call, shape func(T) U, until func(context.Context, int) ([]T, error)) (reply, error) {
	count, err := c.number("count", 1, 0, 1_000_000)
	if err != nil {
		return reply{}, err
	}
	timeout := usualWait
	if text := c.r.URL.Query().Get("timeout"); text != "" {
		if timeout, err = time.ParseDuration(text); err != nil || timeout < 0 || timeout > maxWait {
			return reply{},
				refuse("timeout", fmt.Sprintf("%.40q cannot be", text),
					"a duration such as 5s, up to "+maxWait.String())
		}
	}
	ctx, cancel := context.WithTimeout(c.r.Context(), timeout)
	defer cancel()
	items, err := until(ctx, count)
	if err != nil {
		return reply{},
			refuseAs(http.StatusRequestTimeout, "count", fmt.Sprintf("there are %d after %v", len(items), timeout),
				fmt.Sprint(count))
	}
	return page(c, each(items, shape))
}
