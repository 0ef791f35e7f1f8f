// Package hookd is the door by which SFTPGo reaches the hooks over HTTP.
package hookd

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"log/slog"
	"maps"
	"mime"
	"net/http"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/proof"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// SecretHeader is the header with the secret by which hookd recognizes SFTPGo.
const SecretHeader = "X-Hook-Secret"

// Limits of a request. SFTPGo waits 20 s. The largest body is an account with its keys, folders and
// file system.
const (
	maxBody = 4 << 20
	budget  = 18 * time.Second
)

// Options of a [Handler].
type Options struct {
	Login       *hook.Login
	Secret      string // "" answers everybody who can connect: then listen on loopback alone
	Previous    string // a second secret that is accepted; "" for none
	ClientCerts bool   // answer only clients with a verified certificate
	// Address returns the client's address of a keyboard-interactive conversation, from the name of
	// the conversation and the address of this step.
	Address    func(ctx context.Context, request, ip string) string
	Waiting    *unanswered    // watches conversations that wait for a code; nil: none are watched
	Steps      *memory.Logins // tells which of them another hookd goes on with; needed with Waiting
	Monitoring routes         // further paths, which everybody may ask
	Called     func(caller)   // told of each call of a hook; may be nil
	Log        *slog.Logger
}

// caller is who calls a hook, as far as its secret and its certificate show it.
type caller string

// The three callers.
const (
	known    caller = "known"
	outdated caller = "previous_secret" // known by the secret that is being replaced
	refused  caller = "refused"
)

// Handler answers SFTPGo under /keyint, /extauth and /checkpwd, everybody under /healthz, and
// doctor under /prove.
type Handler struct {
	Options
	routes
	secrets [][sha256.Size]byte // that are accepted; none: everybody is
}

// New makes the handler.
func New(o Options) *Handler {
	h := &Handler{Options: o}
	for _, s := range []string{o.Secret, o.Previous} {
		if s != "" {
			h.secrets = append(h.secrets, sha256.Sum256([]byte(s)))
		}
	}
	h.routes = routes{
		"/keyint":   serve(h, sftpgo.KeyintDenied(), h.keyint),
		"/extauth":  serve(h, sftpgo.AccountDenied(), o.Login.ExternalAuth),
		"/checkpwd": serve(h, sftpgo.PasswordDenied(), o.Login.CheckPassword),
		proof.Path:  get(prover(o.Secret)),
		"/healthz":  get(healthy),
	}
	maps.Copy(h.routes, o.Monitoring)
	return h
}

// routes are handlers by their paths.
type routes map[string]http.HandlerFunc

// ServeHTTP implements [http.Handler]. Paths have to match exactly: a router that cleans them up
// answers with redirects, and SFTPGo would follow those.
func (list routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	serve, found := list[r.URL.Path]
	if !found {
		http.NotFound(w, r)
		return
	}
	serve(w, r)
}

// get passes on only GET and HEAD.
func get(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "want GET", http.StatusMethodNotAllowed)
			return
		}
		next(w, r)
	}
}

// healthy answers ok, which says that hookd runs and nothing else.
func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

// keyint is one step of a conversation.
func (h *Handler) keyint(ctx context.Context, r sftpgo.Keyint) sftpgo.Reply {
	r.IP = h.Address(ctx, r.RequestID, r.IP)
	if h.Waiting == nil {
		return h.Login.Keyint(ctx, r).Reply
	}
	password := h.Login.Settings.PasswordQuestion // SFTPGo judges it, and tells us of no denial
	if len(r.Questions) == 1 && r.Questions[0] != password && !h.Waiting.answered(r.RequestID) {
		h.Steps.NoteAnswer(ctx, r.RequestID, r.Step) // another hookd asked
	}
	turn := h.Login.Keyint(ctx, r)
	if turn.Question != "" && turn.Question != password {
		h.Waiting.asked(r)
	}
	return turn.Reply
}

// unanswered writes the audit line of a conversation in which a code was asked for and never came,
// neither here nor at another hookd.
func (h *Handler) unanswered(r sftpgo.Keyint) {
	ctx, cancel := context.WithTimeout(context.Background(), budget)
	defer cancel()
	if answered, err := h.Steps.HasAnswer(ctx, r.RequestID, r.Step); err == nil && !answered {
		h.Login.KeyintDeny(ctx, r, gate.InputTimeout)
	}
}

// serve returns the handler of one hook: it answers nobody but SFTPGo, decodes the request and
// writes the reply. A call that is not regular gets the denial no with a status other than 200,
// which SFTPGo takes for a denial too.
func serve[R any](h *Handler, no sftpgo.Reply, answer func(context.Context, R) sftpgo.Reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				h.Log.Error("panic", "path", r.URL.Path)
				write(w, http.StatusInternalServerError, no)
			}
		}()
		ctx, cancel := context.WithTimeout(r.Context(), budget)
		defer cancel()
		var request R
		if status, why := h.read(w, r, &request); status != http.StatusOK {
			h.Log.Warn("request refused", "path", r.URL.Path, "remote", r.RemoteAddr, "status", status, "why", why)
			write(w, status, no)
			return
		}
		reply := answer(ctx, request)
		if reply.Fault {
			write(w, http.StatusInternalServerError, reply)
			return
		}
		write(w, http.StatusOK, reply)
	}
}

// caller returns who calls, and why, if it is refused. It compares hashes, so that the time it
// takes reveals neither a secret nor its length.
func (h *Handler) caller(r *http.Request) (caller, string) {
	if h.ClientCerts && (r.TLS == nil || len(r.TLS.VerifiedChains) == 0) {
		return refused, "no client certificate"
	}
	if len(h.secrets) == 0 {
		return known, ""
	}
	given := sha256.Sum256([]byte(r.Header.Get(SecretHeader)))
	for i, s := range h.secrets {
		switch {
		case len(r.Header.Values(SecretHeader)) != 1 || subtle.ConstantTimeCompare(given[:], s[:]) != 1:
		case i == 0:
			return known, ""
		default:
			return outdated, ""
		}
	}
	return refused, "wrong or missing " + SecretHeader
}

// read checks a call and decodes its body into request. It returns 200, or the status to answer
// with and the reason.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, request any) (int, string) {
	who, why := h.caller(r)
	if h.Called != nil {
		h.Called(who)
	}
	if who == refused {
		return http.StatusUnauthorized, why
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		return http.StatusMethodNotAllowed, "want POST"
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return http.StatusUnsupportedMediaType, "want application/json"
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return http.StatusRequestEntityTooLarge, "body cut or too large"
	}
	if err := sftpgo.FromJSON(body, request); err != nil {
		return http.StatusBadRequest, err.Error()
	}
	return http.StatusOK, ""
}

// write sends a reply.
func write(w http.ResponseWriter, status int, reply sftpgo.Reply) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(reply.Body)
}
