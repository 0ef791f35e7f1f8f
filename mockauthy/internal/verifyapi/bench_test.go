package verifyapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/verify"
)

// BenchmarkChallenge answers right fresh codes of 1000 factors; mockauthy/bench measures the same
// over connections.
func BenchmarkChallenge(b *testing.B) {
	m := newMock(b)
	m.set(func(s *verify.Settings) { s.Limits = false })
	type person struct{ path, sid, secret string }
	var people []person
	for i := range 1000 {
		identity := fmt.Sprintf("person-%04d", i)
		f, err := m.Verify.CreateFactor(m.own.ServiceSID, identity, verify.NewFactor{FriendlyName: "a"})
		if err != nil {
			b.Fatal(err)
		}
		code := usual.Code(f.Secret, usual.Step(m.Clock.Now()))
		_, err = m.Verify.UpdateFactor(m.own.ServiceSID, identity, f.SID, verify.FactorChange{Code: code})
		if err != nil {
			b.Fatal(err)
		}
		people = append(
			people,
			person{"/v2/Services/" + m.own.ServiceSID + "/Entities/" + identity + "/Challenges", f.SID, f.Secret},
		)
	}
	m.set(func(s *verify.Settings) { s.Limits = true })
	b.ReportAllocs()
	requests := make([]*http.Request, len(people))
	for n := 0; b.Loop(); n++ {
		if n%len(people) == 0 {
			b.StopTimer()
			m.advance(16 * time.Minute)
			for i, p := range people {
				code := usual.Code(p.secret, usual.Step(m.Clock.Now()))
				requests[i] = httptest.NewRequest(
					"POST",
					p.path,
					strings.NewReader("FactorSid="+p.sid+"&AuthPayload="+code),
				)
				requests[i].SetBasicAuth(m.own.AccountSID, m.own.AuthToken)
				requests[i].Header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			b.StartTimer()
		}
		rec := httptest.NewRecorder()
		m.handler.ServeHTTP(rec, requests[n%len(people)])
		if rec.Code != 201 || !strings.Contains(rec.Body.String(), "approved") {
			b.Fatal(rec.Body)
		}
	}
}
