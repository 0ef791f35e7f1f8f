// Package control is the tester's API under /_mock/: everything that a test may want of a world,
// for any language.
package control

import (
	"log/slog"
	"net/http"

	"github.com/gorilla/mux"

	"sftpgo-authy/mockauthy/internal/world"
)

// Options make a [Handler].
type Options struct {
	// AllowHosts are names besides loopback and the listening address under which the API answers.
	AllowHosts []string
	// CA is the PEM file that clients have to trust for https; nil when the mock does not speak it.
	CA []byte
	// AuthyDocument is the OpenAPI document of Authy's API.
	AuthyDocument []byte
	// Log records unexpected errors; may be nil.
	Log *slog.Logger
}

// Handler serves the control API. Make one with [New].
type Handler struct {
	worlds *world.Worlds
	o      Options
	router *mux.Router
}

// New returns the control API of these worlds, which serves / and everything below /_mock/.
func New(worlds *world.Worlds, o Options) *Handler {
	h := &Handler{worlds: worlds, o: o}
	h.router = mux.NewRouter().SkipClean(true).UseEncodedPath()
	for _, r := range h.routes() {
		h.router.Handle(r.path, h.adapt(r)).Methods(r.method).Name(r.method + " " + r.path)
	}
	h.router.NotFoundHandler = h.problem(http.StatusNotFound, "no such call")
	h.router.MethodNotAllowedHandler = h.problem(http.StatusMethodNotAllowed, "no such method here")
	return h
}

// ServeHTTP answers one request, unless it comes from a foreign web page or under a foreign name.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.Guard(h.router).ServeHTTP(w, r)
}

// Guard protects another handler that shows a tester's data, such as the page, in the same way.
func (h *Handler) Guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := h.guard(r); err != nil {
			h.writeError(w, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// route is one call. Exactly one of global and local is set: local ones act on the world that the
// request names.
type route struct {
	method, path string
	global       func(*call) (reply, error)
	local        func(*call, *world.World) (reply, error)
}

// grows says whether a call may add to what the worlds hold.
func (r route) grows() bool {
	return (r.method == http.MethodPost || r.method == http.MethodPut) && r.path != "/_mock/reset"
}

// routes is the whole API on one screen.
func (h *Handler) routes() []route {
	return []route{
		{method: "GET", path: "/", global: h.welcome},
		{method: "GET", path: "/_mock/livez", global: h.alive},
		{method: "GET", path: "/_mock/readyz", global: h.alive},
		{method: "HEAD", path: "/_mock/livez", global: h.alive}, // what wget --spider asks
		{method: "HEAD", path: "/_mock/readyz", global: h.alive},

		{method: "GET", path: "/_mock/ca.pem", global: h.authority},
		{method: "GET", path: "/_mock/openapi.json", global: h.document},
		{method: "GET", path: "/_mock/openapi-authy.json", global: h.authyDocument},

		{method: "GET", path: "/_mock/apps", global: h.listApps},
		{method: "POST", path: "/_mock/apps", global: h.addApp},
		{method: "DELETE", path: "/_mock/apps/{key}", global: h.removeApp},

		{method: "GET", path: "/_mock/users", local: listUsers},
		{method: "POST", path: "/_mock/users", local: addUser},
		{method: "GET", path: "/_mock/users/{id}", local: getUser},
		{method: "PATCH", path: "/_mock/users/{id}", local: patchUser},
		{method: "DELETE", path: "/_mock/users/{id}", local: removeUser},
		{method: "GET", path: "/_mock/users/{id}/token", local: userToken},
		{method: "GET", path: "/_mock/users/{id}/code", local: userCode},
		{method: "GET", path: "/_mock/users/{id}/qr", local: userQR},
		{method: "POST", path: "/_mock/users/{id}/devices", local: addDevice},
		{method: "DELETE", path: "/_mock/users/{id}/devices/{device}", local: removeDevice},
		{method: "GET", path: "/_mock/codes", local: listCodes},

		{method: "GET", path: "/_mock/factors", local: listFactors},
		{method: "POST", path: "/_mock/factors", local: addFactor},
		{method: "GET", path: "/_mock/factors/{factor}", local: getFactor},
		{method: "DELETE", path: "/_mock/factors/{factor}", local: removeFactor},
		{method: "GET", path: "/_mock/factors/{factor}/token", local: factorToken},
		{method: "GET", path: "/_mock/factors/{factor}/code", local: factorCode},
		{method: "GET", path: "/_mock/factors/{factor}/qr", local: factorQR},
		{method: "GET", path: "/_mock/challenges", local: listChallenges},
		{method: "GET", path: "/_mock/verifications", local: listVerifications},

		{method: "GET", path: "/_mock/clock", local: getClock},
		{method: "POST", path: "/_mock/clock", local: turnClock},
		{method: "GET", path: "/_mock/clock/global", global: h.getGlobalClock},
		{method: "POST", path: "/_mock/clock/global", global: h.turnGlobalClock},
		{method: "GET", path: "/_mock/settings", local: getSettings},
		{method: "PATCH", path: "/_mock/settings", local: patchSettings},

		{method: "GET", path: "/_mock/quirks", global: listQuirks},
		{method: "POST", path: "/_mock/quirks/{name}", local: applyQuirk},

		{method: "GET", path: "/_mock/faults", local: listFaults},
		{method: "POST", path: "/_mock/faults", local: addFault},
		{method: "DELETE", path: "/_mock/faults", local: clearFaults},
		{method: "PATCH", path: "/_mock/faults/{id}", local: patchFault},
		{method: "DELETE", path: "/_mock/faults/{id}", local: removeFault},

		{method: "GET", path: "/_mock/journal", local: listJournal},
		{method: "GET", path: "/_mock/journal/count", local: countJournal},
		{method: "GET", path: "/_mock/journal/wait", local: waitJournal},
		{method: "DELETE", path: "/_mock/journal", local: clearJournal},
		{method: "GET", path: "/_mock/outbox", local: listOutbox},
		{method: "GET", path: "/_mock/outbox/count", local: countOutbox},
		{method: "GET", path: "/_mock/outbox/wait", local: waitOutbox},
		{method: "DELETE", path: "/_mock/outbox", local: clearOutbox},

		{method: "GET", path: "/_mock/approvals", local: listApprovals},
		{method: "GET", path: "/_mock/approvals/{uuid}", local: getApproval},
		{method: "POST", path: "/_mock/approvals/{uuid}/approve", local: answerApproval(true)},
		{method: "POST", path: "/_mock/approvals/{uuid}/deny", local: answerApproval(false)},

		{method: "GET", path: "/_mock/events", local: h.streamEvents},

		{method: "GET", path: "/_mock/state", local: getState},
		{method: "PUT", path: "/_mock/state", local: putState},
		{method: "POST", path: "/_mock/reset", local: reset},
	}
}
