package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"time"

	"github.com/jlaffaye/ftp"
)

func openFTP(ctx context.Context, s Servers, p Person) (Session, error) {
	conn, err := ftp.Dial(s.FTP, ftp.DialWithContext(ctx), ftp.DialWithTimeout(30*time.Second))
	if err != nil {
		return nil, err
	}
	if err := conn.Login(p.Account, p.Password()); err != nil {
		_ = conn.Quit() // SFTPGo has hung up already
		var reply *textproto.Error
		if errors.As(err, &reply) && reply.Code == ftp.StatusNotLoggedIn {
			return nil, fmt.Errorf("%w: %w", ErrRefused, err)
		}
		return nil, err
	}
	return &ftpSession{conn}, nil
}

type ftpSession struct{ conn *ftp.ServerConn }

func (s *ftpSession) Put(_ context.Context, name string, data []byte) error {
	return s.conn.Stor(name, bytes.NewReader(data))
}

func (s *ftpSession) Get(_ context.Context, name string) ([]byte, error) {
	reply, err := s.conn.Retr(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(reply)
	return data, errors.Join(err, reply.Close())
}

func (s *ftpSession) Close() error { return s.conn.Quit() }
