package authy

import (
	"fmt"
	"time"
)

// SendRequest asks for a code by SMS or call.
type SendRequest struct {
	User    string // the id as the path has it
	Force   bool   // send also to users who have the app
	Action  string // binds the code: verify must name the same action
	Message string // action_message, shown to the person
}

// Sent is the result of a SendRequest.
type Sent struct {
	User      int64
	Cellphone string // masked as the wire has it
	Ignored   bool   // nothing was sent, since the user has the app
	Device    string // os of the user's app device, where ignored
}

// SentCode is a code that went out to a person.
type SentCode struct {
	Channel string
	Code    string
	Action  string
	Expires time.Time
	Sent    time.Time
	Used    bool
}

// SendSMS texts a code, except to a user who has the app when the request lacks force.
func (a *App) SendSMS(q SendRequest) (Sent, error) {
	return a.sendTo(q, "sms", func(s *Settings) (bool, string, Rate) { return s.SMSEnabled, "60007", s.RateLimits.SMS })
}

// StartCall speaks a code, except to a user who has the app when the request lacks force.
func (a *App) StartCall(q SendRequest) (Sent, error) {
	return a.sendTo(q, "call", func(s *Settings) (bool, string, Rate) {
		return s.CallsEnabled, "60006", s.RateLimits.Call
	})
}

// sendRules say whether a channel is switched on, the error where it is not, and its limit.
type sendRules func(*Settings) (enabled bool, off string, rate Rate)

func (a *App) sendTo(q SendRequest, channel string, rules sendRules) (Sent, error) {
	a.mu.Lock()
	sent, message, err := a.send(q, channel, rules)
	a.mu.Unlock()
	if err != nil {
		return Sent{}, err
	}
	if message != nil {
		a.deliver(*message)
	}
	return sent, nil
}

func (a *App) send(q SendRequest, channel string, rules sendRules) (Sent, *Message, error) {
	enabled, off, rate := rules(a.settings)
	u, err := a.find(q.User)
	switch {
	case err != nil:
		return Sent{}, nil, err
	case !enabled:
		return Sent{}, nil, must(off).withStatus(a.settings.DisabledFeatureStatus).
			because("the app has %s switched off", channel)
	}
	if err := a.blocked(u); err != nil {
		return Sent{}, nil, err
	}
	if a.settings.magic(u.phone, u.email) == magicUndeliverable { // whether or not the call has force
		failure := map[string]string{"sms": "60015", "call": "60014"}
		return Sent{}, nil, must(failure[channel]).because("undeliverable, as the magic number or e-mail chose")
	}
	sent := Sent{User: int64(u.id), Cellphone: u.phone.SendMask()}
	if devices := a.devices(u); len(devices) > 0 && !q.Force {
		sent.Ignored, sent.Device = true, devices[0].os
		return sent, nil, nil
	}
	if err := a.limit(u, channel, rate); err != nil {
		return Sent{}, nil, err
	}
	if channel == "sms" {
		a.month().SMS++
	} else {
		a.month().Calls++
	}
	code := a.newCode(u, channel, q.Action)
	text := fmt.Sprintf("Your %s verification code is: %s", a.settings.AppName, code)
	if q.Message != "" {
		text += " (" + q.Message + ")"
	}
	message := &Message{At: a.now(), User: int64(u.id), Channel: channel, To: u.phone.E164(), Text: text, Code: code}
	return sent, message, nil
}

// newCode returns the code to send to u: the one that is still valid for this action, or a new one.
func (a *App) newCode(u *user, channel, action string) string {
	now, x := a.now(), u.makeExtra()
	kept := x.sent[:0]
	for _, c := range x.sent {
		if now.Before(c.Expires) {
			kept = append(kept, c)
		}
	}
	x.sent = kept
	for _, c := range x.sent {
		if a.settings.SMSCode.ResendSame && !c.Used && c.Action == action {
			return c.Code
		}
	}
	const maxSent = 100 // nobody needs more valid codes at once
	if len(x.sent) >= maxSent {
		x.sent = x.sent[1:]
	}
	code := a.randomDigits(a.settings.SMSCode.Digits)
	if a.settings.Sandbox {
		code = SandboxToken
	}
	x.sent = append(x.sent, SentCode{Channel: channel, Code: code, Action: action, Sent: now,
		Expires: now.Add(a.settings.SMSCode.Lifetime)})
	return code
}

// checkSent compares a token with the codes that were sent to u; ok when it is one of them, whether
// valid, expired or used.
func (a *App) checkSent(u *user, q VerifyRequest) (v Verdict, ok bool) {
	if u.extra == nil {
		return Verdict{}, false
	}
	id, now := int64(u.id), a.now()
	for i := range u.extra.sent {
		c := &u.extra.sent[i]
		if c.Code != q.Token {
			continue
		}
		words := "code sent by " + c.Channel
		switch {
		case !now.Before(c.Expires):
			return refused(id, must("60020").because("%s, expired", words)), true
		case c.Action != "" && c.Action != q.Action:
			return refused(id, must("60020").because("%s for another action", words)), true
		case c.Used:
			return refused(id, must("60019").because("%s was used before", words)), true
		}
		c.Used = true
		v := Verdict{Accepted: true, User: id, Reason: words}
		if a.settings.IncludeDevice {
			v.Device = &VerifiedDevice{SMS: true, OS: "sms"}
			if u.registered() { // a user without the app has no date (captured)
				v.Device.Registered = u.created
			}
		}
		return v, true
	}
	return Verdict{}, false
}
