package events_test

import (
	"context"
	"errors"
	"testing"

	"sftpgo-authy/mockauthy/internal/events"
)

func TestAListenerReadsOn(t *testing.T) {
	t.Parallel()
	told := 0
	f := events.New(func() { told++ })
	for i := range 5 {
		f.Tell(i)
	}
	for _, row := range []struct {
		after  int64
		want   int
		missed bool
	}{{0, 5, false}, {3, 2, false}, {9, 0, true}} {
		news, missed, err := f.Next(t.Context(), row.after)
		if err != nil || len(news) != row.want || missed != row.missed {
			t.Errorf("after %d: got %d events, missed %t, %v; want %d, %t", row.after, len(news), missed, err, row.want,
				row.missed)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := f.Next(ctx, f.Last()); !errors.Is(err, context.Canceled) {
		t.Errorf("nothing new: got %v, want to wait until the context ends", err)
	}
	if told != 5 {
		t.Errorf("told of %d changes, want 5", told)
	}
}

func TestAListenerWhoWasAwayTooLongIsTold(t *testing.T) {
	t.Parallel()
	f := events.New(nil)
	for i := range 5000 {
		f.Tell(i)
	}
	news, missed, err := f.Next(t.Context(), 1)
	if err != nil || !missed || len(news) != 1000 || news[999].ID != 5000 {
		t.Errorf("got %d events, missed %t, %v; want the newest thousand and missed", len(news), missed, err)
	}
}
