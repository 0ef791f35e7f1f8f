package authyapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/authyapi"
	"sftpgo-authy/mockauthy/internal/world"
)

// BenchmarkVerify answers right fresh codes of 1000 users; mockauthy/bench measures the same over
// connections.
func BenchmarkVerify(b *testing.B) {
	seed := uint64(1)
	worlds, err := world.New(world.Options{Now: time.Now, Keys: []string{key}, Seed: &seed, Remember: 10_000})
	if err != nil {
		b.Fatal(err)
	}
	w, _ := worlds.Lookup(key)
	w.Clock.Freeze(true)
	handler := authyapi.New(worlds, authyapi.Options{})
	var ids []int64
	for i := range 1000 {
		u, err := w.App.AddUser(authy.UserSpec{Cellphone: fmt.Sprintf("201555%04d", i), Email: "a@x.test"})
		if err != nil {
			b.Fatal(err)
		}
		ids = append(ids, u.ID)
	}
	b.ReportAllocs()
	requests := make([]*http.Request, len(ids))
	for n := 0; b.Loop(); n++ {
		if n%len(ids) == 0 {
			b.StopTimer()
			w.Clock.Advance(10 * time.Second)
			for i, id := range ids {
				c, _ := w.App.Code(id, "", 0)
				requests[i] = httptest.NewRequest("GET", verifyPath(c.Token, id)+"?force=true", nil)
				requests[i].Header.Set("X-Authy-API-Key", key)
			}
			b.StartTimer()
		}
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, requests[n%len(ids)])
		if rec.Code != 200 {
			b.Fatal(rec.Body)
		}
	}
}
