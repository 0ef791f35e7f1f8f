package verifyapi_test

import (
	"fmt"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/verify"
)

// TestChallengeLimits is 60312 by hour and by day, by the mock's clock.
func TestChallengeLimits(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	factor := m.factor()
	fifty := func() {
		t.Helper()
		for range 50 {
			m.try(factor, m.wrong()).wants(t, 201, "status=pending")
		}
		m.try(factor, m.code(0)).wants(t, 429, "code=60312", "message=Challenge creation limit reached")
	}
	fifty()
	m.advance(59 * time.Minute)
	m.try(factor, m.code(0)).wants(t, 429, "code=60312")
	m.advance(time.Minute)
	fifty()
	m.advance(time.Hour) // the hour is over, the day is not
	m.try(factor, m.code(0)).wants(t, 429, "code=60312")
	m.advance(22 * time.Hour)
	m.try(factor, m.code(0)).wants(t, 201, "status=approved")
	m.set(func(s *verify.Settings) { s.Limits = false })
	for range 60 {
		m.try(factor, m.wrong()).wants(t, 201)
	}
}

func TestShortCodesHaveFewerChallenges(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	made := m.ask("POST", factors, form("FriendlyName", "a", "FactorType", "totp", "Binding.Secret", secret,
		"Config.CodeLength", "4")).sid()
	window := usual
	window.Digits = 4
	right := window.Code(secret, window.Step(m.Clock.Now()))
	m.ask("POST", factors+"/"+made, form("AuthPayload", right)).wants(t, 200, "status=verified")
	for range 10 {
		m.try(made, right).wants(t, 201)
	}
	m.try(made, right).wants(t, 429, "code=60312")
}

func TestFailedChallengesNeedNotCount(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.set(func(s *verify.Settings) { s.CountFailed = false })
	factor := m.factor()
	for range 60 {
		m.try(factor, m.wrong()).wants(t, 201)
	}
}

func TestWrongCodesOfAFactorAndAChallenge(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	made := m.ask("POST", factors, form("FriendlyName", "a", "FactorType", "totp", "Binding.Secret", secret)).sid()
	for range 5 {
		m.ask("POST", factors+"/"+made, form("AuthPayload", m.wrong())).wants(t, 200, "status=unverified")
	}
	m.ask("POST", factors+"/"+made, form("AuthPayload", m.code(0))).wants(t, 429, "code=60310")

	factor := m.factor()
	one := challenges + "/" + m.try(factor, m.wrong()).sid()
	for range 4 {
		m.ask("POST", one, form("AuthPayload", m.wrong())).wants(t, 200, "status=pending")
	}
	m.ask("POST", one, form("AuthPayload", m.code(0))).wants(t, 429, "code=60308")
}

func TestUnverifiedFactorsGo(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	kept := m.factor()
	made := m.ask("POST", factors, form("FriendlyName", "a", "FactorType", "totp")).sid()
	m.advance(time.Hour - time.Second)
	m.ask("GET", factors+"/"+made, nil).wants(t, 200, "status=unverified")
	m.advance(time.Second)
	m.ask("GET", factors+"/"+made, nil).wants(t, 404)
	m.ask("GET", factors+"/"+kept, nil).wants(t, 200, "status=verified")
}

func TestHowManyFactors(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	create := func() answer { return m.ask("POST", factors, form("FriendlyName", "a", "FactorType", "totp")) }
	for range 100 {
		create().wants(t, 201)
	}
	create().wants(t, 400, "code=60315")
	m.advance(2 * time.Hour) // all stayed unverified
	create().wants(t, 429, "code=60326")
	m.advance(22 * time.Hour)
	create().wants(t, 201)
}

func TestHowManyEntitiesInASecond(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	create := func(n int) answer {
		return m.ask("POST", "Entities", form("Identity", fmt.Sprintf("person-%04d", n)))
	}
	for n := range 40 {
		create(n).wants(t, 201)
	}
	create(40).wants(t, 429, "code=60328")
	m.advance(time.Second)
	create(40).wants(t, 201)
	create(40).wants(t, 409, "code=60301")
}
