package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// API is SFTPGo's REST API as one person uses it. It logs in at the first call, and no connection
// of it outlives a server that is stopped.
type API struct {
	addr, login, name string
	password          func() string
	http              *http.Client

	mu    sync.Mutex
	token string
}

// AdminAPI returns the REST API at addr, host:port, as an administrator of that name uses it.
func AdminAPI(addr, name, password string) *API {
	return newAPI(addr, "/token", name, func() string { return password })
}

// UserAPI returns the REST API at addr, host:port, as an account uses it.
func UserAPI(addr string, p Person) *API {
	return newAPI(addr, "/user/token", p.Account, p.Password)
}

func newAPI(addr, login, name string, password func() string) *API {
	transport := &http.Transport{DisableKeepAlives: true}
	return &API{addr: addr, login: login, name: name, password: password,
		http: &http.Client{Timeout: 30 * time.Second, Transport: transport}}
}

// Login logs in, unless that is done already. The error wraps ErrRefused where SFTPGo says no.
func (a *API) Login(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.token != "" {
		return nil
	}
	request, err := a.request(ctx, http.MethodGet, a.login, nil)
	if err != nil {
		return err
	}
	request.SetBasicAuth(a.name, a.password())
	body, _, err := a.send(request)
	if err != nil {
		return err
	}
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &reply); err != nil || reply.AccessToken == "" {
		return fmt.Errorf("token of %s: no access_token in the answer (%v)", a.name, err)
	}
	a.token = reply.AccessToken
	return nil
}

// Call makes a call, path below /api/v2. The body is sent as it is if it is of bytes, else as JSON.
// It returns the answer's body and status, which is 0 if there was no answer; a status of 300 and
// above is an error, and 401 and 403 wrap ErrRefused.
func (a *API) Call(ctx context.Context, method, path string, body any) ([]byte, int, error) {
	if err := a.Login(ctx); err != nil {
		return nil, 0, err
	}
	data, raw := body.([]byte)
	if body != nil && !raw {
		var err error
		if data, err = json.Marshal(body); err != nil {
			return nil, 0, err
		}
	}
	request, err := a.request(ctx, method, path, data)
	if err != nil {
		return nil, 0, err
	}
	if !raw {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("Authorization", "Bearer "+a.token)
	return a.send(request)
}

// Fetch gets path with an API key, or as anybody where key is "". See [API.Call] for the error.
func Fetch(ctx context.Context, s Servers, path, key string) error {
	a := newAPI(s.HTTP, "", "", nil)
	request, err := a.request(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if key != "" {
		request.Header.Set("X-SFTPGO-API-KEY", key)
	}
	_, _, err = a.send(request)
	return err
}

func (a *API) request(ctx context.Context, method, path string, body []byte) (*http.Request, error) {
	return http.NewRequestWithContext(ctx, method, "http://"+a.addr+"/api/v2"+path, bytes.NewReader(body))
}

func (a *API) send(request *http.Request) ([]byte, int, error) {
	reply, err := a.http.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(reply.Body)
	switch {
	case err != nil:
	case reply.StatusCode == http.StatusUnauthorized || reply.StatusCode == http.StatusForbidden:
		err = fmt.Errorf("%w: %s %s", ErrRefused, reply.Status, body)
	case reply.StatusCode >= 300:
		err = fmt.Errorf("%s %s: %s %s", request.Method, request.URL.Path, reply.Status, body)
	}
	return body, reply.StatusCode, err
}

// openREST asks SFTPGo for a user token. That request is the login: hooks see it with the protocol
// HTTP.
func openREST(ctx context.Context, s Servers, p Person) (Session, error) {
	session := &restSession{UserAPI(s.HTTP, p)}
	return session, session.api.Login(ctx)
}

type restSession struct{ api *API }

// Put implements Session.
func (s *restSession) Put(ctx context.Context, name string, data []byte) error {
	_, _, err := s.api.Call(ctx, http.MethodPost, "/user/files/upload?path="+url.QueryEscape(name), data)
	return err
}

// Get implements Session.
func (s *restSession) Get(ctx context.Context, name string) ([]byte, error) {
	data, _, err := s.api.Call(ctx, http.MethodGet, "/user/files?path="+url.QueryEscape(name), nil)
	return data, err
}

// Close implements Session.
func (s *restSession) Close() error { return nil }
