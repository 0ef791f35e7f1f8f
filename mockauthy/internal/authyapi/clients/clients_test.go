// Package clients_test drives the two Authy clients that the npm registry carries against the mock.
package clients_test

import (
	_ "embed"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/internal/npm"
	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/authyapi"
	"sftpgo-authy/mockauthy/internal/callback"
	"sftpgo-authy/mockauthy/internal/outbox"
	"sftpgo-authy/mockauthy/internal/world"
)

//go:embed package.json
var manifest []byte

//go:embed package-lock.json
var lock []byte

//go:embed drive.js
var script []byte

const key = "client-key"

func TestNodeClientsBelieveTheMock(t *testing.T) {
	t.Parallel()
	modules := npm.Install(t, npm.Set{Name: "clients", Manifest: manifest, Lock: lock})
	mock := serve(t)
	drive := filepath.Join(t.TempDir(), "drive.js")
	if err := os.WriteFile(drive, script, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", drive)
	cmd.Env = append(os.Environ(), "MOCK_URL="+mock, "MOCK_KEY="+key, "CLIENTS="+modules, "NODE_NO_WARNINGS=1")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "ok   ") < 20 {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}

// serve returns a mock whose /test/ tells what a person would read off a phone.
func serve(t *testing.T) string {
	t.Helper()
	worlds, err := world.New(world.Options{Now: time.Now, Keys: []string{key}, Remember: 1000})
	if err != nil {
		t.Fatal(err)
	}
	w, _ := worlds.Lookup(key)
	mocked := authyapi.New(worlds, authyapi.Options{})
	tell := func(rw http.ResponseWriter, v any) { _ = json.NewEncoder(rw).Encode(v) }
	phone := http.NewServeMux()
	phone.HandleFunc("/test/code", func(rw http.ResponseWriter, r *http.Request) {
		id, _ := strconv.ParseInt(r.FormValue("id"), 10, 64)
		c, err := w.App.Code(id, authy.AppFamily, 0)
		if err != nil {
			t.Error(err)
		}
		tell(rw, map[string]string{"code": c.Token})
	})
	phone.HandleFunc("/test/text", func(rw http.ResponseWriter, _ *http.Request) {
		all := w.Outbox.List(outbox.Filter{})
		tell(rw, map[string]string{"code": all[len(all)-1].Code})
	})
	phone.HandleFunc("/test/approve", func(rw http.ResponseWriter, r *http.Request) {
		tell(rw, approve(t, w, r.FormValue("uuid")))
	})
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/test/") {
			phone.ServeHTTP(rw, r)
			return
		}
		mocked.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// approve answers a request and returns the callback as authy-client wants to see it: in the form
// of 2016, since it refuses the integers that the service sent later.
func approve(t *testing.T, w *world.World, uuid string) map[string]any {
	if _, err := w.App.AnswerApproval(uuid, true); err != nil {
		t.Error(err)
	}
	approval, err := w.App.Approval(uuid)
	if err != nil {
		t.Error(err)
	}
	user, err := w.App.User(approval.User)
	if err != nil {
		t.Error(err)
	}
	req, err := callback.Request(t.Context(), authy.Answer{Approval: approval, Device: user.Devices[0],
		URL:    "http://app.test/callback",
		Method: http.MethodPost, Form: "2016", Key: key, AppID: w.App.ObjectID("app", 0), At: time.Now()})
	if err != nil {
		t.Error(err)
		return nil
	}
	body, _ := io.ReadAll(req.Body)
	headers := map[string]string{"host": "app.test"}
	for name := range req.Header {
		headers[strings.ToLower(name)] = req.Header.Get(name)
	}
	return map[string]any{"method": "POST", "protocol": "http", "url": "/callback", "headers": headers,
		"body": json.RawMessage(body)}
}
