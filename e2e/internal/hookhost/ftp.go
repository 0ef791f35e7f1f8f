package hookhost

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"

	ftpserver "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"
)

type ftpServer struct {
	host     *Host
	listener net.Listener
	server   *ftpserver.FtpServer

	mu      sync.Mutex
	closed  bool
	clients map[uint32]ftpserver.ClientContext
	gone    sync.WaitGroup
}

func newFTPServer(h *Host, listener net.Listener) (server, error) {
	s := &ftpServer{host: h, listener: listener, clients: make(map[uint32]ftpserver.ClientContext)}
	s.server = ftpserver.NewFtpServer(s)
	return s, s.server.Listen()
}

func (s *ftpServer) addr() string { return s.listener.Addr().String() }

func (s *ftpServer) serve() {
	if err := s.server.Serve(); err != nil {
		s.host.log.Debug("ftp server ended", "error", err)
	}
}

func (s *ftpServer) close() {
	s.mu.Lock()
	s.closed = true
	for _, client := range s.clients {
		client.Close()
	}
	s.mu.Unlock()
	_ = s.server.Stop() // closing twice is no fault
	s.gone.Wait()
}

// GetSettings gives the listener and turns off what is not needed. Part of ftpserver.MainDriver.
func (s *ftpServer) GetSettings() (*ftpserver.Settings, error) {
	return &ftpserver.Settings{Listener: s.listener, Banner: "hookhost ready", PublicHost: "127.0.0.1", DefaultTransferType: ftpserver.TransferTypeBinary}, nil
}

// ClientConnected greets. Part of ftpserver.MainDriver.
func (s *ftpServer) ClientConnected(client ftpserver.ClientContext) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", errors.New("the server ends")
	}
	s.gone.Add(1)
	s.clients[client.ID()] = client
	return "hookhost ready", nil
}

// ClientDisconnected forgets a client. Part of ftpserver.MainDriver.
func (s *ftpServer) ClientDisconnected(client ftpserver.ClientContext) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.clients[client.ID()]; ok {
		delete(s.clients, client.ID())
		s.gone.Done()
	}
}

// AuthUser judges a password; the library closes the connection of who is refused. Part of ftpserver.MainDriver.
func (s *ftpServer) AuthUser(client ftpserver.ClientContext, name, password string) (ftpserver.ClientDriver, error) {
	u, denied, err := s.host.loginPassword(name, password, addressOnly(client.RemoteAddr().String()), protocolFTP)
	if err != nil {
		if denied {
			return nil, err
		}
		return nil, errRefused // no reason for a client that has shown nothing right
	}
	return afero.NewBasePathFs(afero.NewOsFs(), u.HomeDir), nil
}

// GetTLSConfig refuses: there is no TLS. Part of ftpserver.MainDriver.
func (s *ftpServer) GetTLSConfig() (*tls.Config, error) {
	return nil, errors.New("no tls")
}
