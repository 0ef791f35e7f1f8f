package verify

import (
	"cmp"
	"errors"
	"fmt"
	"time"
)

// State is a whole account; Restore(Snapshot()) changes nothing.
type State struct {
	Settings Settings
	// Services are oldest first; nil is the one service that an account starts with.
	Services []ServiceState
}

// ServiceState is a service with what it holds. Its SID is made where it has none; that of the
// first service is then the one of [Credentials].
type ServiceState struct {
	Service
	Entities      []EntityState
	Verifications []VerificationState
	RateLimits    []RateLimit
	Webhooks      []Webhook
}

// VerificationState is a code that was sent.
type VerificationState struct {
	Verification
	Code   string
	Checks int // wrong ones
}

// EntityState is an entity with its factors. Its SID is made where it has none.
type EntityState struct {
	SID, Identity        string
	CreatedAt, UpdatedAt time.Time
	Factors              []FactorState
}

// FactorState is a factor with its challenges. Its SID and its secret are made where it has none.
type FactorState struct {
	SID, FriendlyName, Secret string
	Verified                  bool
	Config                    TOTP
	Metadata                  string
	CreatedAt, UpdatedAt      time.Time
	Tries                     int     // wrong codes while unverified
	Used                      []int64 // steps whose codes were approved
	Challenges                []ChallengeState
}

// ChallengeState is a challenge of a factor.
type ChallengeState struct {
	SID                                          string
	CreatedAt, UpdatedAt, ExpiresAt, RespondedAt time.Time
	Tries                                        int
	Approved                                     bool
	Hidden, Metadata                             string
	Details                                      *Details
}

// NewState is an account with its first service and the default settings.
func NewState() State { return State{Settings: DefaultSettings()} }

// Problem says what is wrong with settings, or with a state and in which field
// ("verify.services[0].entities[2].identity").
type Problem struct {
	Field string
	Err   error
}

// Error is field and message in one line.
func (p *Problem) Error() string {
	if p.Field == "" {
		return p.Err.Error()
	}
	return p.Field + ": " + p.Err.Error()
}

// Unwrap returns the message alone.
func (p *Problem) Unwrap() error { return p.Err }

// Snapshot copies the whole account.
func (a *Account) Snapshot() State {
	a.mu.Lock()
	defer a.mu.Unlock()
	st := State{Settings: *a.settings, Services: make([]ServiceState, 0, len(a.services))}
	for _, s := range a.services {
		kept := ServiceState{Service: s.Service, Entities: make([]EntityState, 0, len(s.order))}
		for _, e := range s.order {
			kept.Entities = append(kept.Entities, e.state())
		}
		for _, v := range s.sent.order {
			kept.Verifications = append(kept.Verifications, VerificationState{v.view(), v.code, v.checks})
		}
		for _, r := range s.rateLimits {
			kept.RateLimits = append(kept.RateLimits, r.view())
		}
		for _, w := range s.webhooks {
			kept.Webhooks = append(kept.Webhooks, *w)
		}
		st.Services = append(st.Services, kept)
	}
	return st
}

func (e *entity) state() EntityState {
	st := EntityState{
		SID:       e.sid.text("YE"),
		Identity:  e.identity,
		CreatedAt: date(e.created),
		UpdatedAt: date(e.updated),
	}
	for _, f := range e.factors {
		kept := FactorState{SID: f.sid.text("YF"), FriendlyName: f.name, Secret: f.secret, Verified: f.verified,
			Config: f.config.view(), Metadata: f.metadata, CreatedAt: date(f.created), UpdatedAt: date(f.updated),
			Tries: int(f.tries), Used: append([]int64(nil), f.used...)}
		for _, c := range f.challenges {
			kept.Challenges = append(kept.Challenges, ChallengeState{SID: c.sid.text("YC"), CreatedAt: date(c.created),
				UpdatedAt: date(c.updated), ExpiresAt: date(c.expires), RespondedAt: date(c.responded),
				Tries: int(c.tries), Approved: c.approved, Hidden: c.hidden, Metadata: c.metadata, Details: c.details})
		}
		st.Factors = append(st.Factors, kept)
	}
	return st
}

// Restore replaces everything in the account by st; when st is invalid, nothing changes. Errors are
// [*Problem].
func (a *Account) Restore(st State) error {
	if err := st.Settings.Validate(); err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	next := &Account{now: a.now, rand: a.rand, deliver: a.deliver, own: a.own, settings: &st.Settings}
	if st.Services == nil {
		st.Services = []ServiceState{{Service: newService("Mock Verify", date(a.seconds()))}}
	}
	for i, s := range st.Services {
		if err := next.restoreService(i, s); err != nil {
			return err
		}
	}
	a.settings, a.services, a.born = next.settings, next.services, nil
	return nil
}

func (a *Account) restoreService(i int, st ServiceState) error {
	field := fmt.Sprintf("verify.services[%d]", i)
	made := st.Service
	if made.TOTP == (TOTP{}) {
		made.TOTP = totpDefault
	}
	made.CodeLength = cmp.Or(made.CodeLength, 6)
	made.FriendlyName = cmp.Or(made.FriendlyName, "Mock Verify")
	if err := made.check(); err != nil {
		return wrong(field, err)
	}
	if made.SID == "" && i == 0 {
		made.SID = a.own.ServiceSID
	}
	id, err := a.keptSID("VA", made.SID)
	if err != nil {
		return &Problem{field + ".sid", err}
	}
	made.SID = id.text("VA")
	if _, err := a.find(made.SID); err == nil {
		return &Problem{field + ".sid", fmt.Errorf("another service has %s too", made.SID)}
	}
	made.CreatedAt, made.UpdatedAt = a.dates(made.CreatedAt, made.UpdatedAt)
	s := hold(made)
	for n, e := range st.Entities {
		if err := a.restoreEntity(s, fmt.Sprintf("%s.entities[%d]", field, n), e); err != nil {
			return err
		}
	}
	a.services = append(a.services, s)
	return s.restoreRest(field, st)
}

// restoreRest restores everything but the entities.
func (s *service) restoreRest(field string, st ServiceState) error {
	for i, v := range st.Verifications {
		if v.SID == "" || v.To == "" || v.Code == "" || len(v.Sends) == 0 {
			return &Problem{fmt.Sprintf("%s.verifications[%d]", field, i),
				errors.New("want a sid, to, a code and one send at least")}
		}
		kept := &verification{Verification: v.Verification, code: v.Code, checks: v.Checks}
		kept.ServiceSID = s.SID
		s.sent.keep(kept)
	}
	for i, r := range st.RateLimits {
		if r.SID == "" || r.UniqueName == "" {
			return &Problem{fmt.Sprintf("%s.rate_limits[%d]", field, i), errors.New("want a sid and a unique_name")}
		}
		kept := r.view()
		kept.counts = map[string]window{}
		s.rateLimits = append(s.rateLimits, &kept)
	}
	for i, w := range st.Webhooks {
		if err := w.check(); err != nil {
			return wrong(fmt.Sprintf("%s.webhooks[%d]", field, i), err)
		}
		s.webhooks = append(s.webhooks, &w)
	}
	return nil
}

func (a *Account) restoreEntity(s *service, field string, st EntityState) error {
	if err := CheckIdentity(st.Identity); err != nil {
		return wrong(field, err)
	}
	if s.entities[a.fold(st.Identity)] != nil {
		return &Problem{field + ".identity", fmt.Errorf("another entity has %s too", st.Identity)}
	}
	id, err := a.keptSID("YE", st.SID)
	if err != nil {
		return &Problem{field + ".sid", err}
	}
	created, updated := a.dates(st.CreatedAt, st.UpdatedAt)
	e := &entity{sid: id, identity: st.Identity, created: created.Unix(), updated: updated.Unix()}
	for n, f := range st.Factors {
		if err := a.restoreFactor(s, e, fmt.Sprintf("%s.factors[%d]", field, n), f); err != nil {
			return err
		}
	}
	a.keepEntity(s, e)
	return nil
}

func (a *Account) restoreFactor(s *service, e *entity, field string, st FactorState) error {
	f, err := a.newFactor(s, NewFactor{FriendlyName: cmp.Or(st.FriendlyName, e.identity), Secret: st.Secret,
		Metadata: st.Metadata, Config: func(t *TOTP) {
			if st.Config != (TOTP{}) {
				*t = st.Config
			}
		}})
	if err != nil {
		return wrong(field, err)
	}
	if f.sid, err = a.keptSID("YF", st.SID); err != nil {
		return &Problem{field + ".sid", err}
	}
	created, updated := a.dates(st.CreatedAt, st.UpdatedAt)
	f.created, f.updated = created.Unix(), updated.Unix()
	f.verified, f.tries, f.used = st.Verified, uint8(min(max(st.Tries, 0), mostTries)), append(f.used, st.Used...)
	for n, c := range st.Challenges {
		id, err := a.keptSID("YC", c.SID)
		if err != nil {
			return &Problem{fmt.Sprintf("%s.challenges[%d].sid", field, n), err}
		}
		kept := &challenge{sid: id, created: c.CreatedAt.Unix(), updated: c.UpdatedAt.Unix(),
			expires: c.ExpiresAt.Unix(), tries: uint8(min(max(c.Tries, 0), mostTries)), approved: c.Approved,
			hidden: c.Hidden, metadata: c.Metadata, details: c.Details}
		if !c.RespondedAt.IsZero() {
			kept.responded = c.RespondedAt.Unix()
		}
		f.challenges = append(f.challenges, kept)
	}
	e.factors = append(e.factors, f)
	return nil
}

// keptSID reads a SID of a state, or draws one where there is none.
func (a *Account) keptSID(letters, text string) (sid, error) {
	if text == "" {
		return a.newSID(), nil
	}
	id, ok := parseSID(letters, text)
	if !ok {
		return id, fmt.Errorf("%.40q is no SID, want %s and 32 hex digits, or nothing", text, letters)
	}
	return id, nil
}

// dates fills in the present for what a state leaves out.
func (a *Account) dates(created, updated time.Time) (time.Time, time.Time) {
	if created.IsZero() {
		created = date(a.seconds())
	}
	if updated.IsZero() {
		updated = created
	}
	return created, updated
}

// wrong names the place of what an error of the wire is about.
func wrong(field string, err error) error {
	if e, ok := err.(*Error); ok {
		return &Problem{field, fmt.Errorf("%s", e.Reason)}
	}
	return &Problem{field, err}
}
