package world_test

import (
	"testing"

	"sftpgo-authy/mockauthy/internal/journal"
)

// BenchmarkNote is what journal and events add to every request.
func BenchmarkNote(b *testing.B) {
	ws := newWorlds(b, nil)
	w, _ := ws.First()
	b.ReportAllocs()
	for b.Loop() {
		id := w.Journal.Begin(journal.Entry{Endpoint: "verify", Method: "GET",
			Path: "/protected/json/verify/*******/77", User: 77})
		w.Journal.Done(id, journal.Result{Status: 200, Decision: "accepted", Reason: "code of this step"})
	}
}
