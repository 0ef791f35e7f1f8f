package main

import (
	"fmt"
	"strings"
	"time"

	verify "github.com/twilio/twilio-go/rest/verify/v2"
)

func (d driver) services() {
	made := must(d.api.CreateService(&verify.CreateServiceParams{FriendlyName: ptr("Driven by Go"),
		TotpIssuer: ptr("Files"), TotpTimeStep: ptr(60), TotpCodeLength: ptr(8), TotpSkew: ptr(2), CodeLength: ptr(5)}))
	sid := str(made.Sid)
	want(strings.HasPrefix(sid, "VA") && len(sid) == 34, "sid %s", sid)
	same("friendly name", str(made.FriendlyName), "Driven by Go")
	same("code length", made.CodeLength, 5)
	totp := (*made.Totp).(map[string]any)
	same("issuer", totp["issuer"], any("Files"))
	same("time step", totp["time_step"], any(60.0))
	want(made.DateCreated != nil && made.Links != nil && (*made.Links)["entities"] != nil, "no date or links: %+v", made)

	same("renamed", str(must(d.api.UpdateService(sid, &verify.UpdateServiceParams{
		FriendlyName: ptr("Renamed")})).FriendlyName), "Renamed")
	same("fetched", str(must(d.api.FetchService(sid)).FriendlyName), "Renamed")
	same("url", str(must(d.api.FetchService(sid)).Url), "https://verify.twilio.com/v2/Services/"+sid)
	found := 0
	for _, s := range must(d.api.ListService(&verify.ListServiceParams{})) {
		if str(s.Sid) == sid || str(s.Sid) == d.service {
			found++
		}
	}
	same("services of ours in the list", found, 2)

	// a factor inherits what the service says
	factor := must(d.api.CreateNewFactor(sid, "inherits-"+sid[2:10], newFactor("")))
	config := (*factor.Config).(map[string]any)
	same("inherited length", config["code_length"], any(8.0))
	same("inherited skew", config["skew"], any(2.0))
	want(strings.HasPrefix(binding(factor)["uri"].(string), "otpauth://totp/Files:"), "uri %v", binding(factor)["uri"])

	done(d.api.DeleteService(sid))
	_, err := d.api.FetchService(sid)
	refused(err, 404, 20404)
	_, err = d.api.CreateService(&verify.CreateServiceParams{})
	want(err != nil, "a service without a name was made")
}

func (d driver) entities() {
	made := must(d.api.CreateEntity(d.service, &verify.CreateEntityParams{Identity: ptr("go-entity-1")}))
	want(strings.HasPrefix(str(made.Sid), "YE"), "sid %s", str(made.Sid))
	_, err := d.api.CreateEntity(d.service, &verify.CreateEntityParams{Identity: ptr("go-entity-1")})
	refused(err, 409, 60301)
	same("fetched", str(must(d.api.FetchEntity(d.service, "go-entity-1")).Sid), str(made.Sid))
	want(len(must(d.api.ListEntity(d.service, &verify.ListEntityParams{}))) > 0, "no entities")

	factor := str(must(d.api.CreateNewFactor(d.service, "go-entity-1", newFactor(""))).Sid)
	done(d.api.DeleteEntity(d.service, "go-entity-1"))
	_, err = d.api.FetchEntity(d.service, "go-entity-1")
	refused(err, 404, 20404)
	_, err = d.api.FetchFactor(d.service, "go-entity-1", factor)
	refused(err, 404, 20404)
	_, err = d.api.CreateEntity(d.service, &verify.CreateEntityParams{Identity: ptr("short")})
	want(err != nil, "an identity of 5 characters was taken")
}

// newFactor is a TOTP factor; an empty secret is left to Twilio.
func newFactor(secret string) *verify.CreateNewFactorParams {
	p := &verify.CreateNewFactorParams{FriendlyName: ptr("ann's phone"), FactorType: ptr("totp")}
	if secret != "" {
		p.BindingSecret = ptr(secret)
	}
	return p
}

func binding(f *verify.VerifyV2NewFactor) map[string]any {
	want(f.Binding != nil, "the factor came without its binding")
	return (*f.Binding).(map[string]any)
}

func (d driver) factors() {
	const identity, secret = "go-factor-1", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	made := must(d.api.CreateNewFactor(d.service, identity, newFactor(secret)))
	sid := str(made.Sid)
	same("status", str(made.Status), "unverified")
	same("type", str(made.FactorType), "totp")
	same("secret", binding(made)["secret"], any(secret))
	uri := binding(made)["uri"].(string)
	for _, part := range []string{"otpauth://totp/", "ann%27s%20phone", "secret=" + secret, "algorithm=SHA1", "digits=6",
		"period=30"} {
		want(strings.Contains(uri, part) || part == "ann%27s%20phone" && strings.Contains(uri, "ann's%20phone"),
			"uri %s has no %s", uri, part)
	}
	fetched := must(d.api.FetchFactor(d.service, identity, sid))
	same("fetched", str(fetched.Sid), sid)
	same("identity", str(fetched.Identity), identity)

	same("after a wrong code", str(must(d.api.UpdateFactor(d.service, identity, sid,
		(&verify.UpdateFactorParams{}).SetAuthPayload(wrong(sid)))).Status), "unverified")
	same("after the right code", str(must(d.api.UpdateFactor(d.service, identity, sid,
		(&verify.UpdateFactorParams{}).SetAuthPayload(code(sid)))).Status), "verified")
	same("renamed", str(must(d.api.UpdateFactor(d.service, identity, sid,
		(&verify.UpdateFactorParams{}).SetFriendlyName("tablet"))).FriendlyName), "tablet")
	same("in the list", str(must(d.api.ListFactor(d.service, identity, &verify.ListFactorParams{}))[0].Status), "verified")

	done(d.api.DeleteFactor(d.service, identity, sid))
	_, err := d.api.FetchFactor(d.service, identity, sid)
	refused(err, 404, 20404)
	_, err = d.api.CreateNewFactor(d.service, identity, newFactor("not base32!"))
	refused(err, 400, 60314)

	for _, alg := range []string{"sha256", "sha512"} { // other kinds of codes
		p := newFactor("").SetConfigAlg(alg).SetConfigCodeLength(8).SetConfigTimeStep(60).SetConfigSkew(0)
		f := str(must(d.api.CreateNewFactor(d.service, identity, p)).Sid)
		same("digits", len(code(f)), 8)
		same(alg, str(must(d.api.UpdateFactor(d.service, identity, f,
			(&verify.UpdateFactorParams{}).SetAuthPayload(code(f)))).Status), "verified")
	}
}

func (d driver) factorLimit() {
	sid := str(must(d.api.CreateNewFactor(d.service, "go-factor-2", newFactor(""))).Sid)
	for range 5 {
		must(d.api.UpdateFactor(d.service, "go-factor-2", sid, (&verify.UpdateFactorParams{}).SetAuthPayload(wrong(sid))))
	}
	_, err := d.api.UpdateFactor(d.service, "go-factor-2", sid,
		(&verify.UpdateFactorParams{}).SetAuthPayload(code(sid)))
	refused(err, 429, 60310)
}

// verified makes a factor that may be used.
func (d driver) verified(identity string) string {
	sid := str(must(d.api.CreateNewFactor(d.service, identity, newFactor(""))).Sid)
	same("status", str(must(d.api.UpdateFactor(d.service, identity, sid,
		(&verify.UpdateFactorParams{}).SetAuthPayload(code(sid)))).Status), "verified")
	later(step)
	return sid
}

func (d driver) challenge(identity, factor, payload string) *verify.VerifyV2Challenge {
	p := &verify.CreateChallengeParams{FactorSid: ptr(factor)}
	if payload != "" {
		p.AuthPayload = ptr(payload)
	}
	return must(d.api.CreateChallenge(d.service, identity, p))
}

func (d driver) answer(identity, challenge, payload string) (*verify.VerifyV2Challenge, error) {
	return d.api.UpdateChallenge(d.service, identity, challenge,
		&verify.UpdateChallengeParams{AuthPayload: ptr(payload)})
}

func (d driver) challenges() {
	const identity = "go-challenge-1"
	factor := d.verified(identity)

	used := code(factor)
	right := d.challenge(identity, factor, used)
	same("right code", str(right.Status), "approved")
	same("factor", str(right.FactorSid), factor)
	same("identity", str(right.Identity), identity)
	same("reason", str(right.RespondedReason), "none")
	want(right.ExpirationDate.Sub(*right.DateCreated) == 5*time.Minute, "expires at %v", right.ExpirationDate)
	same("the same code again", str(d.challenge(identity, factor, used).Status), "pending")
	same("wrong code", str(d.challenge(identity, factor, wrong(factor)).Status), "pending")

	later(step)
	asked := d.challenge(identity, factor, "")
	sid := str(asked.Sid)
	same("no code", str(asked.Status), "pending")
	same("wrong answer", str(must(d.answer(identity, sid, wrong(factor))).Status), "pending")
	same("right answer", str(must(d.answer(identity, sid, code(factor))).Status), "approved")
	same("fetched", str(must(d.api.FetchChallenge(d.service, identity, sid)).Status), "approved")

	later(step)
	detailed := must(d.api.CreateChallenge(d.service, identity, &verify.CreateChallengeParams{FactorSid: ptr(factor),
		HiddenDetails:  ptr(any(map[string]string{"ip": "192.0.2.7"})),
		DetailsMessage: ptr("Log in?"), ExpirationDate: ptr(right.DateCreated.Add(30 * time.Minute))}))
	same("hidden details", fmt.Sprint(*detailed.HiddenDetails), "map[ip:192.0.2.7]")
	want(detailed.ExpirationDate.Equal(right.DateCreated.Add(30*time.Minute)), "expires at %v", detailed.ExpirationDate)

	list := func(p *verify.ListChallengeParams) []verify.VerifyV2Challenge {
		return must(d.api.ListChallenge(d.service, identity, p))
	}
	same("challenges", len(list(&verify.ListChallengeParams{})), 5)
	same("approved ones", len(list((&verify.ListChallengeParams{}).SetStatus("approved"))), 2)
	same("of the factor", len(list((&verify.ListChallengeParams{}).SetFactorSid(factor))), 5)
	same("the newest first", str(list((&verify.ListChallengeParams{}).SetOrder("desc"))[0].Sid), str(detailed.Sid))
	same("the oldest first", str(list((&verify.ListChallengeParams{}).SetOrder("asc"))[0].Sid), str(right.Sid))
}

func (d driver) challengeErrors() {
	const identity = "go-challenge-2"
	unverified := str(must(d.api.CreateNewFactor(d.service, identity, newFactor(""))).Sid)
	_, err := d.api.CreateChallenge(d.service, identity, &verify.CreateChallengeParams{FactorSid: ptr(unverified)})
	refused(err, 403, 60318)

	factor := d.verified(identity)
	sid := str(d.challenge(identity, factor, code(factor)).Sid)
	later(step)
	_, err = d.answer(identity, sid, code(factor))
	refused(err, 403, 60322)

	sid = str(d.challenge(identity, factor, "").Sid)
	later(6 * time.Minute)
	_, err = d.answer(identity, sid, code(factor))
	refused(err, 403, 60323)
	same("after its time", str(must(d.api.FetchChallenge(d.service, identity, sid)).Status), "expired")

	_, err = d.api.FetchChallenge(d.service, identity, "YC"+strings.Repeat("0", 32))
	refused(err, 404, 20404)
	_, err = d.api.CreateChallenge(d.service, identity,
		&verify.CreateChallengeParams{FactorSid: ptr("YF" + strings.Repeat("0", 32))})
	want(err != nil, "a challenge of a factor that is not there was made")
	_, err = d.api.CreateChallenge(d.service, "go-nobody-1", &verify.CreateChallengeParams{FactorSid: ptr(factor)})
	want(err != nil, "a challenge of somebody else's factor was made")

	for range 60 { // fifty an hour
		if _, err = d.api.CreateChallenge(d.service, identity,
			&verify.CreateChallengeParams{FactorSid: ptr(factor)}); err != nil {
			break
		}
	}
	refused(err, 429, 60312)
	later(time.Hour)
	d.challenge(identity, factor, "")
}

func (d driver) challengeLimit() {
	factor := d.verified("go-challenge-3")
	sid := str(d.challenge("go-challenge-3", factor, "").Sid)
	for range 5 {
		must(d.answer("go-challenge-3", sid, wrong(factor)))
	}
	_, err := d.answer("go-challenge-3", sid, code(factor))
	refused(err, 429, 60308)
}

// pages follows the links of the replies, which must lead to the mock.
func (d driver) pages() {
	made := map[string]bool{}
	for i := range 7 {
		identity := fmt.Sprintf("go-page-%04d", i)
		must(d.api.CreateEntity(d.service, &verify.CreateEntityParams{Identity: ptr(identity)}))
		made[identity] = true
		must(d.api.CreateNewFactor(d.service, "go-page-0000", newFactor("")))
	}
	for _, e := range must(d.api.ListEntity(d.service, &verify.ListEntityParams{PageSize: ptr(2)})) {
		delete(made, str(e.Identity))
	}
	same("entities that no page has", len(made), 0)
	same("factors", len(must(d.api.ListFactor(d.service, "go-page-0000", &verify.ListFactorParams{PageSize: ptr(3)}))), 7)
	second := must(d.api.PageFactor(d.service, "go-page-0000", &verify.ListFactorParams{PageSize: ptr(5)}, "", "1"))
	same("factors of the second page", len(second.Factors), 2)
}
