package verify

import (
	"slices"
	"time"

	"sftpgo-authy/mockauthy/internal/totp"
)

// Challenge is a copy of one challenge.
type Challenge struct {
	SID, ServiceSID, EntitySID, Identity, FactorSID string
	Status                                          string // "pending", "expired" or "approved"
	Reason                                          string // "none" or "not_requested"
	Details                                         *Details
	Hidden, Metadata                                string // JSON texts; empty: none
	CreatedAt, UpdatedAt, ExpiresAt                 time.Time
	RespondedAt                                     time.Time // zero: not answered
	// Why says how the code was judged, for the journal.
	Why string
}

// Details are what a push would show.
type Details struct {
	Message string
	Date    time.Time
	Fields  []DetailField
}

// DetailField is one line of Details.
type DetailField struct{ Label, Value string }

// NewChallenge describes a challenge to make.
type NewChallenge struct {
	FactorSID string
	Code      string    // AuthPayload; empty: the challenge waits for an update
	Expires   time.Time // zero: in five minutes
	Details   *Details
	Hidden    string
}

// challenge is the compact form in memory.
type challenge struct {
	sid                                  sid
	created, updated, expires, responded int64 // unix seconds; responded 0: not answered
	tries                                uint8
	approved                             bool
	hidden, metadata                     string
	details                              *Details
}

// Limits of challenges (OpenAPI document, error dictionary).
const (
	usualLife      = 5 * 60  // seconds
	longestLife    = 60 * 60 // seconds
	keptChallenges = 200     // of a factor; more than can be made in a day
)

// status is what the wire says, by the clock.
func (c *challenge) status(now int64) string {
	switch {
	case c.approved:
		return "approved"
	case now >= c.expires:
		return "expired"
	}
	return "pending"
}

func (a *Account) viewChallenge(s *service, e *entity, f *factor, c *challenge) Challenge {
	v := Challenge{
		SID: c.sid.text("YC"), ServiceSID: s.SID, EntitySID: e.sid.text("YE"), Identity: e.identity,
		FactorSID: f.sid.text("YF"), Status: c.status(a.seconds()), Reason: "none", Details: c.details,
		Hidden: c.hidden, Metadata: c.metadata, CreatedAt: date(c.created), UpdatedAt: date(c.updated),
		ExpiresAt: date(c.expires), RespondedAt: date(c.responded),
	}
	if a.settings.DateResponded == "set" && c.responded == 0 {
		v.RespondedAt = v.CreatedAt
	}
	return v
}

// CreateChallenge makes a challenge and judges the code that comes with it. A wrong code is no
// error unless the setting wrong_code says so: the challenge is pending.
func (a *Account) CreateChallenge(serviceSID, identity string, n NewChallenge) (Challenge, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n.FactorSID == "" {
		return Challenge{}, Missing("FactorSid")
	}
	s, e, f, err := a.factor(serviceSID, identity, n.FactorSID)
	if err != nil {
		return Challenge{}, err
	}
	if n.Code != "" {
		if err := a.wellFormed(f, n.Code); err != nil {
			return Challenge{}, err
		}
	}
	now := a.seconds()
	expires, err := a.expiry(now, n.Expires)
	switch {
	case err != nil:
		return Challenge{}, err
	case !f.verified:
		return Challenge{}, refuse(60318, "the factor was never verified by a right code")
	case a.settings.Limits:
		if err := a.limited(f, now); err != nil {
			return Challenge{}, err
		}
	}
	c := &challenge{sid: a.newSID(), created: now, updated: now, expires: expires, hidden: n.Hidden, details: n.Details}
	if c.details != nil {
		c.details.Date = date(now)
	}
	if len(f.challenges) >= keptChallenges {
		f.challenges = slices.Delete(f.challenges, 0, 1)
	}
	f.challenges = append(f.challenges, c)
	why := "no code yet"
	if n.Code != "" {
		if why, err = a.respond(f, c, n.Code); err != nil {
			return Challenge{}, err
		}
	}
	v := a.viewChallenge(s, e, f, c)
	v.Why = why
	return v, nil
}

// expiry returns when a challenge ends.
func (a *Account) expiry(now int64, wanted time.Time) (int64, error) {
	if wanted.IsZero() {
		return now + usualLife, nil
	}
	at := wanted.Unix()
	if a.settings.ExpirationDate == "clamp" {
		return min(max(at, now), now+longestLife), nil
	}
	if at <= now || at > now+longestLife {
		return 0, Invalid(60300, "ExpirationDate", "want a time within the next hour")
	}
	return at, nil
}

// limited says whether the factor has had as many challenges as the error dictionary allows
// (60312): 50 in an hour and 100 in a day, or 10 in a day for codes of four digits and less.
func (a *Account) limited(f *factor, now int64) error {
	perHour, perDay := 50, 100
	if f.config.codeLength <= 4 {
		perHour, perDay = 10, 10
	}
	hour, day := 0, 0
	for _, c := range f.challenges {
		age := now - c.created
		if age < 0 || age >= 24*60*60 || !a.settings.CountFailed && !c.approved {
			continue
		}
		if day++; age < 60*60 {
			hour++
		}
	}
	switch {
	case day >= perDay:
		return refuse(60312, "%d challenges of a factor in 24 hours are the limit", perDay)
	case hour >= perHour:
		return refuse(60312, "%d challenges of a factor in an hour are the limit", perHour)
	}
	return nil
}

// respond judges a code for a pending challenge.
func (a *Account) respond(f *factor, c *challenge, code string) (why string, err error) {
	now := a.now()
	codes := f.codes()
	offset, ok := codes.Match(f.secret, code, now)
	switch step := codes.Step(now) + int64(offset); {
	case !ok:
		why = a.explain(f, code)
	case a.settings.Replay == "refuse" && slices.Contains(f.used, step):
		why = totp.Words(offset) + " was used before"
	default:
		f.use(step, codes.Step(now)-int64(codes.Past))
		c.approved, c.responded, c.updated = true, now.Unix(), now.Unix()
		return totp.Words(offset), nil
	}
	c.tries++
	c.updated = now.Unix()
	if a.settings.WrongCode == "60324" {
		return "", refuse(60324, "%s", why)
	}
	return why, nil
}

// maxUsed is how many used steps are kept before those that can no longer match are dropped. They
// are not dropped at once, because a test may turn the clock back.
const maxUsed = 64

// use remembers a step whose code was approved. Steps from oldest on can still match.
func (f *factor) use(step, oldest int64) {
	if len(f.used) >= maxUsed {
		f.used = slices.DeleteFunc(f.used, func(s int64) bool { return s < oldest })
	}
	f.used = append(f.used, step)
}

// challenge finds a challenge of an entity. The caller holds mu.
func (a *Account) challenge(serviceSID, identity, challengeSID string) (*service, *entity, *factor, *challenge, error) {
	s, e, err := a.lookup(serviceSID, identity)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	a.purge(e)
	if id, ok := parseSID("YC", challengeSID); ok {
		for _, f := range e.factors {
			for _, c := range f.challenges {
				if c.sid == id {
					return s, e, f, c, nil
				}
			}
		}
	}
	return nil, nil, nil, nil, a.gone(60391, "the entity has no challenge with that SID")
}

// Challenge returns a challenge.
func (a *Account) Challenge(serviceSID, identity, challengeSID string) (Challenge, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, f, c, err := a.challenge(serviceSID, identity, challengeSID)
	if err != nil {
		return Challenge{}, err
	}
	return a.viewChallenge(s, e, f, c), nil
}

// Challenges lists the challenges of an entity, oldest first, of one factor and with one status
// where those are given.
func (a *Account) Challenges(serviceSID, identity, factorSID, status string) ([]Challenge, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, err := a.lookup(serviceSID, identity)
	if err != nil {
		return nil, err
	}
	a.purge(e)
	list := []Challenge{}
	for _, f := range e.factors {
		if factorSID != "" && f.sid.text("YF") != factorSID {
			continue
		}
		for _, c := range f.challenges {
			if status == "" || c.status(a.seconds()) == status {
				list = append(list, a.viewChallenge(s, e, f, c))
			}
		}
	}
	slices.SortStableFunc(list, func(x, y Challenge) int { return x.CreatedAt.Compare(y.CreatedAt) })
	return list, nil
}

// UpdateChallenge judges a code for a challenge that waits for one, and sets its metadata.
func (a *Account) UpdateChallenge(serviceSID, identity, challengeSID, code, metadata string) (Challenge, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, f, c, err := a.challenge(serviceSID, identity, challengeSID)
	if err != nil {
		return Challenge{}, err
	}
	why := "nothing to judge"
	if code != "" {
		if err := a.answerable(f, c); err != nil {
			return Challenge{}, err
		}
		if err := a.wellFormed(f, code); err != nil {
			return Challenge{}, err
		}
		if why, err = a.respond(f, c, code); err != nil {
			return Challenge{}, err
		}
	}
	if metadata != "" {
		c.metadata = metadata
	}
	v := a.viewChallenge(s, e, f, c)
	v.Why = why
	return v, nil
}

// answerable says whether a challenge takes a code.
func (a *Account) answerable(f *factor, c *challenge) error {
	switch {
	case c.approved:
		return refuse(60322, "the challenge is approved")
	case a.seconds() >= c.expires:
		return refuse(60323, "the challenge ended at %s", date(c.expires).Format(time.RFC3339))
	case !f.verified:
		return refuse(60318, "the factor is not verified")
	case c.tries >= mostTries:
		return refuse(60308, "%d wrong codes are the limit of a challenge", mostTries)
	}
	return nil
}
