package hookhost

import (
	"crypto/tls"
	"errors"
	"net"

	ftpserver "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"
)

type ftpServer struct {
	host     *Host
	listener net.Listener
	server   *ftpserver.FtpServer
	control  openConns
	data     openConns // connections and the passive listeners that wait for them
}

func newFTPServer(h *Host, listener net.Listener) (server, error) {
	s := &ftpServer{host: h, listener: listener}
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
	_ = s.server.Stop() // closing twice is no fault
	s.control.closeAll()
	s.data.closeAll()
	s.control.gone.Wait()
}

// GetSettings returns the listener and turns off what is not needed. Part of ftpserver.MainDriver.
func (s *ftpServer) GetSettings() (*ftpserver.Settings, error) {
	return &ftpserver.Settings{Listener: trackedListener{s.listener, &s.control}, Banner: "hookhost ready",
		PublicHost: "127.0.0.1", DefaultTransferType: ftpserver.TransferTypeBinary}, nil
}

// WrapPassiveListener makes data connections known. Part of
// ftpserver.MainDriverExtensionPassiveWrapper.
func (s *ftpServer) WrapPassiveListener(listener net.Listener) (net.Listener, error) {
	if !s.data.add(listener) {
		return nil, net.ErrClosed
	}
	return trackedListener{listener, &s.data}, nil
}

// ClientConnected greets. Part of ftpserver.MainDriver.
func (s *ftpServer) ClientConnected(ftpserver.ClientContext) (string, error) {
	return "hookhost ready", nil
}

// ClientDisconnected does nothing. Part of ftpserver.MainDriver.
func (s *ftpServer) ClientDisconnected(ftpserver.ClientContext) {}

// AuthUser judges a password; the library closes the connection of who is refused. Part of
// ftpserver.MainDriver.
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
