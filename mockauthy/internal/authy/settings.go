package authy

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"sftpgo-authy/mockauthy/internal/totp"
)

// Settings configure one app. [DefaultSettings] returns the values that are nearest to the real
// service as documented. The fields are documented, with sources, at the type of the same name in
// package mockapi.
type Settings struct {
	AppID                                       int64
	AppName, Plan                               string
	SMSEnabled, CallsEnabled, OneTouchEnabled   bool
	GenericTokensEnabled, MigrationToolsEnabled bool
	AutoRegister, EnforceUnconfirmed            bool
	VerifySuccessType                           string // "string" or "boolean"
	UnknownUserVerifyStatus                     int
	IncludeDevice                               bool
	DisabledFeatureStatus                       int
	UnknownPath                                 string // "json" or "text"
	IDScope                                     string // "app" or "global"
	TOTP                                        TOTPSettings
	SMSCode                                     SMSCodeSettings
	SecretRegenerate                            bool
	DeleteGrace                                 time.Duration
	SuspendAfter                                int
	SuspendFor                                  time.Duration
	SuspendStatus                               int
	RateLimits                                  RateLimits
	RateLimitStatus                             int
	PhoneCheck                                  string // "digits", "possible" or "valid"
	Verification                                VerificationSettings
	OneTouch                                    OneTouchSettings
	Magic, Sandbox, Strict, Vulnerable2015      bool
}

// TOTPSettings holds one window for each family.
type TOTPSettings struct{ App, Generic totp.Window }

// SMSCodeSettings describes codes sent by SMS, call and e-mail.
type SMSCodeSettings struct {
	Digits     int
	Lifetime   time.Duration
	ResendSame bool
}

// RateLimits are calls per user in a sliding window; a Count of 0 is no limit.
type RateLimits struct{ SMS, Call, Verify Rate }

// Rate is a number of calls in a time.
type Rate struct {
	Count int
	Per   time.Duration
}

// VerificationSettings describes phone verification (Verify v1).
type VerificationSettings struct {
	Digits                      int
	Lifetime                    time.Duration
	CustomCodes, CustomMessages bool
}

// OneTouchSettings says how answers to approval requests are reported.
type OneTouchSettings struct {
	CallbackURL, CallbackMethod, CallbackForm string
}

// DefaultSettings returns the settings of an app that nobody configured; docs/quirks.md has the
// sources.
func DefaultSettings() Settings {
	return Settings{
		AppID: 3, AppName: "Demo App", Plan: "pay_as_you_go",
		SMSEnabled: true, CallsEnabled: true, OneTouchEnabled: true, GenericTokensEnabled: true,
		AutoRegister:            true,
		VerifySuccessType:       "string",
		UnknownUserVerifyStatus: 404,
		IncludeDevice:           true,
		DisabledFeatureStatus:   503,
		UnknownPath:             "json",
		IDScope:                 "app",
		TOTP: TOTPSettings{
			App:     totp.Window{Digits: 7, Period: 10, Past: 6, Future: 3},
			Generic: totp.Window{Digits: 6, Period: 30, Past: 1, Future: 1},
		},
		SMSCode:         SMSCodeSettings{Digits: 7, Lifetime: 10 * time.Minute, ResendSame: true},
		SuspendFor:      15 * time.Minute,
		SuspendStatus:   503,
		RateLimitStatus: 429,
		PhoneCheck:      "possible",
		Verification:    VerificationSettings{Digits: 4, Lifetime: 10 * time.Minute},
		OneTouch:        OneTouchSettings{CallbackMethod: "POST", CallbackForm: "2019"},
		Magic:           true,
	}
}

// Validate reports every invalid setting, joined into one [*FieldProblem].
func (s Settings) Validate() error {
	var errs []error
	bad := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	oneOf := func(field, got string, want ...string) {
		for _, w := range want {
			if got == w {
				return
			}
		}
		errs = append(errs, fmt.Errorf("setting %s: %q, want one of %q", field, got, want))
	}
	status := func(field string, got int) {
		bad(got >= 400 && got <= 599, "setting %s: %d, want an HTTP status from 400 to 599", field, got)
	}
	window := func(field string, w totp.Window) {
		bad(w.Digits >= 6 && w.Digits <= 9, "setting %s.digits: %d, want 6 to 9", field, w.Digits)
		bad(w.Period >= 1 && w.Period <= 3600, "setting %s.period: %d, want 1 to 3600 seconds", field, w.Period)
		bad(w.Past >= 0 && w.Past <= 120, "setting %s.past: %d, want 0 to 120 steps", field, w.Past)
		bad(w.Future >= 0 && w.Future <= 120, "setting %s.future: %d, want 0 to 120 steps", field, w.Future)
	}
	rate := func(field string, r Rate) {
		bad(r.Count >= 0 && r.Count <= 10_000, "setting %s.count: %d, want 0 (off) to 10000", field, r.Count)
		bad(r.Count == 0 || r.Per > 0, "setting %s.per: %v, want more than nothing where a count is given",
			field, r.Per)
	}
	bad(len(s.AppName) >= 1 && len(s.AppName) <= 30, "setting app_name: %d bytes, want 1 to 30", len(s.AppName))
	oneOf("verify_success_type", s.VerifySuccessType, "string", "boolean")
	oneOf("unknown_path", s.UnknownPath, "json", "text")
	oneOf("id_scope", s.IDScope, "app", "global")
	oneOf("phone_check", s.PhoneCheck, "digits", "possible", "valid")
	bad(s.OneTouch.CallbackURL == "" || callable(s.OneTouch.CallbackURL),
		"setting onetouch.callback_url: cannot be called, want http:// or https://, a host and a well-formed "+
			"path and query")
	oneOf("onetouch.callback_method", s.OneTouch.CallbackMethod, "GET", "POST")
	oneOf("onetouch.callback_form", s.OneTouch.CallbackForm, "2016", "2019")
	status("unknown_user_verify_status", s.UnknownUserVerifyStatus)
	status("disabled_feature_status", s.DisabledFeatureStatus)
	status("suspend_status", s.SuspendStatus)
	status("rate_limit_status", s.RateLimitStatus)
	window("totp.app", s.TOTP.App)
	window("totp.generic", s.TOTP.Generic)
	bad(s.SMSCode.Digits >= 4 && s.SMSCode.Digits <= 10, "setting sms_code.digits: %d, want 4 to 10", s.SMSCode.Digits)
	bad(s.SMSCode.Lifetime > 0, "setting sms_code.lifetime: %v, want more than nothing", s.SMSCode.Lifetime)
	bad(s.Verification.Digits >= 4 && s.Verification.Digits <= 10,
		"setting phone_verification.digits: %d, want 4 to 10", s.Verification.Digits)
	bad(s.Verification.Lifetime > 0, "setting phone_verification.lifetime: %v, want more than nothing",
		s.Verification.Lifetime)
	bad(s.DeleteGrace >= 0, "setting delete_grace: %v, want nothing or more", s.DeleteGrace)
	bad(s.SuspendAfter >= 0, "setting suspend_after: %d, want 0 (never) or more", s.SuspendAfter)
	bad(s.SuspendFor > 0, "setting suspend_for: %v, want more than nothing", s.SuspendFor)
	rate("rate_limits.sms", s.RateLimits.SMS)
	rate("rate_limits.call", s.RateLimits.Call)
	rate("rate_limits.verify", s.RateLimits.Verify)
	if len(errs) == 0 {
		return nil
	}
	return &FieldProblem{Err: errors.Join(errs...)}
}

// callable says whether a callback can be sent to a URL. Its query is part of what a GET signs, so
// it must be well formed.
func callable(target string) bool {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return false
	}
	_, err = url.ParseQuery(u.RawQuery)
	return err == nil
}
