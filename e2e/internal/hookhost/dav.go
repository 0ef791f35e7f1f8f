package hookhost

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/webdav"
)

type davServer struct {
	host     *Host
	listener net.Listener
	server   *http.Server

	mu       sync.Mutex
	closed   bool
	handling sync.WaitGroup
	locks    map[string]webdav.LockSystem // by user: a lock outlives the request that took it
}

func newDAVServer(h *Host, listener net.Listener) (server, error) {
	s := &davServer{host: h, listener: listener, locks: make(map[string]webdav.LockSystem)}
	s.server = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 30 * time.Second,
		ReadTimeout:       5 * time.Minute,
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       time.Minute,
	}
	return s, nil
}

func (s *davServer) addr() string { return s.listener.Addr().String() }

func (s *davServer) serve() { _ = s.server.Serve(s.listener) } // always ends with an error

func (s *davServer) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	_ = s.server.Close()
	s.listener.Close()
	s.handling.Wait()
}

// ServeHTTP logs every request in anew: there is no cache. Wrong credentials are 401, denied
// methods or protocols 403.
func (s *davServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		return
	}
	defer s.handling.Done()
	name, password, ok := r.BasicAuth()
	if !ok {
		s.unauthorized(w)
		return
	}
	u, denied, err := s.host.loginPassword(name, password, addressOnly(r.RemoteAddr), protocolDAV)
	switch {
	case denied:
		http.Error(w, err.Error(), http.StatusForbidden)
		return
	case err != nil:
		s.unauthorized(w)
		return
	}
	handler := webdav.Handler{FileSystem: webdav.Dir(u.HomeDir), LockSystem: s.lockSystem(u.Username)}
	handler.ServeHTTP(w, r)
}

// enter counts a request, so that close can wait for it; false once the server ends.
func (s *davServer) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.handling.Add(1)
	}
	return !s.closed
}

func (s *davServer) unauthorized(w http.ResponseWriter) {
	w.Header().Set("WWW-Authenticate", `Basic realm="hookhost WebDAV"`)
	http.Error(w, "Authentication error", http.StatusUnauthorized)
}

func (s *davServer) lockSystem(name string) webdav.LockSystem {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.locks[name] == nil {
		s.locks[name] = webdav.NewMemLS()
	}
	return s.locks[name]
}
