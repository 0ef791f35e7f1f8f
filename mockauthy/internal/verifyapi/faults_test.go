package verifyapi_test

import (
	"net/http"
	"testing"

	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/mockapi"
)

// TestFaultsSpeakTwilio has the effects that shape a reply; all others act on the connection, which
// both APIs share.
func TestFaultsSpeakTwilio(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule      fault.Rule
		status    int
		want      string // "": the body is no JSON
		header    [2]string
		processed bool
	}{
		"error by code": {fault.Rule{Effect: fault.Effect{Error: "60312"}}, 429, "code=60312", [2]string{}, false},
		"error by name": {fault.Rule{Effect: fault.Effect{Error: "too_many_requests", RetryAfter: "7"}}, 429,
			"code=20429", [2]string{"Retry-After", "7"}, false},
		"Authy's error hits nobody here": {fault.Rule{Effect: fault.Effect{Error: "60003"}}, 201, "status=approved",
			[2]string{}, true},
		"status": {fault.Rule{Effect: fault.Effect{Status: 503}}, 503, "", [2]string{}, false},
		"redirect": {fault.Rule{Effect: fault.Effect{Location: "https://x.test/"}},
			302, "", [2]string{"Location", "https://x.test/"}, false},
		"HTML": {fault.Rule{Effect: fault.Effect{Kind: mockapi.HTML503}},
			503, "", [2]string{"Content-Type", "text/html"}, false},
		"empty":     {fault.Rule{Effect: fault.Effect{Kind: mockapi.EmptyOK}}, 200, "", [2]string{}, false},
		"cut short": {fault.Rule{Effect: fault.Effect{Kind: mockapi.Truncate}}, 201, "", [2]string{}, true},
		"malformed": {fault.Rule{Effect: fault.Effect{Kind: mockapi.Malformed}}, 200, "", [2]string{}, true},
		"odd keys": {fault.Rule{Effect: fault.Effect{Kind: mockapi.ExtraKeys}},
			201, "status=approved", [2]string{}, true},
		"odd types": {fault.Rule{Effect: fault.Effect{Kind: mockapi.WrongTypes}},
			201, "status=[\"approved\"]", [2]string{}, true},
		"by call": {fault.Rule{Match: fault.Match{Endpoint: mockapi.V2ChallengeNew},
			Effect: fault.Effect{Error: "60318"}},
			403, "code=60318", [2]string{}, false},
		"other call": {fault.Rule{Match: fault.Match{Endpoint: mockapi.V2FactorNew},
			Effect: fault.Effect{Error: "60318"}},
			201, "status=approved", [2]string{}, true},
		"by identity": {fault.Rule{Match: fault.Match{User: identity}, Effect: fault.Effect{Error: "20500"}}, 500,
			"code=20500", [2]string{}, false},
		"other identity": {fault.Rule{Match: fault.Match{User: "somebody-else"},
			Effect: fault.Effect{Error: "20500"}}, 201,
			"status=approved", [2]string{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			factor := m.factor()
			if _, err := m.Faults.Add(c.rule); err != nil {
				t.Fatal(err)
			}
			var header http.Header
			if c.want == "" {
				var status int
				if status, header = m.bare(factor); status != c.status {
					t.Errorf("status %d, want %d", status, c.status)
				}
			} else {
				header = m.try(factor, m.code(0)).wants(t, c.status, c.want).header
			}
			if got := header.Get(c.header[0]); c.header[0] != "" && got != c.header[1] {
				t.Errorf("%s: %q, want %q", c.header[0], got, c.header[1])
			}
			m.Faults.Clear()
			want := "status=approved"
			if c.processed {
				want = "status=pending" // the code was used up
			}
			m.try(factor, m.code(0)).wants(t, 201, want)
		})
	}
}

func TestErrorsGoWithTheirAPI(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for _, rule := range []fault.Rule{
		{Match: fault.Match{Endpoint: mockapi.V2ChallengeNew}, Effect: fault.Effect{Error: "60003"}},
		{Match: fault.Match{Endpoint: mockapi.Verify}, Effect: fault.Effect{Error: "60312"}},
		{Effect: fault.Effect{Error: "1"}},
	} {
		if _, err := m.Faults.Add(rule); err == nil {
			t.Errorf("added: %+v", rule)
		}
	}
}
