package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// openWebClient fills in the login form of SFTPGo's web client, as a browser would send it.
func openWebClient(ctx context.Context, s Servers, p Person) (Session, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	w := &webClient{base: "http://" + s.HTTP + "/web/client", http: &http.Client{
		Jar: jar, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	page, _, err := w.send(ctx, http.MethodGet, "/login", "", nil, nil)
	if err != nil {
		return nil, err
	}
	token := formToken.FindSubmatch(page)
	if token == nil {
		return nil, errors.New("the login page of the web client has no form token")
	}
	form := url.Values{"username": {p.Account}, "password": {p.Password()}, "_form_token": {string(token[1])}}
	_, status, err := w.send(ctx, http.MethodPost, "/login", "application/x-www-form-urlencoded",
		strings.NewReader(form.Encode()), nil)
	if err != nil {
		return nil, err
	}
	// A login that worked sends the browser on; one that did not shows the page again, with status
	// 200.
	if status != http.StatusFound {
		return nil, fmt.Errorf("%w: the web client shows its login page again", ErrRefused)
	}
	if page, _, err = w.send(ctx, http.MethodGet, "/files", "", nil, nil); err != nil {
		return nil, err
	}
	csrf := csrfToken.FindSubmatch(page)
	if csrf == nil {
		return nil, errors.New("the files page of the web client has no CSRF token")
	}
	w.csrf = string(csrf[1])
	return w, nil
}

var (
	formToken = regexp.MustCompile(`name="_form_token" value="([^"]+)"`)
	csrfToken = regexp.MustCompile(`'X-CSRF-TOKEN': '([^']+)'`)
)

type webClient struct {
	base, csrf string
	http       *http.Client
}

// Put implements Session.
func (w *webClient) Put(ctx context.Context, name string, data []byte) error {
	_, _, err := w.send(ctx, http.MethodPost, "/file?path="+url.QueryEscape("/"+name), "", bytes.NewReader(data),
		http.Header{"X-Csrf-Token": {w.csrf}})
	return err
}

// Get implements Session.
func (w *webClient) Get(ctx context.Context, name string) ([]byte, error) {
	data, _, err := w.send(ctx, http.MethodGet, "/files?path="+url.QueryEscape("/"+name), "", nil, nil)
	return data, err
}

// Close implements Session.
func (w *webClient) Close() error { return nil }

func (w *webClient) send(
	ctx context.Context, method, path, contentType string, body io.Reader, header http.Header,
) ([]byte, int, error) {
	request, err := http.NewRequestWithContext(ctx, method, w.base+path, body)
	if err != nil {
		return nil, 0, err
	}
	for key, values := range header {
		request.Header[key] = values
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	reply, err := w.http.Do(request)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = reply.Body.Close() }()
	data, err := io.ReadAll(reply.Body)
	if err == nil && reply.StatusCode >= 400 {
		err = fmt.Errorf("web client: %s %s: %s", method, path, reply.Status)
	}
	return data, reply.StatusCode, err
}
