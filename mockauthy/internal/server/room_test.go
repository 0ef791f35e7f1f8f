package server_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/server"
)

// A mock that is full says so, lets itself be read and emptied, and tells in its log which worlds
// made room.
func TestAFullMockSaysSo(t *testing.T) {
	t.Parallel()
	var tight atomic.Bool
	var late atomic.Int64
	var log bytes.Buffer
	s := run(t, func(o *server.Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, nil))
		o.World.AnyKey = true
		o.World.Now = func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
		o.World.Memory.Tight = tight.Load
	})
	client := client(t)
	ask := func(method, path, body string) (int, string) {
		t.Helper()
		last, text := 0, ""
		for range 20 { // memory is not looked at every time
			req, err := http.NewRequest(method, s.URL()+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body != "" {
				req.Header.Set("Content-Type", "application/json")
			}
			resp, err := client.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			all, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			last, text = resp.StatusCode, string(all)
		}
		return last, text
	}
	if status, text := ask("GET", "/protected/json/app/details?api_key=stranger", ""); status != 200 {
		t.Fatal(status, text)
	}
	tight.Store(true)
	if status, text := ask("GET", "/protected/json/app/details?api_key=another", ""); status != 503 ||
		!strings.Contains(text, `"error_code":"60000"`) ||
		!strings.Contains(text, "mockauthy is full") || !strings.Contains(text, "--max-memory") {
		t.Errorf("a stranger: %d %s", status, text)
	}
	if status, text := ask("POST", "/_mock/users", `{"cellphone":"2015550123"}`); status != 507 ||
		!strings.Contains(text, "--max-memory") {
		t.Errorf("a new user: %d %s", status, text)
	}
	for path, method := range map[string]string{"/_mock/users": "GET", "/_mock/reset": "POST",
		"/_mock/journal": "DELETE"} {
		if status, text := ask(method, path, ""); status >= 300 {
			t.Errorf("%s %s: %d %s", method, path, status, text)
		}
	}
	first, _ := s.Worlds().First()
	if n := len(first.Journal.List(journal.Filter{})); n != 0 {
		t.Errorf("%d requests were noted, though there is no room", n)
	}
	late.Store(int64(2 * time.Minute))
	if status, text := ask("GET", "/protected/json/app/details?api_key=k", ""); status != 503 { // it is still tight
		t.Errorf("the first app: %d %s", status, text)
	}
	if len(s.Worlds().List()) != 1 {
		t.Errorf("%d worlds are left, want the first alone", len(s.Worlds().List()))
	}
	stop(t, s, time.Second)
	if !strings.Contains(log.String(), "forgot a world to make room") || !strings.Contains(log.String(), "stra…") ||
		strings.Contains(log.String(), "stranger") {
		t.Errorf("the log says %s", log.String())
	}
}
