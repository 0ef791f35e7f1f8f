package mockauthytest

import (
	"net/http"
	"net/url"

	"sftpgo-authy/mockauthy/mockapi"
)

// Factor is a TOTP factor of Twilio Verify in a [Mock], as it was when it was added or looked up.
type Factor struct {
	mockapi.Factor
	m *Mock
}

// Factor returns the only factor of an identity (8 to 64 letters, digits and dashes), and adds a
// verified one when there is none.
func (m *Mock) Factor(identity string) *Factor {
	m.t.Helper()
	f, err := m.Client.Factor(m.t.Context(), identity)
	if mockapi.IsRefusal(err, http.StatusNotFound) {
		return m.AddFactor(mockapi.NewFactor{Identity: identity})
	}
	m.must(err)
	return &Factor{Factor: f, m: m}
}

// AddFactor makes a factor as described.
func (m *Mock) AddFactor(spec mockapi.NewFactor) *Factor {
	m.t.Helper()
	f, err := m.Client.AddFactor(m.t.Context(), spec)
	m.must(err)
	return &Factor{Factor: f, m: m}
}

// Code is what the phone shows now.
func (f *Factor) Code() string {
	f.m.t.Helper()
	return f.CodeAt(0)
}

// CodeAt is the code of the step that is step steps from now: -1 is the previous one.
func (f *Factor) CodeAt(step int) string {
	f.m.t.Helper()
	token, err := f.m.Client.FactorToken(f.m.t.Context(), f.SID, step)
	f.m.must(err)
	return token.Token
}

// WrongCode has as many digits as Code and is not one of the codes that pass now.
func (f *Factor) WrongCode() string {
	f.m.t.Helper()
	return wrongCode(f.CodeAt)
}

// Remove removes the factor, as Verify's own delete does.
func (f *Factor) Remove() {
	f.m.t.Helper()
	f.m.must(f.m.Client.RemoveFactor(f.m.t.Context(), f.SID))
}

// HTTP returns an http.Client for libraries that have https://verify.twilio.com or
// https://api.authy.com compiled in: it sends every request to this server, whatever host it names.
// Like the client of twilio-go it follows no redirects.
func (s *Server) HTTP() *http.Client {
	return &http.Client{Transport: redirected{s},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// redirected sends requests to the server. They keep their Host, so that the links in the replies
// name the host that was asked.
type redirected struct{ s *Server }

func (r redirected) RoundTrip(req *http.Request) (*http.Response, error) {
	target, err := url.Parse(r.s.URL)
	if err != nil {
		return nil, err
	}
	there := req.Clone(req.Context())
	if there.Host == "" {
		there.Host = req.URL.Host
	}
	there.URL.Scheme, there.URL.Host = target.Scheme, target.Host
	return r.s.transport.RoundTrip(there)
}
