package hookhost

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// handshakeTime is all that a client has for logging in, the person's typing included.
const handshakeTime = 2 * time.Minute

type sshServer struct {
	host     *Host
	listener net.Listener
	config   *ssh.ServerConfig
	open     openConns
}

// userKey is where the permissions of a connection carry the user who logged in.
type userKey struct{}

func newSSHServer(h *Host, listener net.Listener) (server, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.NewSignerFromSigner(private)
	if err != nil {
		return nil, err
	}
	s := &sshServer{host: h, listener: listener}
	s.config = &ssh.ServerConfig{
		ServerVersion:             "SSH-2.0-hookhost",
		PublicKeyCallback:         s.publicKey,
		VerifiedPublicKeyCallback: s.publicKeyProven,
	}
	if !h.config.NoSSHPassword {
		s.config.PasswordCallback = s.password
	}
	if !h.config.NoKeyboardInteractive {
		s.config.KeyboardInteractiveCallback = s.keyboardInteractive
	}
	s.config.AddHostKey(signer)
	return s, nil
}

func (s *sshServer) addr() string { return s.listener.Addr().String() }

func (s *sshServer) close() {
	s.listener.Close()
	s.open.closeAll()
}

func (s *sshServer) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		if s.open.add(conn) {
			s.host.running.Go(func() {
				defer func() { _ = s.open.remove(conn) }()
				s.session(conn)
			})
		}
	}
}

// password is the callback for the method password.
func (s *sshServer) password(meta ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
	u, _, err := s.host.loginPassword(meta.User(), string(password), addressOnly(meta.RemoteAddr().String()),
		protocolSSH)
	return permissions(u, err)
}

// keyboardInteractive is the callback for that method. Somebody unknown is refused without any
// question.
func (s *sshServer) keyboardInteractive(
	meta ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge,
) (*ssh.Permissions, error) {
	ip := addressOnly(meta.RemoteAddr().String())
	c := credentials{name: loginName(meta.User()), ip: ip, protocol: protocolSSH, keyboardInteractive: "1"}
	u, err := s.host.account(c, ExternalAuthKeyboardInteractive)
	if err == nil {
		err = (&conversation{host: s.host, user: u, ip: ip, ask: ask}).authenticate()
	}
	if err == nil {
		err = admit(u, methodKeyint, protocolSSH, ip)
	}
	return permissions(u, s.host.finish(u, meta.User(), methodKeyint, protocolSSH, ip, err))
}

// publicKey is called for every key that a client offers, before it has proven to hold it: the
// external authentication hook is asked already now.
func (s *sshServer) publicKey(meta ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	ip := addressOnly(meta.RemoteAddr().String())
	c := credentials{name: loginName(meta.User()), ip: ip, protocol: protocolSSH,
		publicKey: string(ssh.MarshalAuthorizedKey(key))}
	u, err := s.host.account(c, ExternalAuthPublicKey)
	if err == nil {
		err = s.host.loginConditions(u)
	}
	if err == nil && !u.holdsKey(key) {
		err = errRefused
	}
	if err != nil {
		return nil, s.host.finish(u, meta.User(), methodPublicKey, protocolSSH, ip, err)
	}
	return &ssh.Permissions{ExtraData: map[any]any{userKey{}: u}}, nil
}

// publicKeyProven is called once the signature is right; filters come last, as for the other
// methods.
func (s *sshServer) publicKeyProven(
	meta ssh.ConnMetadata, _ ssh.PublicKey, p *ssh.Permissions, _ string,
) (*ssh.Permissions, error) {
	u, ok := p.ExtraData[userKey{}].(user)
	if !ok {
		return nil, errRefused
	}
	ip := addressOnly(meta.RemoteAddr().String())
	err := admit(u, methodPublicKey, protocolSSH, ip)
	return permissions(u, s.host.finish(u, meta.User(), methodPublicKey, protocolSSH, ip, err))
}

func permissions(u user, err error) (*ssh.Permissions, error) {
	if err != nil {
		return nil, err
	}
	return &ssh.Permissions{ExtraData: map[any]any{userKey{}: u}}, nil
}

// session logs a client in and serves its SFTP channels; it offers nothing else.
func (s *sshServer) session(conn net.Conn) {
	stop := time.AfterFunc(handshakeTime, func() { conn.Close() })
	sshConn, channels, requests, err := ssh.NewServerConn(conn, s.config)
	if !stop.Stop() && err == nil {
		err = errors.New("handshake took too long")
	}
	if err != nil {
		return
	}
	defer sshConn.Close()
	u, ok := sshConn.Permissions.ExtraData[userKey{}].(user)
	if !ok {
		return
	}

	var working sync.WaitGroup
	defer working.Wait()
	working.Go(func() { ssh.DiscardRequests(requests) })
	for offered := range channels {
		if offered.ChannelType() != "session" {
			_ = offered.Reject(ssh.UnknownChannelType, "only session channels")
			continue
		}
		channel, requests, err := offered.Accept()
		if err != nil {
			continue
		}
		working.Go(func() {
			defer channel.Close()
			if err := serveSFTP(u.HomeDir, channel, requests, &working); err != nil {
				s.host.log.Debug("sftp session", "username", u.Username, "error", err)
			}
		})
	}
}

// serveSFTP waits for the client to ask for the SFTP subsystem and serves the folder until the
// client leaves.
func serveSFTP(dir string, channel ssh.Channel, requests <-chan *ssh.Request, working *sync.WaitGroup) error {
	for request := range requests {
		var subsystem struct{ Name string }
		wanted := request.Type == "subsystem" && ssh.Unmarshal(request.Payload, &subsystem) == nil &&
			subsystem.Name == "sftp"
		if request.WantReply {
			if err := request.Reply(wanted, nil); err != nil {
				return err
			}
		}
		if !wanted {
			continue
		}
		working.Go(func() { ssh.DiscardRequests(requests) })
		root, err := os.OpenRoot(dir)
		if err != nil {
			return fmt.Errorf("home folder: %w", err)
		}
		defer root.Close()
		files := &sftpFiles{root: root}
		server := sftp.NewRequestServer(channel,
			sftp.Handlers{FileGet: files, FilePut: files, FileCmd: files, FileList: files})
		defer server.Close()
		err = server.Serve()
		_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{0}))
		return err
	}
	return nil
}
