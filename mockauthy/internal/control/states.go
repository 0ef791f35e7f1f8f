package control

import (
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/clock"
	"sftpgo-authy/mockauthy/internal/totp"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// StateOf returns a world as the document of GET /_mock/state.
func StateOf(s world.State) mockapi.State {
	return mockapi.State{
		Settings: SettingsOf(world.Settings{App: s.App.Settings, Verify: s.Verify.Settings}),
		Verify:   verifyStateOf(s.Verify), Users: each(s.App.Users, newUserOf), Seed: s.App.Seed,
		NextID:    s.App.NextID,
		Approvals: each(s.App.Approvals, approvalOf), Verifications: each(s.App.Verifications, verificationOf),
		Stats:  each(s.App.Stats, func(m authy.Month) mockapi.Month { return mockapi.Month(m) }),
		Clock:  mockapi.ClockState{FrozenAt: s.Clock.Frozen, Skew: mockapi.Duration(s.Clock.Shift)},
		Faults: each(s.Faults, ruleOf),
	}
}

// WorldState returns the world that a document describes. Whether there can be one is for
// [world.World.SetState] to say.
func WorldState(s mockapi.State) world.State {
	return world.State{
		App: authy.State{
			Settings: appSettings(s.Settings), Users: each(s.Users, userSpec), Seed: s.Seed, NextID: s.NextID,
			Approvals: each(s.Approvals, approval), Verifications: each(s.Verifications, verification),
			Stats: each(s.Stats, func(m mockapi.Month) authy.Month { return authy.Month(m) }),
		},
		Verify: verifyState(s.Settings.Verify, s.Verify),
		Clock:  clock.Snapshot{Frozen: s.Clock.FrozenAt, Shift: time.Duration(s.Clock.Skew)},
		Faults: each(s.Faults, faultRule),
	}
}

// NewState is the document of an empty world; what another one leaves out is as here.
func NewState() mockapi.State { return StateOf(world.NewState()) }

// SettingsOf returns a world's settings in their public form.
func SettingsOf(both world.Settings) mockapi.Settings {
	s := both.App
	rate := func(r authy.Rate) mockapi.Rate { return mockapi.Rate{Count: r.Count, Per: mockapi.Duration(r.Per)} }
	return mockapi.Settings{
		AppID: s.AppID, AppName: s.AppName, Plan: s.Plan, SMSEnabled: s.SMSEnabled, CallsEnabled: s.CallsEnabled,
		OneTouchEnabled: s.OneTouchEnabled, GenericTokensEnabled: s.GenericTokensEnabled,
		MigrationToolsEnabled: s.MigrationToolsEnabled, AutoRegister: s.AutoRegister,
		EnforceUnconfirmed: s.EnforceUnconfirmed, VerifySuccessType: s.VerifySuccessType,
		UnknownUserVerifyStatus: s.UnknownUserVerifyStatus, IncludeDevice: s.IncludeDevice,
		DisabledFeatureStatus: s.DisabledFeatureStatus, UnknownPath: s.UnknownPath, IDScope: s.IDScope,
		TOTP: mockapi.TOTPSettings{App: mockapi.Window(s.TOTP.App),
			Generic: mockapi.Window(s.TOTP.Generic)},
		SMSCode: mockapi.SMSCodeSettings{Digits: s.SMSCode.Digits,
			Lifetime: mockapi.Duration(s.SMSCode.Lifetime), ResendSame: s.SMSCode.ResendSame},
		SecretRegenerate: s.SecretRegenerate, DeleteGrace: mockapi.Duration(s.DeleteGrace),
		SuspendAfter: s.SuspendAfter, SuspendFor: mockapi.Duration(s.SuspendFor), SuspendStatus: s.SuspendStatus,
		RateLimits: mockapi.RateLimits{SMS: rate(s.RateLimits.SMS), Call: rate(s.RateLimits.Call),
			Verify: rate(s.RateLimits.Verify)},
		RateLimitStatus: s.RateLimitStatus, PhoneCheck: s.PhoneCheck,
		Verification: mockapi.VerificationSettings{Digits: s.Verification.Digits,
			Lifetime: mockapi.Duration(s.Verification.Lifetime), CustomCodes: s.Verification.CustomCodes,
			CustomMessages: s.Verification.CustomMessages},
		OneTouch: mockapi.OneTouchSettings(s.OneTouch), Magic: s.Magic, Sandbox: s.Sandbox, Strict: s.Strict,
		Vulnerable2015: s.Vulnerable2015, Verify: verifySettingsOf(both.Verify),
	}
}

// WorldSettings is the way back from [SettingsOf].
func WorldSettings(s mockapi.Settings) world.Settings {
	return world.Settings{App: appSettings(s), Verify: verifySettings(s.Verify)}
}

func appSettings(s mockapi.Settings) authy.Settings {
	rate := func(r mockapi.Rate) authy.Rate { return authy.Rate{Count: r.Count, Per: time.Duration(r.Per)} }
	return authy.Settings{
		AppID: s.AppID, AppName: s.AppName, Plan: s.Plan, SMSEnabled: s.SMSEnabled, CallsEnabled: s.CallsEnabled,
		OneTouchEnabled: s.OneTouchEnabled, GenericTokensEnabled: s.GenericTokensEnabled,
		MigrationToolsEnabled: s.MigrationToolsEnabled, AutoRegister: s.AutoRegister,
		EnforceUnconfirmed: s.EnforceUnconfirmed, VerifySuccessType: s.VerifySuccessType,
		UnknownUserVerifyStatus: s.UnknownUserVerifyStatus, IncludeDevice: s.IncludeDevice,
		DisabledFeatureStatus: s.DisabledFeatureStatus, UnknownPath: s.UnknownPath, IDScope: s.IDScope,
		TOTP: authy.TOTPSettings{App: totp.Window(s.TOTP.App), Generic: totp.Window(s.TOTP.Generic)},
		SMSCode: authy.SMSCodeSettings{Digits: s.SMSCode.Digits, Lifetime: time.Duration(s.SMSCode.Lifetime),
			ResendSame: s.SMSCode.ResendSame},
		SecretRegenerate: s.SecretRegenerate, DeleteGrace: time.Duration(s.DeleteGrace), SuspendAfter: s.SuspendAfter,
		SuspendFor: time.Duration(s.SuspendFor), SuspendStatus: s.SuspendStatus,
		RateLimits: authy.RateLimits{SMS: rate(s.RateLimits.SMS), Call: rate(s.RateLimits.Call),
			Verify: rate(s.RateLimits.Verify)},
		RateLimitStatus: s.RateLimitStatus, PhoneCheck: s.PhoneCheck,
		Verification: authy.VerificationSettings{Digits: s.Verification.Digits,
			Lifetime: time.Duration(s.Verification.Lifetime), CustomCodes: s.Verification.CustomCodes,
			CustomMessages: s.Verification.CustomMessages},
		OneTouch: authy.OneTouchSettings(s.OneTouch), Magic: s.Magic, Sandbox: s.Sandbox, Strict: s.Strict,
		Vulnerable2015: s.Vulnerable2015,
	}
}

func newUserOf(u authy.UserSpec) mockapi.NewUser {
	return mockapi.NewUser{
		ID: u.ID, Name: u.Name, Email: u.Email, Emails: u.Emails, Cellphone: u.Cellphone,
		CountryCode: mockapi.CountryCode(u.CountryCode), Secret: u.Secret, Confirmed: u.Confirmed,
		Registered: u.Registered, Suspended: u.Suspended, Disabled: u.Disabled, History: historyOf(u.History),
	}
}

func userSpec(u mockapi.NewUser) authy.UserSpec {
	return authy.UserSpec{
		ID: u.ID, Name: u.Name, Email: u.Email, Emails: u.Emails, Cellphone: u.Cellphone,
		CountryCode: int(u.CountryCode), Secret: u.Secret, Confirmed: u.Confirmed, Registered: u.Registered,
		Suspended: u.Suspended, Disabled: u.Disabled, History: history(u.History),
	}
}

func historyOf(h *authy.History) *mockapi.History {
	if h == nil {
		return nil
	}
	return &mockapi.History{
		CreatedAt:    h.CreatedAt,
		Devices:      each(h.Devices, func(d authy.KeptDevice) mockapi.KeptDevice { return mockapi.KeptDevice(d) }),
		DeviceNumber: h.DeviceNumber, Generation: h.Generation, QRGeneration: h.QRGeneration,
		Used:     each(h.Used, func(u authy.UsedStep) mockapi.UsedStep { return mockapi.UsedStep(u) }),
		Sent:     each(h.Sent, func(s authy.SentCode) mockapi.SentCode { return mockapi.SentCode(s) }),
		Failures: h.Failures, SuspendedUntil: h.SuspendedUntil, DeletedAt: h.DeletedAt,
		Calls:      each(h.Calls, func(c authy.CountedCall) mockapi.CountedCall { return mockapi.CountedCall(c) }),
		Activities: each(h.Activities, activityOf),
	}
}

func history(h *mockapi.History) *authy.History {
	if h == nil {
		return nil
	}
	return &authy.History{
		CreatedAt:    h.CreatedAt,
		Devices:      each(h.Devices, func(d mockapi.KeptDevice) authy.KeptDevice { return authy.KeptDevice(d) }),
		DeviceNumber: h.DeviceNumber, Generation: h.Generation, QRGeneration: h.QRGeneration,
		Used:     each(h.Used, func(u mockapi.UsedStep) authy.UsedStep { return authy.UsedStep(u) }),
		Sent:     each(h.Sent, func(s mockapi.SentCode) authy.SentCode { return authy.SentCode(s) }),
		Failures: h.Failures, SuspendedUntil: h.SuspendedUntil, DeletedAt: h.DeletedAt,
		Calls:      each(h.Calls, func(c mockapi.CountedCall) authy.CountedCall { return authy.CountedCall(c) }),
		Activities: each(h.Activities, func(a mockapi.Activity) authy.Activity { return authy.Activity(a) }),
	}
}

func approval(a mockapi.Approval) authy.Approval {
	return authy.Approval{
		UUID: a.UUID, User: a.User, Status: a.Status, Message: a.Message, Details: pairs(a.Details),
		Hidden: pairs(a.Hidden), Logos: each(a.Logos, pairs), Seconds: a.Seconds, CreatedAt: a.CreatedAt,
		ProcessedAt: a.ProcessedAt, Notified: a.Notified,
	}
}

func pairs(list []mockapi.Pair) []authy.Pair {
	return each(list, func(p mockapi.Pair) authy.Pair { return authy.Pair(p) })
}

func verificationOf(v authy.Verification) mockapi.Verification {
	return mockapi.Verification{UUID: v.UUID, CountryCode: v.CountryCode, Cellphone: v.Cellphone, Code: v.Code,
		Expires: v.Expires, VerifiedAt: v.VerifiedAt}
}

func verification(v mockapi.Verification) authy.Verification {
	return authy.Verification{UUID: v.UUID, CountryCode: v.CountryCode, Cellphone: v.Cellphone, Code: v.Code,
		Expires: v.Expires, VerifiedAt: v.VerifiedAt}
}
