package verifyapi_test

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// TestSettingsAreDocumented: each one stands in docs/quirks.md, with its source or that there is
// none.
func TestSettingsAreDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/quirks.md")
	if err != nil {
		t.Fatal(err)
	}
	settings := reflect.TypeFor[mockapi.VerifySettings]()
	for i := range settings.NumField() {
		if name := settings.Field(i).Tag.Get("json"); !strings.Contains(string(page), "| `"+name+"` |") {
			t.Errorf("docs/quirks.md does not have the setting %s", name)
		}
	}
}

func TestEveryQuirkChangesSomething(t *testing.T) {
	t.Parallel()
	for _, q := range verify.Quirks() {
		s := verify.DefaultSettings()
		if q.Apply(&s); s == verify.DefaultSettings() || s.Validate() != nil {
			t.Errorf("%s changes nothing, or too much: %v", q.Name, s.Validate())
		}
	}
	if err := new(world.Settings).ApplyQuirk("nonsense"); err == nil {
		t.Error("nonsense is a quirk")
	}
}

// TestEverySetting has a row for each thing that nobody knows of the real service: what the default
// does, and what the other value does.
func TestEverySetting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set         func(*verify.Settings)
		ask         func(m *mock, factor string) answer
		status      int
		usual       string
		otherStatus int
		otherwise   string
	}{
		"wrong code": {func(s *verify.Settings) { s.WrongCode = "60324" },
			func(m *mock, f string) answer { return m.try(f, m.wrong()) }, 201, "status=pending", 403, "code=60324"},
		"replay": {func(s *verify.Settings) { s.Replay = "allow" }, func(m *mock, f string) answer {
			m.try(f, m.code(0)).wants(m.t, 201, "status=approved")
			return m.try(f, m.code(0))
		}, 201, "status=pending", 201, "status=approved"},
		"malformed code": {func(s *verify.Settings) { s.MalformedCode = "pending" },
			func(m *mock, f string) answer { return m.try(f, "12ab") }, 400, "code=60300", 201, "status=pending"},
		"verified again": {func(s *verify.Settings) { s.Reverify = "judge" }, func(m *mock, f string) answer {
			return m.ask("POST", factors+"/"+f, form("AuthPayload", m.wrong()))
		}, 200, "status=verified", 200, "status=unverified"},
		"changed factor": {func(s *verify.Settings) { s.ConfigChange = "unverify" }, func(m *mock, f string) answer {
			return m.ask("POST", factors+"/"+f, form("Config.Skew", "2"))
		}, 200, "status=verified", 200, "status=unverified"},
		"unknown factor": {func(s *verify.Settings) { s.NotFound = "6039x" },
			func(m *mock, _ string) answer { return m.try("YF"+strings.Repeat("0", 32), m.code(0)) },
			404, "code=20404", 404, "code=60390"},
		"unknown challenge": {func(s *verify.Settings) { s.NotFound = "6039x" },
			func(m *mock, _ string) answer { return m.ask("GET", challenges+"/YC"+strings.Repeat("0", 32), nil) },
			404, "code=20404", 404, "code=60391"},
		"unknown entity": {func(s *verify.Settings) { s.NotFound = "6039x" },
			func(m *mock, _ string) answer { return m.ask("GET", "Entities/nobody-at-all", nil) },
			404, "code=20404", 404, "code=60392"},
		"path of what is not there": {func(s *verify.Settings) { s.NotFoundPath = "old" },
			func(m *mock, _ string) answer { return m.ask("GET", "/v2/Services/VA0", nil) },
			404, "message=The requested resource /v2/Services/VA0 was not found",
			404, "message=The requested resource /Services/VA0 was not found"},
		"identity in capitals": {func(s *verify.Settings) { s.IdentityCase = "insensitive" },
			func(m *mock, _ string) answer { return m.ask("GET", "Entities/"+strings.ToUpper(identity), nil) },
			404, "code=20404", 200, "identity=" + identity},
		"same secret": {func(s *verify.Settings) { s.SameSecret = "60317" }, func(m *mock, _ string) answer {
			return m.ask("POST", factors, form("FriendlyName", "b", "FactorType", "totp", "Binding.Secret", secret))
		}, 201, "status=unverified", 409, "code=60317"},
		"form of a secret": {func(s *verify.Settings) { s.SecretForm = "strict" }, func(m *mock, _ string) answer {
			return m.ask("POST", factors, form("FriendlyName", "b", "FactorType", "totp", "Binding.Secret",
				strings.ToLower(secret)+"===="))
		}, 201, "status=unverified", 400, "code=60314"},
		"short secret": {func(s *verify.Settings) { s.ShortestSecret = 5 }, func(m *mock, _ string) answer {
			return m.ask("POST", factors, form("FriendlyName", "b", "FactorType", "totp", "Binding.Secret", secret[:8]))
		}, 400, "code=60314", 201, "status=unverified"},
		"late expiration": {func(s *verify.Settings) { s.ExpirationDate = "clamp" }, func(m *mock, f string) answer {
			return m.ask("POST", challenges, form("FactorSid", f, "ExpirationDate",
				start.Add(61*time.Minute).Format(time.RFC3339)))
		}, 400, "code=60300", 201, "expiration_date=2026-11-26T21:55:01Z"},
		"entity with factors": {func(s *verify.Settings) { s.EntityDelete = "refuse" },
			func(m *mock, _ string) answer { return m.ask("DELETE", "Entities/"+identity, nil) },
			204, "", 400, "code=60306"},
		"date of no response": {func(s *verify.Settings) { s.DateResponded = "set" },
			func(m *mock, f string) answer { return m.try(f, m.wrong()) },
			201, "date_responded=null", 201, "date_responded=2026-11-26T20:55:01Z"},
		"status of a check": {func(s *verify.Settings) { s.CheckStatus = 201 }, func(m *mock, _ string) answer {
			m.send()
			return m.check(m.sent())
		}, 200, "status=approved", 201, "status=approved"},
		"life of an unverified factor": {func(s *verify.Settings) { s.UnverifiedFor = 24 * time.Hour },
			func(m *mock, _ string) answer {
				made := m.ask("POST", factors, form("FriendlyName", "b", "FactorType", "totp")).sid()
				m.advance(2 * time.Hour)
				return m.ask("GET", factors+"/"+made, nil)
			}, 404, "code=20404", 200, "status=unverified"},
	} {
		for _, changed := range []bool{false, true} {
			t.Run(fmt.Sprint(name, changed), func(t *testing.T) {
				t.Parallel()
				m := newMock(t)
				factor := m.factor()
				status, want := c.status, c.usual
				if changed {
					m.set(c.set)
					status, want = c.otherStatus, c.otherwise
				}
				got := c.ask(m, factor)
				if want == "" {
					got.wants(t, status)
				} else {
					got.wants(t, status, want)
				}
			})
		}
	}
}
