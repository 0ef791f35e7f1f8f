// Package admin is the way by which authyctl asks a running hookd: HTTP over a Unix socket whose
// file mode is its lock.
//
// The settings in force are those that hookd has, not those that a file says. [Listen] makes the
// socket, [Handler] answers on it, and [Client] asks.
package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"sftpgo-authy/hooks/internal/config"
)

// State is what a hookd says about itself. No secret is in it.
type State struct {
	PID       int       `json:"pid"`
	Started   time.Time `json:"started"`
	Loaded    time.Time `json:"loaded"` // when the settings in force were read
	Listening []string  `json:"listening"`
	TLS       bool      `json:"tls"`

	ConfigFile string                     `json:"config_file"` // "" for none
	Variables  []string                   `json:"variables"`   // names of the AUTHY_ variables that it was started with
	Settings   map[string]any             `json:"settings"`    // in force, as of config.Config.Effective
	Secrets    map[string]config.Strength `json:"secrets"`
	Files      []File                     `json:"files"`

	// Pending are the keys in which the files and variables differ from Settings, until a reload or
	// restart.
	Pending []string `json:"pending"`
	// PendingProblem is why a reload would not be taken over; "" where it would.
	PendingProblem string `json:"pending_problem"`

	Reasons  []string `json:"reasons"`  // why nobody can log in
	Degraded []string `json:"degraded"` // what an administrator should look at although people can
}

// File is a file that the settings name, as it was when they were read.
type File struct {
	Key      string    `json:"key"` // the setting that names it
	Path     string    `json:"path"`
	Modified time.Time `json:"modified"`       // zero where it was not there
	Changed  bool      `json:"changed"`        // since then
	Live     bool      `json:"live,omitempty"` // read again by itself whenever it changes
}

// Account is what a hookd knows of an account now.
type Account struct {
	Name     string `json:"name"`
	Mapped   bool   `json:"mapped"`             // has a second factor in a source of accounts
	Vanished bool   `json:"vanished,omitempty"` // had one; no password alone does until a reload or restart
	Stale    bool   `json:"stale,omitempty"`    // by the last content of a source that cannot be read any more
	Problem  string `json:"problem,omitempty"`  // why no source can say; then every login is denied
}

// Backend is the hookd behind the socket. Later commands add their methods here and a line to
// routes.
type Backend interface {
	State(ctx context.Context) State
	Account(ctx context.Context, name string) Account
	// Memory returns what hookd remembers in the memory file; ok is false where it has none.
	Memory() (m Memory, ok bool)
}

// routes are the calls, by method and path. A call returns what is sent as JSON, or an [Error].
func routes(b Backend) map[string]func(*http.Request) (any, error) {
	return map[string]func(*http.Request) (any, error){
		"GET /state": func(r *http.Request) (any, error) { return b.State(r.Context()), nil },
		"GET /account": func(r *http.Request) (any, error) { // a name may hold slashes and dots
			name := r.URL.Query().Get("name")
			if name == "" {
				return nil, &Error{http.StatusBadRequest, "name: is missing; want /account?name=NAME"}
			}
			return b.Account(r.Context(), name), nil
		},
		"GET /memory": func(*http.Request) (any, error) {
			m, ok := b.Memory()
			if !ok {
				return nil, errNoFile
			}
			return memoryInfo{m.File, m.Key}, nil
		},
		"POST /memory": func(r *http.Request) (any, error) {
			m, ok := b.Memory()
			if !ok {
				return nil, errNoFile
			}
			return callMemory(m.Store, r)
		},
	}
}

// errNoFile is the answer of a hookd that has no memory for others.
var errNoFile = &Error{http.StatusConflict,
	"this hookd has no memory_file; set the same one for it and the programs, and restart it"}

// Error is an answer other than 200.
type Error struct {
	Status int
	Text   string
}

// Error returns the text.
func (e *Error) Error() string { return e.Text }

// Handler answers the calls of the socket. Whoever may open the socket may ask.
func Handler(b Backend) http.Handler {
	calls := routes(b)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		call, found := calls[r.Method+" "+r.URL.Path]
		if !found {
			reply(w, http.StatusNotFound, fault{"this hookd knows no " + r.Method + " " + r.URL.Path})
			return
		}
		value, err := call(r)
		var refused *Error
		switch {
		case errors.As(err, &refused):
			reply(w, refused.Status, fault{refused.Text})
		case err != nil:
			reply(w, http.StatusInternalServerError, fault{"internal error"})
		default:
			reply(w, http.StatusOK, value)
		}
	})
}

// fault is the body of an answer other than 200.
type fault struct {
	Error string `json:"error"`
}

func reply(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // who asked is gone
}
