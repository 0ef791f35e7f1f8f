package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// openREST asks SFTPGo for a user token. That request is the login: hooks see it with the protocol
// HTTP.
func openREST(ctx context.Context, s Servers, p Person) (Session, error) {
	session := &restSession{base: "http://" + s.HTTP + "/api/v2/user"}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, session.base+"/token", nil)
	if err != nil {
		return nil, err
	}
	request.SetBasicAuth(p.Account, p.Password())
	body, err := send(request)
	if err != nil {
		return nil, err
	}
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &reply); err != nil || reply.AccessToken == "" {
		return nil, fmt.Errorf("user token: no access_token in the answer (%v)", err)
	}
	session.token = reply.AccessToken
	return session, nil
}

type restSession struct{ base, token string }

func (s *restSession) Put(ctx context.Context, name string, data []byte) error {
	_, err := s.call(ctx, http.MethodPost, "/files/upload?path="+url.QueryEscape(name), data)
	return err
}

func (s *restSession) Get(ctx context.Context, name string) ([]byte, error) {
	return s.call(ctx, http.MethodGet, "/files?path="+url.QueryEscape(name), nil)
}

func (s *restSession) Close() error { return nil }

func (s *restSession) call(ctx context.Context, method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+s.token)
	return send(request)
}

// send returns the body of a 2xx answer. 401 and 403 are refusals.
func send(request *http.Request) ([]byte, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	reply, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		return nil, err
	}
	switch {
	case reply.StatusCode == http.StatusUnauthorized || reply.StatusCode == http.StatusForbidden:
		return nil, fmt.Errorf("%w: %s %s", ErrRefused, reply.Status, body)
	case reply.StatusCode >= 300:
		return nil, fmt.Errorf("%s %s: %s %s", request.Method, request.URL.Path, reply.Status, body)
	}
	return body, nil
}
