package sftpgoapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/hooks/internal/sftpgoapi"
)

// fake is a server that answers as a test wants.
func fake(t *testing.T, answer http.HandlerFunc) *sftpgoapi.Client {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	c, err := sftpgoapi.New(sftpgoapi.Options{URL: server.URL, Key: "id.very-secret"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestAnswersThatAreNoAccount(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"another account": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"username":"bob"}`) },
			`about "bob"`},
		"no name": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{}`) }, `about ""`},
		"a page": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<html>`) },
			"not its REST API"},
		"nothing": {func(http.ResponseWriter, *http.Request) {}, "not its REST API"},
		"a status of no use": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
			"204"},
		"a refusal in HTML": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, "<html>")
		}, "lacks a permission"},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/elsewhere" {
				fmt.Fprint(w, `{"username":"ann"}`)
				return
			}
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, "307"},
		"a cut answer": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"username":"ann"}`)
		}, "in full"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			user, err := fake(t, row.answer).User(t.Context(), "ann")
			if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "very-secret") {
				t.Errorf("got %v, %v; want %q", user, err, row.want)
			}
		})
	}
}

// TestWhatARefusedLoginIsToldToLookAt names what was tried and nothing else, and that SFTPGo takes
// a code once: whoever runs doctor twice in a minute meets that.
func TestWhatARefusedLoginIsToldToLookAt(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"","message":"invalid credentials"}`)
	}))
	t.Cleanup(server.Close)
	for name, row := range map[string]struct {
		options   sftpgoapi.Options
		want, not string
	}{
		"a key": {sftpgoapi.Options{Key: "id.very-secret"}, "check the API key", "password"},
		"a password": {sftpgoapi.Options{Admin: "boss", Password: "very-secret"}, "check the name, the password",
			"API key"},
		"and a code": {sftpgoapi.Options{Admin: "boss", Password: "very-secret", OTP: "123456"}, "takes each code once",
			"API key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.options.URL = server.URL
			c, err := sftpgoapi.New(row.options)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, err = c.User(t.Context(), "ann")
			if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), row.not) ||
				strings.Contains(err.Error(), "very-secret") {
				t.Errorf("got %v, want %q and no %q", err, row.want, row.not)
			}
		})
	}
}

func TestSilenceIsAnErrorWithoutTheURL(t *testing.T) {
	t.Parallel()
	c, err := sftpgoapi.New(sftpgoapi.Options{URL: authytest.Nobody(t), Admin: "boss", Password: "very-secret"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.User(t.Context(), "ann")
	if err == nil || sftpgoapi.Status(err) != 0 || !strings.Contains(err.Error(), "did not answer") ||
		strings.Contains(err.Error(), "/api/v2") {
		t.Errorf("got %v", err)
	}
}

func TestSomebodyElseWritesAtTheSameMoment(t *testing.T) {
	t.Parallel()
	var written atomic.Bool
	c := fake(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPut:
			written.Store(true)
			fmt.Fprint(w, `{"message":"User updated"}`)
		case written.Load(): // what an external authentication login echoed meanwhile
			fmt.Fprint(w, `{"username":"ann","description":"theirs","updated_at":2,"last_login":9}`)
		default:
			fmt.Fprint(w, `{"username":"ann","description":"x","updated_at":1}`)
		}
	})
	err := c.EditUser(t.Context(), "ann", func(d sftpgoapi.Document) error {
		d.SetText("additional_info", "mine")
		return nil
	})
	if !errors.Is(err, sftpgoapi.ErrChanged) || !strings.Contains(err.Error(), "additional_info, description") {
		t.Errorf("got %v", err)
	}
	written.Store(false)
	refused := errors.New("refused")
	if err := c.EditUser(t.Context(), "ann", func(sftpgoapi.Document) error { return refused }); !errors.Is(err,
		refused) || written.Load() {
		t.Errorf("a change that was refused: %v, written %v", err, written.Load())
	}
}

func TestWhereSFTPGoIs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://h", "https://h:8080/", "https://h/files/"} {
		if _, err := sftpgoapi.New(sftpgoapi.Options{URL: url, Key: "k"}); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	for _, url := range []string{"", "h", "ftp://h", "http://", "http://u:very-secret@h", "http://h?very-secret",
		"http://h#x", "http:h"} {
		if _, err := sftpgoapi.New(sftpgoapi.Options{URL: url, Key: "k"}); err == nil ||
			strings.Contains(err.Error(), "very-secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
	for name, o := range map[string]sftpgoapi.Options{"no way in": {URL: "http://h"},
		"two ways in": {URL: "http://h", Key: "k", Admin: "a"}} {
		if _, err := sftpgoapi.New(o); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestDocuments(t *testing.T) {
	t.Parallel()
	a := sftpgoapi.Document{"n": []byte("9007199254740993"), "s": []byte(`"x"`), "same": []byte(`{"a":1,"b":[2]}`)}
	b := sftpgoapi.Document{"n": []byte("9007199254740992"), "same": []byte(`{"b":[2], "a":1}`)}
	if got := strings.Join(sftpgoapi.Difference(a, b), " "); got != "n s" && got != "s n" {
		t.Errorf("differ in %q", got)
	}
	a.SetText("s", "<&>\"")
	if got := a.Text("s"); got != "<&>\"" {
		t.Errorf("got %q", got)
	}
	a.SetText("s", "")
	if _, there := a["s"]; there || a.Text("n") != "" {
		t.Error("an empty text stays, or a number is one")
	}
	if err := a.Into(new([]int)); err == nil {
		t.Error("an object became a list")
	}
}
