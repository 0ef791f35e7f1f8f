package server_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// A request says that the application was notified when the application took the callback, and not
// before.
func TestNotifiedIsTheCallbacksWord(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{http.StatusOK: true, http.StatusInternalServerError: false} {
		app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
		}))
		t.Cleanup(app.Close)
		s := run(t, nil)
		w, _ := s.Worlds().First()
		if err := w.App.UpdateSettings(
			func(s *authy.Settings) error { s.OneTouch.CallbackURL = app.URL; return nil }); err != nil {
			t.Fatal(err)
		}
		u, err := w.App.AddUser(authy.UserSpec{ID: 1000, Cellphone: "2025550123"})
		if err != nil {
			t.Fatal(err)
		}
		a, err := w.App.RequestApproval(authy.ApprovalRequest{User: "1000", Message: "x"})
		if err != nil {
			t.Fatal(u, err)
		}
		if answered, err := w.App.AnswerApproval(a.UUID, true); err != nil || answered.Notified {
			t.Errorf("answered %+v %v, want it not notified yet", answered, err)
		}
		awaitCallback(t, w)
		if a, err := w.App.Approval(a.UUID); err != nil || a.Notified != want {
			t.Errorf("the application answered %d: notified %v %v, want %v", status, a.Notified, err, want)
		}
	}
}

// awaitCallback waits until a world tells how a callback went.
func awaitCallback(t *testing.T, w *world.World) {
	t.Helper()
	for last := int64(0); ; {
		news, _, err := w.Events.Next(context.Background(), last)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range news {
			last = e.ID
			if _, ok := e.What.(mockapi.Callback); ok {
				return
			}
		}
	}
}
