package verify

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/internal/totp"
)

// algorithms are the values of Config.Alg.
var algorithms = map[string]totp.Algorithm{"sha1": totp.SHA1, "sha256": totp.SHA256, "sha512": totp.SHA512}

// Factor is a copy of one TOTP factor.
type Factor struct {
	SID, ServiceSID, EntitySID, Identity string
	FriendlyName                         string
	Verified                             bool
	Config                               TOTP
	Metadata                             string // JSON text; empty: none
	CreatedAt, UpdatedAt                 time.Time
	// Secret and URI are told by the wire once, at the creation.
	Secret, URI string
	// Why says how a code was judged, for the journal.
	Why string
}

// NewFactor describes a factor to make.
type NewFactor struct {
	FriendlyName string
	Secret       string // base32; empty: one is made
	Config       func(*TOTP)
	Metadata     string
}

// FactorChange is an update of a factor; nil and empty fields leave what is there.
type FactorChange struct {
	Code         string // AuthPayload
	FriendlyName string
	Config       func(*TOTP)
}

// factor is the compact form in memory.
type factor struct {
	sid              sid
	created, updated int64 // unix seconds
	name, secret     string
	metadata         string
	config           compactTOTP
	verified         bool
	tries            uint8        // wrong codes while unverified
	used             []int64      // steps whose codes were approved
	challenges       []*challenge // oldest first
}

// compactTOTP is a TOTP in five bytes.
type compactTOTP struct {
	alg                     totp.Algorithm
	skew, codeLength, steps uint8
}

func compact(t TOTP) compactTOTP {
	return compactTOTP{algorithms[t.Alg], uint8(t.Skew), uint8(t.CodeLength), uint8(t.TimeStep)}
}

func (c compactTOTP) view() TOTP {
	return TOTP{Alg: strings.ToLower(c.alg.String()), Skew: int(c.skew), CodeLength: int(c.codeLength),
		TimeStep: int(c.steps)}
}

// codes is how the factor's codes are made and when they pass.
func (f *factor) codes() totp.Codes {
	c := f.config
	return totp.Codes{Algorithm: c.alg, Window: totp.Window{Digits: int(c.codeLength), Period: int(c.steps),
		Past: int(c.skew), Future: int(c.skew)}}
}

func (f *factor) view(s *service, e *entity) Factor {
	return Factor{
		SID: f.sid.text("YF"), ServiceSID: s.SID, EntitySID: e.sid.text("YE"), Identity: e.identity,
		FriendlyName: f.name, Verified: f.verified, Config: f.config.view(), Metadata: f.metadata,
		CreatedAt: date(f.created), UpdatedAt: date(f.updated), Secret: f.secret, URI: f.uri(s),
	}
}

// uri is the content of the QR code, in the form of the OpenAPI document's example: a blank is %20,
// the algorithm upper-case.
func (f *factor) uri(s *service) string {
	issuer, t := url.PathEscape(s.issuer()), f.config.view()
	return "otpauth://totp/" + issuer + ":" + url.PathEscape(f.name) + "?secret=" + f.secret + "&issuer=" + issuer +
		"&algorithm=" + strings.ToUpper(t.Alg) + "&digits=" + strconv.Itoa(t.CodeLength) + "&period=" +
		strconv.Itoa(t.TimeStep)
}

// secretBytes is the length of a generated secret, as RFC 4226 recommends.
const secretBytes = 20

// CreateFactor makes an unverified factor, and its entity where there is none.
func (a *Account) CreateFactor(serviceSID, identity string, n NewFactor) (Factor, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return Factor{}, err
	}
	made, err := a.newFactor(s, n)
	if err != nil {
		return Factor{}, err
	}
	e := s.entities[a.fold(identity)]
	if e == nil {
		if e, err = a.newEntity(s, identity); err != nil {
			return Factor{}, err
		}
	}
	a.purge(e)
	if err := a.room(e, made); err != nil {
		return Factor{}, err
	}
	e.made.add(made.created)
	e.factors = append(e.factors, made)
	return made.view(s, e), nil
}

// newFactor makes a factor that belongs to nobody yet.
func (a *Account) newFactor(s *service, n NewFactor) (*factor, error) {
	if n.FriendlyName == "" {
		return nil, Missing("FriendlyName")
	}
	if len([]rune(n.FriendlyName)) > 64 {
		return nil, Invalid(60300, "FriendlyName", "more than 64 characters")
	}
	config := s.TOTP
	if n.Config != nil {
		n.Config(&config)
	}
	if err := config.check(60300, "Config."); err != nil {
		return nil, err
	}
	f := &factor{created: a.seconds(), name: n.FriendlyName, metadata: n.Metadata, config: compact(config)}
	f.updated = f.created
	if n.Secret == "" {
		raw := make([]byte, secretBytes)
		a.random(raw)
		f.secret = totp.Secret(raw)
	} else {
		var err error
		if f.secret, err = a.parseSecret(n.Secret); err != nil {
			return nil, err
		}
	}
	f.sid = a.newSID()
	return f, nil
}

// parseSecret reads an imported secret. Which forms the real service takes is unknown.
func (a *Account) parseSecret(text string) (string, error) {
	secret, err := totp.ParseShortSecret(text, a.settings.ShortestSecret)
	switch {
	case err != nil:
		return "", refuse(60314, "Binding.Secret: %v", err)
	case a.settings.SecretForm == "strict" && secret != text:
		return "", refuse(60314, "Binding.Secret: want upper-case base32 without blanks, dashes and padding, as the "+
			"setting secret_form says")
	}
	return secret, nil
}

// room says whether an entity may have one more factor.
func (a *Account) room(e *entity, made *factor) error {
	switch {
	case a.settings.SameSecret == "60317" && slices.ContainsFunc(e.factors,
		func(f *factor) bool { return f.secret == made.secret }):
		return refuse(60317, "the entity has a factor with that secret")
	case !a.settings.Limits:
	case len(e.factors) >= mostFactors:
		return refuse(60315, "%d factors of an entity are the limit", mostFactors)
	case e.made.full(made.created, 24*60*60, mostFactorsPerDay):
		return refuse(60326, "%d new factors of an entity in 24 hours are the limit", mostFactorsPerDay)
	}
	return nil
}

// purge forgets factors that stayed unverified for too long.
func (a *Account) purge(e *entity) {
	if oldest := a.seconds() - int64(a.settings.UnverifiedFor/time.Second); slices.ContainsFunc(e.factors,
		func(f *factor) bool { return !f.verified && f.created <= oldest }) {
		e.factors = slices.DeleteFunc(e.factors, func(f *factor) bool { return !f.verified && f.created <= oldest })
	}
}

// factor finds a factor of an entity. The caller holds mu.
func (a *Account) factor(serviceSID, identity, factorSID string) (*service, *entity, *factor, error) {
	s, e, err := a.lookup(serviceSID, identity)
	if err != nil {
		return nil, nil, nil, err
	}
	a.purge(e)
	if id, ok := parseSID("YF", factorSID); ok {
		for _, f := range e.factors {
			if f.sid == id {
				return s, e, f, nil
			}
		}
	}
	return nil, nil, nil, a.gone(60390, "the entity has no factor with that SID, or it was deleted, or stayed "+
		"unverified for too long")
}

// Factor returns a factor.
func (a *Account) Factor(serviceSID, identity, factorSID string) (Factor, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, f, err := a.factor(serviceSID, identity, factorSID)
	if err != nil {
		return Factor{}, err
	}
	return f.view(s, e), nil
}

// Factors lists the factors of an entity, oldest first.
func (a *Account) Factors(serviceSID, identity string) ([]Factor, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, err := a.lookup(serviceSID, identity)
	if err != nil {
		return nil, err
	}
	a.purge(e)
	list := make([]Factor, len(e.factors))
	for i, f := range e.factors {
		list[i] = f.view(s, e)
	}
	return list, nil
}

// DeleteFactor removes a factor with its challenges.
func (a *Account) DeleteFactor(serviceSID, identity, factorSID string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, e, f, err := a.factor(serviceSID, identity, factorSID)
	if err != nil {
		return err
	}
	e.factors = slices.DeleteFunc(e.factors, func(other *factor) bool { return other == f })
	return nil
}

// mostTries is how many wrong codes a factor or a challenge takes (60310, 60308).
const mostTries = 5

// UpdateFactor renames, configures and verifies a factor. A wrong code is no error: the factor just
// stays unverified (Twilio's note of 27 October 2021).
func (a *Account) UpdateFactor(serviceSID, identity, factorSID string, c FactorChange) (Factor, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, e, f, err := a.factor(serviceSID, identity, factorSID)
	if err != nil {
		return Factor{}, err
	}
	config := f.config.view()
	if c.Config != nil {
		c.Config(&config)
	}
	if err := config.check(60300, "Config."); err != nil {
		return Factor{}, err
	}
	if len([]rune(c.FriendlyName)) > 64 {
		return Factor{}, Invalid(60300, "FriendlyName", "more than 64 characters")
	}
	why := "nothing to judge"
	if c.Code != "" {
		if why, err = a.verify(f, c.Code); err != nil {
			return Factor{}, err
		}
	}
	if next := compact(config); next != f.config {
		f.config = next
		f.verified = f.verified && a.settings.ConfigChange == "keep"
	}
	if c.FriendlyName != "" {
		f.name = c.FriendlyName
	}
	f.updated = a.seconds()
	v := f.view(s, e)
	v.Why = why
	return v, nil
}

// verify judges the code that is to prove that the person has the secret.
func (a *Account) verify(f *factor, code string) (why string, err error) {
	switch {
	case f.verified && a.settings.Reverify == "ignore":
		return "the factor is verified already, so the code was not looked at", nil
	case f.tries >= mostTries:
		return "", refuse(60310, "%d wrong codes are the limit of a factor", mostTries)
	}
	if err := a.wellFormed(f, code); err != nil {
		return "", err
	}
	offset, ok := f.codes().Match(f.secret, code, a.now())
	if f.verified = ok; !ok {
		f.tries++
		return a.explain(f, code), nil
	}
	f.tries = 0
	return totp.Words(offset), nil
}

// wellFormed refuses what is no code of the factor's length, where the setting says so.
func (a *Account) wellFormed(f *factor, code string) error {
	if a.settings.MalformedCode == "60300" &&
		(len(code) != int(f.config.codeLength) || strings.Trim(code, "0123456789") != "") {
		return Invalid(60300, "AuthPayload", "not %d digits", f.config.codeLength)
	}
	return nil
}

// explain says how a wrong code missed.
func (a *Account) explain(f *factor, code string) string {
	if len(code) != int(f.config.codeLength) {
		return "the factor's codes have another length"
	}
	if words, ok := f.codes().Explain(f.secret, code, a.now()); ok {
		return words
	}
	return "not a code of this factor near this time"
}
