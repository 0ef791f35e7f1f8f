package client

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/studio-b12/gowebdav"
)

// openDAV "logs in" with one PROPFIND of the root. WebDAV has no login of its own: the credentials
// travel with every request, so each request asks the person for the password again.
func openDAV(_ context.Context, s Servers, p Person) (Session, error) {
	client := gowebdav.NewAuthClient("http://"+s.DAV+"/", gowebdav.NewPreemptiveAuth(basicAuth{p}))
	client.SetTimeout(30 * time.Second)
	client.SetTransport(&http.Transport{DisableKeepAlives: true, DialContext: p.dialer().DialContext})
	session := &davSession{client}
	if _, err := client.ReadDir("/"); err != nil {
		return nil, davError(err)
	}
	return session, nil
}

type davSession struct{ client *gowebdav.Client }

func (s *davSession) Put(_ context.Context, name string, data []byte) error {
	return davError(s.client.Write(name, data, 0o600))
}

func (s *davSession) Get(_ context.Context, name string) ([]byte, error) {
	data, err := s.client.Read(name)
	return data, davError(err)
}

func (s *davSession) Close() error { return nil }

func davError(err error) error {
	if gowebdav.IsErrCode(err, http.StatusUnauthorized) || gowebdav.IsErrCode(err, http.StatusForbidden) {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return err
}

// basicAuth sends what the person types, at once and with every request: no probe without
// credentials, no retry.
type basicAuth struct{ person Person }

func (b basicAuth) Authorize(_ *http.Client, request *http.Request, _ string) error {
	request.SetBasicAuth(b.person.Account, b.person.Password())
	return nil
}

func (b basicAuth) Verify(_ *http.Client, reply *http.Response, path string) (redo bool, err error) {
	if reply.StatusCode == http.StatusUnauthorized {
		return false, gowebdav.NewPathError("Authorize", path, reply.StatusCode)
	}
	return false, nil
}

func (b basicAuth) Clone() gowebdav.Authenticator { return b }
func (b basicAuth) Close() error                  { return nil }
func (b basicAuth) String() string                { return "basic auth of " + b.person.Account }
