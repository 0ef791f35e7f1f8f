package main

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sftpgo-authy/e2e/internal/target"
)

// oneWay is how far Authy is in the section "at a distance": a round trip takes 40 ms.
const oneWay = 20 * time.Millisecond

// far is the mock over TLS and at a distance.
type far struct {
	url, ca  string // where it is, and the file that vouches for it
	listener net.Listener
	relay    *relay
	group    sync.WaitGroup
}

// startFar puts TLS and a distance before a mock. dir takes the file of its certificate.
func startFar(mock, dir string) (*far, error) {
	certificate, key, err := target.NewCertificate()
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certificate, key)
	if err != nil {
		return nil, err
	}
	f := &far{ca: filepath.Join(dir, "ca.pem")}
	if err := os.WriteFile(f.ca, certificate, 0o600); err != nil {
		return nil, err
	}
	f.listener, err = tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		return nil, err
	}
	f.group.Go(func() { f.serve(strings.TrimPrefix(mock, "http://")) })
	if f.relay, err = startRelay(f.listener.Addr().String(), oneWay); err != nil {
		return nil, errors.Join(err, f.close())
	}
	f.url = "https://" + f.relay.addr()
	return f, nil
}

// serve takes TLS off and hands the rest to the mock.
func (f *far) serve(mock string) {
	for {
		conn, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.group.Go(func() {
			defer conn.Close()
			to, err := net.Dial("tcp", mock)
			if err != nil {
				return
			}
			defer to.Close()
			_ = pipe(conn, to) // whoever asked notices what went wrong
		})
	}
}

func (f *far) close() error {
	var err error
	if f.relay != nil {
		err = f.relay.close()
	}
	err = errors.Join(err, f.listener.Close())
	f.group.Wait()
	return err
}
