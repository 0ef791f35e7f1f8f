package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// Guess is somebody who guesses passwords over SSH: he opens his connections first and types when
// all stand, since a server may look whether he is banned when a connection begins, and not later.
type Guess struct {
	Account     string
	Connections int
	Tries       int                              // on each connection at most; the server may end it earlier
	Type        func(connection, try int) string // what to type, counted from 0
}

// Run guesses. It returns how many passwords were typed on connections that the server answered,
// and an error where one broke in another way than by a refusal, or got in.
func (g Guess) Run(ctx context.Context, s Servers) (typed int, err error) {
	var count atomic.Int32
	var stand, ended sync.WaitGroup
	stand.Add(g.Connections)
	errs := make([]error, g.Connections)
	for n := range g.Connections {
		ended.Go(func() {
			var once sync.Once
			ready := func() { once.Do(stand.Done) }
			defer ready()
			try := 0
			errs[n] = knock(ctx, s.SSH, g.Account, g.Tries, func() string {
				ready()
				stand.Wait()
				try++
				count.Add(1)
				return g.Type(n, try-1)
			})
		})
	}
	ended.Wait()
	return int(count.Load()), errors.Join(errs...)
}

// knock opens one connection and types passwords until the server has enough. That it then refuses
// is no error.
func knock(ctx context.Context, addr, account string, tries int, password func() string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(handshakeTime)); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	ask := ssh.PasswordCallback(func() (string, error) { return password(), nil })
	client, _, _, err := ssh.NewClientConn(conn, addr, &ssh.ClientConfig{
		User: account, Auth: []ssh.AuthMethod{ssh.RetryableAuthMethod(ask, tries)},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	})
	switch {
	case err == nil:
		_ = client.Close()
		return fmt.Errorf("%s is in by a guess", account)
	case refusedBySSH(err) || tooManyTries(err):
		return nil
	}
	return err
}

// tooManyTries says whether the server ended a connection after its last try.
func tooManyTries(err error) bool {
	return strings.Contains(err.Error(), "too many authentication failures")
}
