// Package server is the door by which SFTPGo reaches the hooks over HTTP.
package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"time"

	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// SecretHeader carries the secret by which hookd knows SFTPGo.
const SecretHeader = "X-Hook-Secret"

// Bounds of a request. SFTPGo waits 20 s; the largest body is an account with its keys, folders and file system.
const (
	maxBody = 4 << 20
	budget  = 18 * time.Second
)

// Handler answers SFTPGo under /keyint, /extauth and /checkpwd, and a health check under /healthz.
type Handler struct {
	login  *hook.Login
	secret [sha256.Size]byte
	open   bool // no secret is set
	ips    *addresses
	log    *slog.Logger
	routes map[string]http.HandlerFunc
}

// New makes the handler. An empty secret lets everybody ask who can connect: listen on loopback alone then.
func New(login *hook.Login, secret string, log *slog.Logger) *Handler {
	h := &Handler{
		login: login, secret: sha256.Sum256([]byte(secret)), open: secret == "", log: log, ips: newAddresses(login.Now),
	}
	h.routes = map[string]http.HandlerFunc{
		"/healthz":  health,
		"/keyint":   serve(h, sftpgo.KeyintDenied(), h.keyint),
		"/extauth":  serve(h, sftpgo.AccountDenied(), login.ExternalAuth),
		"/checkpwd": serve(h, sftpgo.PasswordDenied(), login.CheckPassword),
	}
	return h
}

// ServeHTTP implements [http.Handler]. Paths match exactly: a router that tidies them up answers with redirects, which SFTPGo
// follows.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	serve, found := h.routes[r.URL.Path]
	if !found {
		http.NotFound(w, r)
		return
	}
	serve(w, r)
}

// health says that the server runs.
func health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

// keyint is one step of a conversation.
func (h *Handler) keyint(ctx context.Context, r sftpgo.Keyint) sftpgo.Reply {
	r.IP = h.ips.of(r)
	return h.login.Keyint(ctx, r).Reply
}

// serve makes the handler of one hook: it lets nobody but SFTPGo ask, decodes the request and writes the reply. Whatever is not a
// regular call gets the denial no with a status other than 200, which SFTPGo takes for a no as well.
func serve[R any](h *Handler, no sftpgo.Reply, answer func(context.Context, R) sftpgo.Reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				h.log.Error("panic", "path", r.URL.Path)
				write(w, http.StatusInternalServerError, no)
			}
		}()
		ctx, cancel := context.WithTimeout(r.Context(), budget)
		defer cancel()
		var request R
		if status, why := h.read(w, r, &request); status != http.StatusOK {
			h.log.Warn("request refused", "path", r.URL.Path, "remote", r.RemoteAddr, "status", status, "why", why)
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

// read checks a call and decodes its body into request. It gives 200, or the status to answer with and why.
func (h *Handler) read(w http.ResponseWriter, r *http.Request, request any) (int, string) {
	// Compared by hash, so that the time it takes tells neither content nor length.
	given := sha256.Sum256([]byte(r.Header.Get(SecretHeader)))
	if !h.open && (subtle.ConstantTimeCompare(given[:], h.secret[:]) != 1 || len(r.Header.Values(SecretHeader)) != 1) {
		return http.StatusUnauthorized, "wrong or missing " + SecretHeader
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
