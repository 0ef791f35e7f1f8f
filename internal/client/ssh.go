package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// handshakeTime bounds a login, typing included. SFTPGo itself gives up after two minutes.
const handshakeTime = 60 * time.Second

// authMethod makes one SSH authentication method from what a person knows.
type authMethod func(p Person) ssh.AuthMethod

func passwordAuth(p Person) ssh.AuthMethod {
	return ssh.PasswordCallback(func() (string, error) { return p.Password(), nil })
}

func promptAuth(p Person) ssh.AuthMethod {
	n := 0
	return ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
		answers := make([]string, len(questions))
		for i, q := range questions {
			answer, err := p.Answer(n, q)
			if err != nil {
				return nil, err
			}
			answers[i], n = answer, n+1
		}
		return answers, nil
	})
}

func keyAuth(p Person) ssh.AuthMethod {
	return ssh.PublicKeys(p.Key)
}

func openSFTP(methods ...authMethod) func(context.Context, Servers, Person) (Session, error) {
	return func(ctx context.Context, s Servers, p Person) (Session, error) {
		config := &ssh.ClientConfig{
			User: p.Account,
			// The server was started by this test a moment ago: there is no host key to know yet.
			HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		}
		for _, method := range methods {
			config.Auth = append(config.Auth, method(p))
		}
		return dialSFTP(ctx, p.dialer(), s.SSH, config)
	}
}

func dialSFTP(ctx context.Context, dialer *net.Dialer, addr string, config *ssh.ClientConfig) (Session, error) {
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	// ssh.NewClientConn knows no context; a deadline and a closed connection end it.
	if err := conn.SetDeadline(time.Now().Add(handshakeTime)); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	sshConn, channels, requests, err := ssh.NewClientConn(conn, addr, config)
	if err != nil {
		_ = conn.Close()
		if refusedBySSH(err) {
			return nil, fmt.Errorf("%w: %w", ErrRefused, err)
		}
		return nil, err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return nil, errors.Join(err, sshConn.Close())
	}
	client := ssh.NewClient(sshConn, channels, requests)
	files, err := sftp.NewClient(client)
	if err != nil {
		return nil, errors.Join(err, client.Close())
	}
	return &sftpSession{client: client, files: files}, nil
}

// refusedBySSH tells a refusal from a broken connection. x/crypto/ssh has no type for it: a denial
// before the first prompt of keyboard-interactive reads as "unexpected message type 51"
// (SSH_MSG_USERAUTH_FAILURE).
func refusedBySSH(err error) bool {
	return strings.Contains(err.Error(), "unable to authenticate") ||
		strings.Contains(err.Error(), "unexpected message type 51")
}

type sftpSession struct {
	client *ssh.Client
	files  *sftp.Client
}

func (s *sftpSession) Put(_ context.Context, name string, data []byte) error {
	file, err := s.files.Create("/" + name)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, bytes.NewReader(data))
	return errors.Join(err, file.Close())
}

func (s *sftpSession) Get(_ context.Context, name string) ([]byte, error) {
	file, err := s.files.Open("/" + name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(file)
	return data, errors.Join(err, file.Close())
}

func (s *sftpSession) Close() error {
	_ = s.files.Close()
	return s.client.Close()
}
