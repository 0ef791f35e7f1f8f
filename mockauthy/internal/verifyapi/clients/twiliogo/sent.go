package main

import (
	"strings"
	"time"

	"github.com/twilio/twilio-go"
	verify "github.com/twilio/twilio-go/rest/verify/v2"
)

func (d driver) start(to, channel string) (*verify.VerifyV2Verification, error) {
	return d.api.CreateVerification(d.service, &verify.CreateVerificationParams{To: ptr(to), Channel: ptr(channel)})
}

func (d driver) check(to, code string) (*verify.VerifyV2VerificationCheck, error) {
	return d.api.CreateVerificationCheck(d.service, &verify.CreateVerificationCheckParams{To: ptr(to), Code: ptr(code)})
}

// other is a code of the same length as code, and not code.
func other(code string) string {
	return string('0'+(code[0]-'0'+5)%10) + code[1:]
}

func (d driver) verifications() {
	const to = "+12015550160"
	made := must(d.start(to, "sms"))
	sid := str(made.Sid)
	want(strings.HasPrefix(sid, "VE"), "sid %s", sid)
	same("status", str(made.Status), "pending")
	same("channel", str(made.Channel), "sms")
	same("attempts", len(*made.SendCodeAttempts), 1)
	again := must(d.start(to, "sms"))
	same("sid of the second start", str(again.Sid), sid)
	same("attempts", len(*again.SendCodeAttempts), 2)
	same("fetched", str(must(d.api.FetchVerification(d.service, sid)).To), to)

	code := sent(to, "sms")
	missed := must(d.check(to, other(code)))
	same("wrong code", str(missed.Status), "pending")
	same("valid", *missed.Valid, false)
	right := must(d.check(to, code))
	same("right code", str(right.Status), "approved")
	same("valid", *right.Valid, true)
	same("sid", str(right.Sid), sid)
	_, err := d.check(to, code)
	refused(err, 404, 20404)

	for _, channel := range []string{"call", "email", "whatsapp"} {
		to := map[bool]string{true: "ann@example.com", false: "+12015550161"}[channel == "email"]
		v := must(d.start(to, channel))
		checked := must(d.api.CreateVerificationCheck(d.service, &verify.CreateVerificationCheckParams{
			VerificationSid: v.Sid, Code: ptr(sent(to, channel))}))
		same(channel, str(checked.Status), "approved")
	}

	gone := must(d.start("+12015550162", "sms"))
	same("canceled", str(must(d.api.UpdateVerification(d.service, str(gone.Sid),
		&verify.UpdateVerificationParams{Status: ptr("canceled")})).Status), "canceled")
	_, err = d.check("+12015550162", sent("+12015550162", "sms"))
	refused(err, 404, 20404)
}

func (d driver) verificationErrors() {
	_, err := d.check("+12015550163", "123456") // never started
	refused(err, 404, 20404)
	_, err = d.api.CreateVerificationCheck(d.service, &verify.CreateVerificationCheckParams{Code: ptr("123456")})
	refused(err, 400, 60221)
	_, err = d.start("nobody", "sms")
	refused(err, 400, 60200)
	_, err = d.start("+12015550163", "pigeon")
	refused(err, 400, 60200)

	must(d.start("+12015550164", "sms"))
	later(11 * time.Minute)
	_, err = d.check("+12015550164", sent("+12015550164", "sms"))
	refused(err, 404, 20404)

	must(d.start("+12015550165", "sms"))
	for range 5 {
		must(d.check("+12015550165", other(sent("+12015550165", "sms"))))
	}
	_, err = d.check("+12015550165", sent("+12015550165", "sms"))
	refused(err, 429, 60202)

	for range 5 {
		must(d.start("+12015550166", "sms"))
	}
	_, err = d.start("+12015550166", "sms")
	refused(err, 429, 60203)
}

func (d driver) customCodes() {
	p := &verify.CreateVerificationParams{To: ptr("+12015550167"), Channel: ptr("sms"), CustomCode: ptr("424242")}
	_, err := d.api.CreateVerification(d.service, p)
	want(err != nil, "a custom code was taken by a service that does not allow any")
	service := str(must(d.api.CreateService(&verify.CreateServiceParams{FriendlyName: ptr("custom"),
		CustomCodeEnabled: ptr(true)})).Sid)
	v := must(d.api.CreateVerification(service, p))
	same("sent", sent("+12015550167", "sms"), "424242")
	same("approved", str(must(d.api.UpdateVerification(service, str(v.Sid),
		&verify.UpdateVerificationParams{Status: ptr("approved")})).Status), "approved")
	done(d.api.DeleteService(service))
}

func (d driver) attempts() {
	// By number it cannot filter: it writes a backslash before the dot of ChannelData.To.
	list := must(d.api.ListVerificationAttempt(&verify.ListVerificationAttemptParams{
		VerificationSid: must(d.start("+12015550168", "sms")).Sid}))
	same("attempts", len(list), 1)
	same("fetched", str(must(d.api.FetchVerificationAttempt(str(list[0].Sid))).Sid), str(list[0].Sid))
	must(d.api.FetchVerificationAttemptsSummary(&verify.FetchVerificationAttemptsSummaryParams{}))
}

func (d driver) webhooks() {
	made := must(d.api.CreateWebhook(d.service, &verify.CreateWebhookParams{FriendlyName: ptr("ours"),
		EventTypes: ptr([]string{"factor.created", "challenge.approved"}), WebhookUrl: ptr("https://hooks.test/in")}))
	sid := str(made.Sid)
	same("types", len(*made.EventTypes), 2)
	same("fetched", str(must(d.api.FetchWebhook(d.service, sid)).WebhookUrl), "https://hooks.test/in")
	same("disabled", str(must(d.api.UpdateWebhook(d.service, sid,
		&verify.UpdateWebhookParams{Status: ptr("disabled")})).Status), "disabled")
	same("webhooks", len(must(d.api.ListWebhook(d.service, &verify.ListWebhookParams{}))), 1)
	done(d.api.DeleteWebhook(d.service, sid))
}

func (d driver) rateLimits() {
	limit := str(must(d.api.CreateRateLimit(d.service, &verify.CreateRateLimitParams{
		UniqueName: ptr("end_user_ip"), Description: ptr("by address")})).Sid)
	same("fetched", str(must(d.api.FetchRateLimit(d.service, limit)).UniqueName), "end_user_ip")
	same("described", str(must(d.api.UpdateRateLimit(d.service, limit,
		&verify.UpdateRateLimitParams{Description: ptr("each")})).Description), "each")
	same("limits", len(must(d.api.ListRateLimit(d.service, &verify.ListRateLimitParams{}))), 1)
	bucket := str(must(d.api.CreateBucket(d.service, limit, &verify.CreateBucketParams{Max: ptr(2),
		Interval: ptr(60)})).Sid)
	same("buckets", len(must(d.api.ListBucket(d.service, limit, &verify.ListBucketParams{}))), 1)

	from := func(ip, to string) error {
		_, err := d.api.CreateVerification(d.service, &verify.CreateVerificationParams{To: ptr(to), Channel: ptr("sms"),
			RateLimits: ptr(any(map[string]string{"end_user_ip": ip}))})
		return err
	}
	done(from("192.0.2.1", "+12015550170"))
	done(from("192.0.2.1", "+12015550171"))
	refused(from("192.0.2.1", "+12015550172"), 429, 20429)
	done(from("192.0.2.2", "+12015550173"))
	later(time.Minute)
	done(from("192.0.2.1", "+12015550174"))

	same("max", must(d.api.UpdateBucket(d.service, limit, bucket, &verify.UpdateBucketParams{Max: ptr(3)})).Max, 3)
	same("max", must(d.api.FetchBucket(d.service, limit, bucket)).Max, 3)
	done(d.api.DeleteBucket(d.service, limit, bucket))
	done(d.api.DeleteRateLimit(d.service, limit))
}

// notHad asks for what docs/quirks.md says that the mock refuses.
func (d driver) notHad() {
	_, err := d.api.CreateNewFactor(d.service, "go-push-0001", &verify.CreateNewFactorParams{
		FriendlyName: ptr("phone"), FactorType: ptr("push")})
	want(err != nil, "a push factor was made")
	_, err = d.api.CreateAccessToken(d.service, &verify.CreateAccessTokenParams{Identity: ptr("go-push-0001"),
		FactorType: ptr("push")})
	want(err != nil, "an access token was made")
}

func (d driver) strangers() {
	account := must(d.api.FetchService(d.service)).AccountSid
	for _, p := range []twilio.ClientParams{
		{Username: str(account), Password: "wrong"},
		{Username: "AC" + strings.Repeat("0", 32), Password: "wrong"},
	} {
		_, err := twilio.NewRestClientWithParams(p).VerifyV2.FetchService(d.service)
		refused(err, 401, 20003)
	}
}
