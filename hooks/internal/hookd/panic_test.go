package hookd

import (
	"bytes"
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/hook"
)

// TestPanicIsANo: whatever breaks while a call is answered, each hook says its no with a 500, and
// what the panic carried is kept in.
func TestPanicIsANo(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	h := New(Options{
		Login:   &hook.Login{}, // everything in it is nil
		Address: func(context.Context, string, string) string { panic("secret1234567") },
		Log:     slog.New(slog.NewTextHandler(&log, nil)),
	})
	for path, r := range requests {
		w := httptest.NewRecorder()
		req := httptest.NewRequest("POST", path, strings.NewReader(r.body))
		req.Header.Set("Content-Type", asJSON)
		h.ServeHTTP(w, req)
		if w.Code != 500 || strings.TrimSpace(w.Body.String()) != r.no {
			t.Errorf("%s: got %d %s, want 500 %s", path, w.Code, w.Body, r.no)
		}
		if !strings.Contains(log.String(), "path="+path) {
			t.Errorf("the log does not tell of %s: %s", path, log.String())
		}
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("the log tells what was typed: %s", log.String())
	}
}
