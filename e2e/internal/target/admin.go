package target

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

// The administrator of every SFTPGo that is started here.
const (
	adminName     = "admin"
	adminPassword = "only for tests 1"
)

// admin is SFTPGo's REST API as its administrator uses it.
type admin struct {
	base string // http://host:port/api/v2
	http *http.Client

	mu    sync.Mutex
	token string
}

func newAdmin(addr string) *admin {
	transport := &http.Transport{DisableKeepAlives: true} // no connection outlives a server that is stopped
	return &admin{base: "http://" + addr + "/api/v2", http: &http.Client{Timeout: 30 * time.Second, Transport: transport}}
}

// put deletes the account, if it is there, and creates it.
func (a *admin) put(ctx context.Context, account Account) error {
	if _, status, err := a.call(ctx, http.MethodDelete, "/users/"+url.PathEscape(account.Name), nil); err != nil && status != http.StatusNotFound {
		return err
	}
	_, _, err := a.call(ctx, http.MethodPost, "/users", account.Document())
	return err
}

// read returns the user document.
func (a *admin) read(ctx context.Context, name string) (map[string]any, error) {
	body, _, err := a.call(ctx, http.MethodGet, "/users/"+url.PathEscape(name), nil)
	if err != nil {
		return nil, err
	}
	return decodeDocument(body)
}

// change reads the document, changes it and writes it back. The password stays as it is: SFTPGo
// gives none out.
func (a *admin) change(ctx context.Context, name string, change func(map[string]any)) error {
	document, err := a.read(ctx, name)
	if err != nil {
		return err
	}
	change(document)
	_, _, err = a.call(ctx, http.MethodPut, "/users/"+url.PathEscape(name), document)
	return err
}

// clear deletes every account.
func (a *admin) clear(ctx context.Context) error {
	body, _, err := a.call(ctx, http.MethodGet, "/users?limit=500", nil)
	if err != nil {
		return err
	}
	var users []struct {
		Username string `json:"username"`
	}
	if err := json.Unmarshal(body, &users); err != nil {
		return fmt.Errorf("list of users: %w", err)
	}
	for _, user := range users {
		if _, _, err := a.call(ctx, http.MethodDelete, "/users/"+url.PathEscape(user.Username), nil); err != nil {
			return err
		}
	}
	return nil
}

// decodeDocument keeps numbers as they are written: a document that is written back must not lose a
// digit.
func decodeDocument(data []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var document map[string]any
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("user document: %w", err)
	}
	return document, nil
}

// call sends one request with the administrator's token. The status is 0 if there was no answer.
func (a *admin) call(ctx context.Context, method, path string, body any) ([]byte, int, error) {
	token, err := a.login(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("administrator's token: %w", err)
	}
	var data []byte
	if body != nil {
		if data, err = json.Marshal(body); err != nil {
			return nil, 0, err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, a.base+path, bytes.NewReader(data))
	if err != nil {
		return nil, 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	return a.send(request)
}

func (a *admin) login(ctx context.Context) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.token != "" {
		return a.token, nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+"/token", nil)
	if err != nil {
		return "", err
	}
	request.SetBasicAuth(adminName, adminPassword)
	body, _, err := a.send(request)
	if err != nil {
		return "", err
	}
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(body, &reply); err != nil {
		return "", err
	}
	a.token = reply.AccessToken
	return a.token, nil
}

func (a *admin) send(request *http.Request) ([]byte, int, error) {
	reply, err := a.http.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = reply.Body.Close() }()
	body, err := io.ReadAll(reply.Body)
	if err != nil {
		return nil, reply.StatusCode, err
	}
	if reply.StatusCode >= 300 {
		return nil, reply.StatusCode, fmt.Errorf("%s %s: %s %s", request.Method, request.URL.Path, reply.Status, body)
	}
	return body, reply.StatusCode, nil
}
