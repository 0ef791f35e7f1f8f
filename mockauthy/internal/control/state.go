package control

import (
	"net/http"

	"sftpgo-authy/mockauthy/internal/world"
)

func getState(_ *call, w *world.World) (reply, error) { return ok(StateOf(w.State())) }

func putState(c *call, w *world.World) (reply, error) {
	state := NewState()
	if c.r.ContentLength == 0 {
		return reply{}, refuse("", "there is no state", "the document of GET /_mock/state")
	}
	if err := c.body(&state, maxState); err != nil {
		return reply{}, err
	}
	return reply{}, w.SetState(WorldState(state))
}

func reset(c *call, w *world.World) (reply, error) {
	if err := c.onlyQuery(); err != nil {
		return reply{}, err
	}
	if err := c.body(&struct{}{}, maxBody); err != nil {
		return reply{}, err
	}
	return reply{}, w.Reset()
}

// health is the answer of a running server.
type health struct {
	Status string `json:"status"`
}

func (h *Handler) alive(*call) (reply, error) { return ok(health{"ok"}) }

// authority returns the certificate to trust for https.
func (h *Handler) authority(*call) (reply, error) {
	if h.o.CA == nil {
		return reply{},
			refuseAs(http.StatusNotFound, "", "this mock does not speak https",
				"--tls-listen or --proxy-listen at its start")
	}
	return ok(file{"application/x-pem-file", h.o.CA})
}

// welcome tells a person what this is.
type welcome struct {
	What  string   `json:"what"`
	Calls []string `json:"calls"` // methods and paths
}

func (h *Handler) welcome(*call) (reply, error) {
	calls := []string{}
	for _, r := range h.routes() {
		calls = append(calls, r.method+" "+r.path)
	}
	return ok(welcome{"mockauthy, a stand-in for Twilio's Authy API in tests; no real service", calls})
}
