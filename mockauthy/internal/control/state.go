package control

import (
	"sftpgo-authy/mockauthy/internal/world"
)

func getState(_ *call, w *world.World) (reply, error) { return ok(w.State()) }

func putState(c *call, w *world.World) (reply, error) {
	state := world.NewState()
	if c.r.ContentLength == 0 {
		return reply{}, refuse("", "there is no state", "the document of GET /_mock/state")
	}
	if err := c.body(&state, maxState); err != nil {
		return reply{}, err
	}
	return reply{}, w.SetState(state)
}

func reset(c *call, w *world.World) (reply, error) {
	if err := c.body(&struct{}{}, maxBody); err != nil {
		return reply{}, err
	}
	return reply{}, w.Reset()
}

func (h *Handler) alive(*call) (reply, error) {
	return ok(struct {
		Status string `json:"status"`
	}{"ok"})
}

// welcome says to a person what this is.
func (h *Handler) welcome(*call) (reply, error) {
	calls := []string{}
	for _, r := range h.routes() {
		calls = append(calls, r.method+" "+r.path)
	}
	return ok(struct {
		What  string   `json:"what"`
		Calls []string `json:"calls"`
	}{"mockauthy, a stand-in for Twilio's Authy API in tests; no real service", calls})
}
