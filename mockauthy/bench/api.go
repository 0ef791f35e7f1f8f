package main

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/totp"
	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/internal/world"
)

// api is one of the two APIs that are measured, by the call that a login makes.
type api struct {
	name   string
	what   string // the call, in words
	people string // what there are many of
	must   float64
	step   time.Duration // of the clock, after which everybody has a fresh code
	method string
	path   string // of the bare handler
	status int
	body   string // a right answer of the mock, to the byte
	right  string // a part of it that no other answer has
	fill   func(w *world.World, n int) (crowd, error)
}

// crowd is everybody in a world.
type crowd interface {
	// request is what a client sends to have the present code of person i judged.
	request(i int) (string, error)
	// use has the present code of person i judged without any connection.
	use(i int) error
}

// apis are all that are measured.
func apis() []api {
	return []api{
		{name: "authy", what: "Authy's verify", people: "users", must: 0.75, step: 10 * time.Second,
			method: "GET", path: "/protected/json/verify/{token}/{id}", status: 200, body: authyBody,
			right: `"token":"is valid"`, fill: fillAuthy},
		// With a quarter of an hour between two codes, nobody has more challenges in an hour or a
		// day than Twilio allows.
		{name: "verify", what: "a challenge of Verify", people: "factors", must: 0.6, step: 16 * time.Minute,
			method: "POST", path: "/v2/Services/{service}/Entities/{identity}/Challenges", status: 201,
			body: verifyBody, right: `"status":"approved"`, fill: fillVerify},
	}
}

func apiOf(name string) (api, error) {
	for _, a := range apis() {
		if a.name == name {
			return a, nil
		}
	}
	return api{}, fmt.Errorf("-api %q: want authy or verify", name)
}

const authyBody = `{"message":"Token is valid.","token":"is valid","success":"true","device":{"city":"Lyon",` +
	`"country":"France","ip":"192.0.2.10","region":"Rhone","registration_city":"Lyon",` +
	`"registration_country":"France","registration_ip":"192.0.2.10","registration_method":"push",` +
	`"registration_region":"Rhone","os_type":"android","last_account_recovery_at":null,"id":1234567890,` +
	`"registration_date":1700000000,"last_sync_date":1700000000}}`

// authyUsers have the app, as users/new makes them. Their ids follow one another.
type authyUsers struct {
	app   *authy.App
	first int64
}

func fillAuthy(w *world.World, n int) (crowd, error) {
	u := &authyUsers{app: w.App}
	for i := range n {
		made, err := w.App.Register(authy.Registration{Email: fmt.Sprintf("user%07d@bench.test", i),
			Cellphone: fmt.Sprintf("201%07d", i), CountryCode: "1"})
		if err != nil {
			return nil, err
		}
		if i == 0 {
			u.first = made.User
		}
	}
	return u, nil
}

func (u *authyUsers) request(i int) (string, error) {
	id := u.first + int64(i)
	c, err := u.app.Code(id, authy.AppFamily, 0)
	return fmt.Sprintf(
		"GET /protected/json/verify/%s/%d?force=true HTTP/1.1\r\nHost: mock.test\r\nUser-Agent: bench\r\n"+
			"X-Authy-API-Key: %s\r\n\r\n",
		c.Token,
		id,
		key,
	), err
}

func (u *authyUsers) use(i int) error {
	id := u.first + int64(i)
	c, err := u.app.Code(id, authy.AppFamily, 0)
	if err != nil {
		return err
	}
	v := u.app.Verify(authy.VerifyRequest{User: strconv.FormatInt(id, 10), Token: c.Token, Force: true})
	if !v.Accepted {
		return fmt.Errorf("user %d: %s", id, v.Reason)
	}
	return nil
}

const verifyBody = `{"sid":"YC0123456789abcdef0123456789abcdef","account_sid":"AC0123456789abcdef0123456789abcdef",` +
	`"service_sid":"VA0123456789abcdef0123456789abcdef","entity_sid":"YE0123456789abcdef0123456789abcdef",` +
	`"identity":"person-0000001","factor_sid":"YF0123456789abcdef0123456789abcdef",` +
	`"date_created":"2026-11-26T20:55:01Z","date_updated":"2026-11-26T20:55:01Z",` +
	`"date_responded":"2026-11-26T20:55:01Z","expiration_date":"2026-11-26T21:00:01Z","status":"approved",` +
	`"responded_reason":"none","details":null,"hidden_details":null,"metadata":null,"factor_type":"totp",` +
	`"url":"http://mock.test/v2/Services/VA0123456789abcdef0123456789abcdef/Entities/person-0000001/Challenges/` +
	`YC0123456789abcdef0123456789abcdef","links":{"notifications":"http://mock.test/v2/Services/` +
	`VA0123456789abcdef0123456789abcdef/Entities/person-0000001/Challenges/YC0123456789abcdef0123456789abcdef/` +
	`Notifications"}}`

// verifyFactors are verified, one for each entity.
type verifyFactors struct {
	account *verify.Account
	now     func() time.Time
	sids    []string
	secrets []string
}

var window = totp.Window{Digits: 6, Period: 30, Past: 1, Future: 1}

func personOf(i int) string { return fmt.Sprintf("person-%07d", i) }

func fillVerify(w *world.World, n int) (crowd, error) {
	f := &verifyFactors{account: w.Verify, now: w.Clock.Now, sids: make([]string, n), secrets: make([]string, n)}
	service, settings := w.Verify.Credentials().ServiceSID, *w.Verify.Settings()
	unlimited := settings
	unlimited.Limits = false // of new entities in a second
	if err := w.Verify.SetSettings(unlimited); err != nil {
		return nil, err
	}
	for i := range n {
		made, err := w.Verify.CreateFactor(service, personOf(i), verify.NewFactor{FriendlyName: "bench"})
		if err != nil {
			return nil, err
		}
		f.sids[i], f.secrets[i] = made.SID, made.Secret
		_, err = w.Verify.UpdateFactor(service, personOf(i), made.SID, verify.FactorChange{Code: f.code(i)})
		if err != nil {
			return nil, err
		}
	}
	return f, w.Verify.SetSettings(settings)
}

func (f *verifyFactors) code(i int) string { return window.Code(f.secrets[i], window.Step(f.now())) }

func (f *verifyFactors) request(i int) (string, error) {
	own := f.account.Credentials()
	form := "FactorSid=" + f.sids[i] + "&AuthPayload=" + f.code(i)
	return fmt.Sprintf(
		"POST /v2/Services/%s/Entities/%s/Challenges HTTP/1.1\r\nHost: mock.test\r\nUser-Agent: bench\r\n"+
			"Authorization: Basic %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"+
			"Content-Length: %d\r\n\r\n%s",
		own.ServiceSID,
		personOf(i),
		base64.StdEncoding.EncodeToString([]byte(own.AccountSID+":"+own.AuthToken)),
		len(form),
		form,
	), nil
}

func (f *verifyFactors) use(i int) error {
	c, err := f.account.CreateChallenge(f.account.Credentials().ServiceSID, personOf(i),
		verify.NewChallenge{FactorSID: f.sids[i], Code: f.code(i)})
	if err == nil && c.Status != "approved" {
		err = fmt.Errorf("factor %d: %s", i, c.Why)
	}
	return err
}

// bytes is what the bench remembers of each factor besides what the mock does: two headers and a
// SID.
func (f *verifyFactors) bytes() uint64 { return 2*16 + 48 }
