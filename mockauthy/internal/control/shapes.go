package control

import (
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/clock"
	"sftpgo-authy/mockauthy/internal/events"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/journal"
	"sftpgo-authy/mockauthy/internal/outbox"
	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// This file and states.go are the only place where types of the engines become shapes of mockapi,
// and the other way round. Where all fields are alike, Go converts the whole struct.

// each converts a list. No list stays none, which JSON may leave out.
func each[A, B any](list []A, convert func(A) B) []B {
	if list == nil {
		return nil
	}
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = convert(v)
	}
	return out
}

func userOf(u authy.User) mockapi.User {
	return mockapi.User{
		ID: u.ID, Name: u.Name, Email: u.Email, Emails: u.Emails, Cellphone: u.Cellphone, CountryCode: u.CountryCode,
		Secret: u.Secret, Confirmed: u.Confirmed, Registered: u.Registered, Suspended: u.Suspended,
		Disabled: u.Disabled, Deleted: u.Deleted, Devices: each(u.Devices, deviceOf),
		Activities: each(u.Activities, activityOf), CreatedAt: u.CreatedAt,
	}
}

func deviceOf(d authy.Device) mockapi.Device { return mockapi.Device(d) }

func activityOf(a authy.Activity) mockapi.Activity { return mockapi.Activity(a) }

func userPatch(p mockapi.UserPatch) authy.UserPatch {
	return authy.UserPatch{
		Name: p.Name, Email: p.Email, Cellphone: p.Cellphone, CountryCode: (*int)(p.CountryCode), Secret: p.Secret,
		Confirmed: p.Confirmed, Registered: p.Registered, Suspended: p.Suspended, Disabled: p.Disabled,
	}
}

func approvalOf(a authy.Approval) mockapi.Approval {
	return mockapi.Approval{
		UUID: a.UUID, User: a.User, Status: a.Status, Message: a.Message, Details: pairsOf(a.Details),
		Hidden: pairsOf(a.Hidden), Logos: each(a.Logos, pairsOf), Seconds: a.Seconds, CreatedAt: a.CreatedAt,
		ProcessedAt: a.ProcessedAt, Notified: a.Notified,
	}
}

func pairsOf(list []authy.Pair) []mockapi.Pair {
	return each(list, func(p authy.Pair) mockapi.Pair { return mockapi.Pair(p) })
}

func factorOf(f verify.Factor) mockapi.Factor {
	return mockapi.Factor{
		SID: f.SID, Identity: f.Identity, EntitySID: f.EntitySID, ServiceSID: f.ServiceSID,
		FriendlyName: f.FriendlyName, Verified: f.Verified, Secret: f.Secret, Alg: f.Config.Alg,
		Digits: f.Config.CodeLength, Period: f.Config.TimeStep, Skew: f.Config.Skew, OTPAuth: f.URI,
		CreatedAt: f.CreatedAt,
	}
}

func challengeOf(c verify.Challenge) mockapi.Challenge {
	return mockapi.Challenge{SID: c.SID, FactorSID: c.FactorSID, Identity: c.Identity, Status: c.Status,
		CreatedAt: c.CreatedAt, ExpiresAt: c.ExpiresAt}
}

func sentCodeOf(v verify.SentCode) mockapi.SentVerification {
	return mockapi.SentVerification{SID: v.SID, ServiceSID: v.ServiceSID, To: v.To, Channel: v.Channel,
		Status: v.Status, Code: v.Code, Sends: len(v.Sends), WrongChecks: v.Checks, CreatedAt: v.CreatedAt,
		ExpiresAt: v.ExpiresAt}
}

func entryOf(e journal.Entry) mockapi.Entry { return mockapi.Entry(e) }

func messageOf(m outbox.Message) mockapi.Message { return mockapi.Message(m) }

func clockOf(c *clock.Clock) mockapi.Clock { return mockapi.Clock{Now: c.Now(), Frozen: c.Frozen()} }

func ruleOf(r fault.Rule) mockapi.Rule {
	e := r.Effect
	return mockapi.Rule{
		ID: r.ID,
		Match: mockapi.Match{Endpoint: r.Match.Endpoint, User: mockapi.UserRef(r.Match.User), Method: r.Match.Method,
			Nth: r.Match.Nth},
		Effect: mockapi.Effect{
			Kind: e.Kind, Error: e.Error, Status: e.Status, Body: e.Body, ContentType: e.ContentType,
			Location: e.Location, RetryAfter: e.RetryAfter, Delay: mockapi.Duration(e.Delay),
			Jitter: mockapi.Duration(e.Jitter), Bytes: e.Bytes,
		},
		After: r.After, Times: r.Times, Probability: r.Probability, Disabled: r.Disabled, Seen: r.Seen, Hits: r.Hits,
	}
}

func faultRule(r mockapi.Rule) fault.Rule {
	e := r.Effect
	return fault.Rule{
		ID: r.ID,
		Match: fault.Match{Endpoint: r.Match.Endpoint, User: string(r.Match.User), Method: r.Match.Method,
			Nth: r.Match.Nth},
		Effect: fault.Effect{
			Kind: e.Kind, Error: e.Error, Status: e.Status, Body: e.Body, ContentType: e.ContentType,
			Location: e.Location, RetryAfter: e.RetryAfter, Delay: time.Duration(e.Delay),
			Jitter: time.Duration(e.Jitter), Bytes: e.Bytes,
		},
		After: r.After, Times: r.Times, Probability: r.Probability, Disabled: r.Disabled, Seen: r.Seen, Hits: r.Hits,
	}
}

// eventOf returns the kind of an event and its data as JSON shows them. A change that has no shape
// says that everything may have changed.
func eventOf(e events.Event) (kind string, data any) {
	switch v := e.What.(type) {
	case journal.Entry:
		return mockapi.EventJournal, entryOf(v)
	case outbox.Message:
		return mockapi.EventOutbox, messageOf(v)
	case mockapi.Clock:
		return mockapi.EventClock, v
	case []fault.Rule:
		return mockapi.EventFaults, each(v, ruleOf)
	case mockapi.UserChange:
		return mockapi.EventUsers, v
	case mockapi.FactorChange:
		return mockapi.EventFactors, v
	case authy.Approval:
		return mockapi.EventApprovals, approvalOf(v)
	case world.Settings:
		return mockapi.EventSettings, SettingsOf(v)
	case mockapi.Callback:
		return mockapi.EventCallback, v
	}
	return mockapi.EventReset, struct{}{}
}
