package mockauthytest

import (
	"time"

	"sftpgo-authy/mockauthy/mockapi"
)

// Fault is a rule being described. [Fault.Once], [Fault.Times] or [Fault.Always] switches it on.
type Fault struct {
	m    *Mock
	rule mockapi.Rule
	on   bool
}

// Fail answers an endpoint ("" is all) with an HTTP status and no Authy envelope, once it is
// switched on.
func (m *Mock) Fail(endpoint string, status int) *Fault {
	m.t.Helper()
	return m.Fault(endpoint, mockapi.Effect{Kind: mockapi.RawStatus, Status: status})
}

// Refuse answers an endpoint with an Authy error by code ("60003") or name ("rate_limited"), once
// it is switched on.
func (m *Mock) Refuse(endpoint, err string) *Fault {
	m.t.Helper()
	return m.Fault(endpoint, mockapi.Effect{Kind: mockapi.AuthyError, Error: err})
}

// Delay holds back the answers of an endpoint for d in real time, once it is switched on.
func (m *Mock) Delay(endpoint string, d time.Duration) *Fault {
	m.t.Helper()
	return m.Fault(endpoint, mockapi.Effect{Kind: mockapi.Latency, Delay: mockapi.Duration(d)})
}

// Fault makes an endpoint misbehave in any way that package mockapi knows, once it is switched on.
// A fault that is never switched on fails the test.
func (m *Mock) Fault(endpoint string, effect mockapi.Effect) *Fault {
	m.t.Helper()
	f := &Fault{m: m, rule: mockapi.Rule{Match: mockapi.Match{Endpoint: endpoint}, Effect: effect}}
	m.t.Cleanup(func() {
		if !f.on {
			m.t.Errorf("the fault %q of %q was never switched on: end it with Once, Times or Always", effect.Kind,
				endpoint)
		}
	})
	return f
}

// For limits the fault to one user.
func (f *Fault) For(u *User) *Fault {
	f.rule.Match.User = mockapi.UserRef(u.Ref())
	return f
}

// After lets n requests through first.
func (f *Fault) After(n int) *Fault {
	f.rule.After = n
	return f
}

// Once hits one request.
func (f *Fault) Once() mockapi.Rule {
	f.m.t.Helper()
	return f.Times(1)
}

// Times hits n requests.
func (f *Fault) Times(n int) mockapi.Rule {
	f.m.t.Helper()
	if n < 1 {
		f.m.t.Fatalf("a fault for %d requests: want at least 1, or Always", n)
	}
	f.rule.Times = n
	return f.Always()
}

// Always hits every request, until the fault is removed or the world reset.
func (f *Fault) Always() mockapi.Rule {
	f.m.t.Helper()
	f.on = true
	rule, err := f.m.Client.AddFault(f.m.t.Context(), f.rule)
	f.m.must(err)
	return rule
}
