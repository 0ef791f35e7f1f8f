package verify

import (
	"maps"
	"strings"
	"time"
)

// Service is a copy of one service.
type Service struct {
	SID          string
	FriendlyName string
	CodeLength   int // of sent codes
	TOTP         TOTP
	Issuer       string // of TOTP factors; empty: the friendly name
	// Of these only CustomCodeEnabled and Psd2Enabled do anything here; clients may read the others
	// back.
	CustomCodeEnabled, Psd2Enabled, LookupEnabled, SkipSmsToLandlines, DtmfInputRequired bool
	DoNotShareWarningEnabled, VerifyEventSubscriptionEnabled                             bool
	TtsName, DefaultTemplateSID                                                          string
	CreatedAt, UpdatedAt                                                                 time.Time
	// Idle are parameters of what the mock does not have, by name: push, WhatsApp's senders and
	// passkeys. Clients may read them back.
	Idle map[string]string
}

// TOTP is how factors make their codes.
type TOTP struct {
	Alg        string // "sha1", "sha256" or "sha512"
	Skew       int    // accepted steps each way, 0 to 2
	CodeLength int    // 3 to 8
	TimeStep   int    // 20 to 60 seconds
}

// totpDefault is what a service has that nobody configured (OpenAPI document).
var totpDefault = TOTP{Alg: "sha1", Skew: 1, CodeLength: 6, TimeStep: 30}

// newService returns what a service is before its parameters are applied (capture of April 2022:
// landlines are skipped, lookups made and DTMF asked for).
func newService(name string, at time.Time) Service {
	return Service{FriendlyName: name, CodeLength: 6, TOTP: totpDefault, LookupEnabled: true,
		SkipSmsToLandlines: true, DtmfInputRequired: true, CreatedAt: at, UpdatedAt: at, Idle: map[string]string{}}
}

// service is a service with what it holds.
type service struct {
	Service
	entities   map[string]*entity // by identity, folded where case does not matter
	order      []*entity          // oldest first
	sent       sent
	rateLimits []*RateLimit
	webhooks   []*Webhook
}

func (s *service) sid() string { return s.SID }

// issuer is the issuer of the service's TOTP factors.
func (s *service) issuer() string {
	if s.Issuer != "" {
		return s.Issuer
	}
	return s.FriendlyName
}

// find returns a service; an unknown one is 20404 whatever the settings say of other resources.
// The caller holds mu.
func (a *Account) find(sid string) (*service, error) {
	if s := findNamed(a.services, sid, (*service).sid); s != nil {
		return s, nil
	}
	return nil, refuse(20404, "the account has no service with that SID")
}

// Service returns a service.
func (a *Account) Service(sid string) (Service, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(sid)
	if err != nil {
		return Service{}, err
	}
	return s.Service, nil
}

// Services lists all services, oldest first.
func (a *Account) Services() []Service {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make([]Service, len(a.services))
	for i, s := range a.services {
		all[i] = s.Service
	}
	return all
}

// mostServices keeps a runaway loop from filling the mock; the real service has a limit too, whose
// number is unknown.
const mostServices = 1000

// CreateService makes a service and applies change to it.
func (a *Account) CreateService(change func(*Service) error) (Service, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.services) >= mostServices {
		return Service{}, refuse(20429, "there are %d services already", mostServices)
	}
	made := newService("", date(a.seconds()))
	if err := change(&made); err != nil {
		return Service{}, err
	}
	if err := made.check(); err != nil {
		return Service{}, err
	}
	made.SID = a.newSID().text("VA")
	a.services = append(a.services, hold(made))
	return made, nil
}

// hold returns an empty service that is kept.
func hold(s Service) *service { return &service{Service: s, entities: map[string]*entity{}} }

// UpdateService applies change to a service.
func (a *Account) UpdateService(sid string, change func(*Service) error) (Service, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(sid)
	if err != nil {
		return Service{}, err
	}
	next := s.Service
	next.Idle = map[string]string{}
	maps.Copy(next.Idle, s.Idle)
	if err := change(&next); err != nil {
		return Service{}, err
	}
	if err := next.check(); err != nil {
		return Service{}, err
	}
	next.SID, next.UpdatedAt = s.SID, date(a.seconds())
	s.Service = next
	return next, nil
}

// DeleteService removes a service with everything in it.
func (a *Account) DeleteService(sid string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	services, err := without(a.services, sid, (*service).sid)
	a.services = services
	return err
}

// check says what is wrong with a service, as 60200.
func (s *Service) check() error {
	switch name := s.FriendlyName; {
	case name == "":
		return Missing("FriendlyName")
	case len(name) > 30 || strings.Trim(name, nameLetters) != "" || longestDigits(name) >= 5:
		return Invalid(60200, "FriendlyName",
			"want at most 30 letters, digits, blanks, dashes and underscores, and no long run of digits")
	case s.CodeLength < 4 || s.CodeLength > 10:
		return Invalid(60200, "CodeLength", "%d, want 4 to 10", s.CodeLength)
	}
	if _, ok := parseSID("HJ", s.DefaultTemplateSID); s.DefaultTemplateSID != "" && !ok {
		return Invalid(60200, "DefaultTemplateSid", "want HJ and 32 hexadecimal digits")
	}
	return s.TOTP.check(60200, "Totp.")
}

const nameLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -_"

func longestDigits(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if run++; r < '0' || r > '9' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// check says what is wrong with a configuration, with the given error code and names that begin
// with prefix.
func (t TOTP) check(code int, prefix string) error {
	switch {
	case t.TimeStep < 20 || t.TimeStep > 60:
		return Invalid(code, prefix+"TimeStep", "%d, want 20 to 60 seconds", t.TimeStep)
	case t.CodeLength < 3 || t.CodeLength > 8:
		return Invalid(code, prefix+"CodeLength", "%d, want 3 to 8", t.CodeLength)
	case t.Skew < 0 || t.Skew > 2:
		return Invalid(code, prefix+"Skew", "%d, want 0 to 2", t.Skew)
	}
	if _, ok := algorithms[t.Alg]; !ok {
		return Invalid(code, prefix+"Alg", "%.20q, want sha1, sha256 or sha512", t.Alg)
	}
	return nil
}
