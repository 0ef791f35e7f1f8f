package control

import (
	"errors"
	"net/http"
	"time"

	"sftpgo-authy/mockauthy/internal/clock"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

func getClock(_ *call, w *world.World) (reply, error) { return ok(clockOf(w.Clock)) }

func turnClock(c *call, w *world.World) (reply, error) {
	answer, err := turn(c, w.Clock)
	if err == nil {
		w.Events.Tell(clockOf(w.Clock))
	}
	return answer, err
}

func (h *Handler) getGlobalClock(*call) (reply, error) { return ok(clockOf(h.worlds.Clock)) }

// turnGlobalClock changes the clock that all worlds start from. Their own shifts stay, and frozen
// clocks stay frozen.
func (h *Handler) turnGlobalClock(c *call) (reply, error) {
	answer, err := turn(c, h.worlds.Clock)
	if err == nil {
		for _, w := range h.worlds.List() {
			w.Events.Tell(clockOf(w.Clock))
		}
	}
	return answer, err
}

// turn changes a clock as the body says, completely or not at all.
func turn(c *call, target *clock.Clock) (reply, error) {
	var change mockapi.ClockChange
	if err := c.body(&change, maxBody); err != nil {
		return reply{}, err
	}
	before := target.Snapshot()
	if err := apply(change, target); err != nil {
		return reply{},
			errors.Join(refuseAs(http.StatusBadRequest, "", err.Error(), "a smaller change"), target.Restore(before))
	}
	return ok(clockOf(target))
}

func apply(change mockapi.ClockChange, target *clock.Clock) error {
	if change.Reset {
		target.Reset()
	}
	if change.Freeze != nil {
		target.Freeze(*change.Freeze)
	}
	var errs []error
	if change.Set != nil {
		errs = append(errs, target.Set(*change.Set))
	}
	if change.Skew != nil {
		errs = append(errs, target.Skew(time.Duration(*change.Skew)))
	}
	if change.Advance != 0 {
		errs = append(errs, target.Advance(time.Duration(change.Advance)))
	}
	return errors.Join(errs...)
}
