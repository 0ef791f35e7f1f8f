package verify

import (
	"slices"
	"strings"
	"time"
)

// Verification is a copy of a code that was sent to a telephone number or an address.
type Verification struct {
	SID, ServiceSID, To, Channel string
	Status                       string // "pending", "approved", "canceled" or "max_attempts_reached"
	Amount, Payee                string // of PSD2
	Sends                        []Send
	CreatedAt, UpdatedAt         time.Time
	// Why says how a code was judged, for the journal.
	Why string
}

// Send is one message of a verification: an attempt, in the words of Twilio.
type Send struct {
	SID, Channel string
	At           time.Time
}

// NewVerification describes a code to send.
type NewVerification struct {
	To, Channel, CustomCode, Amount, Payee string
	RateLimits                             map[string]string // values by the unique names of rate limits
}

// verification is what is kept of a code.
type verification struct {
	Verification
	code   string
	checks int // wrong ones
}

// sent are the verifications of a service. An ended one is kept, to tell why a check is 404.
type sent struct {
	order []*verification          // oldest first
	last  map[string]*verification // the newest by number or address
}

// Limits of sent codes (documentation, error dictionary).
const (
	codeLife          = 10 * time.Minute
	mostSends         = 5
	mostChecks        = 5
	keptVerifications = 10_000 // of a service
)

// Channels are those by which the mock sends, and auto, which chooses SMS. Real ones also are sna
// and, in attempts, rbm.
func Channels() []string { return []string{"sms", "call", "email", "whatsapp", "auto"} }

// StartVerification sends a code, or the same code again where one is pending.
func (a *Account) StartVerification(serviceSID string, n NewVerification) (Verification, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	s, err := a.find(serviceSID)
	if err != nil {
		return Verification{}, err
	}
	if err := s.sendable(&n); err != nil {
		return Verification{}, err
	}
	v := s.sent.last[n.To]
	switch {
	case v == nil || a.ended(v) != "":
		v = a.newVerification(s, n)
	case v.Status == "max_attempts_reached":
		return Verification{}, refuse(60202, "a pending code had too many wrong checks; it ends at %s",
			v.CreatedAt.Add(codeLife).Format(time.RFC3339))
	case a.settings.Limits && len(v.Sends) >= mostSends:
		return Verification{}, refuse(60203, "%d messages for one code are the limit", mostSends)
	}
	if err := a.withinRates(s, n.RateLimits); err != nil {
		return Verification{}, err
	}
	if len(v.Sends) == 0 {
		s.sent.keep(v)
	}
	v.Channel, v.UpdatedAt = n.Channel, date(a.seconds())
	v.Sends = append(v.Sends, Send{SID: a.newSID().text("VL"), Channel: n.Channel, At: a.now()})
	a.deliver(Message{At: a.now(), Channel: n.Channel, To: n.To, Code: v.code,
		Text: "Your " + s.FriendlyName + " verification code is: " + v.code})
	out := v.view()
	if out.Why = "a new code, see the outbox"; len(v.Sends) > 1 {
		out.Why = "the same code again, see the outbox"
	}
	return out, nil
}

// sendable checks what is to be sent, and chooses the channel of auto.
func (s *service) sendable(n *NewVerification) error {
	switch {
	case n.To == "":
		return Missing("To")
	case n.Channel == "":
		return Missing("Channel")
	case n.Channel == "sna":
		return refuse(60223, "the mock cannot ask a carrier")
	case !slices.Contains(Channels(), n.Channel):
		return Invalid(60200, "Channel", "%.20q, want one of %s", n.Channel, strings.Join(Channels(), ", "))
	case n.Channel == "email" && strings.Count(n.To, "@") != 1:
		return Invalid(60200, "To", "want an address for this channel")
	case n.Channel != "email" && !isE164(n.To):
		return Invalid(60200, "To", "want + and 7 to 15 digits")
	case n.CustomCode != "" && !s.CustomCodeEnabled:
		return refuse(60204, "CustomCode: the service has custom codes switched off")
	case n.CustomCode != "" && (len(n.CustomCode) < 4 || len(n.CustomCode) > 10):
		return Invalid(60200, "CustomCode", "want 4 to 10 characters")
	case s.Psd2Enabled && (n.Amount == "" || n.Payee == ""):
		return refuse(60206, "the service wants Amount and Payee")
	}
	if n.Channel == "auto" {
		n.Channel = "sms"
	}
	return nil
}

// isE164 says whether a text has the form of a telephone number. Whether the number can be assigned
// is not looked at.
func isE164(to string) bool {
	digits, ok := strings.CutPrefix(to, "+")
	return ok && len(digits) >= 7 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == "" && digits[0] != '0'
}

// newVerification makes one that is not kept yet.
func (a *Account) newVerification(s *service, n NewVerification) *verification {
	v := &verification{code: n.CustomCode}
	if v.code == "" {
		v.code = a.randomDigits(s.CodeLength)
	}
	at := date(a.seconds())
	v.Verification = Verification{SID: a.newSID().text("VE"), ServiceSID: s.SID, To: strings.Clone(n.To),
		Status: "pending", Amount: n.Amount, Payee: n.Payee, CreatedAt: at, UpdatedAt: at}
	return v
}

// keep adds a verification as the newest one.
func (s *sent) keep(v *verification) {
	if s.last == nil {
		s.last = map[string]*verification{}
	}
	if len(s.order) >= keptVerifications {
		if oldest := s.order[0]; s.last[oldest.To] == oldest {
			delete(s.last, oldest.To)
		}
		s.order = slices.Delete(s.order, 0, 1)
	}
	s.order = append(s.order, v)
	s.last[v.To] = v
}

func (v *verification) view() Verification {
	out := v.Verification
	out.Sends = slices.Clone(v.Sends)
	return out
}

// ended says in words why a verification takes no code any more; empty: it is pending.
func (a *Account) ended(v *verification) string {
	switch {
	case v.Status == "approved":
		return "the code was used: approved at " + v.UpdatedAt.Format(time.RFC3339)
	case v.Status == "canceled":
		return "the verification was canceled at " + v.UpdatedAt.Format(time.RFC3339)
	case !a.now().Before(v.CreatedAt.Add(codeLife)):
		return "the code expired at " + v.CreatedAt.Add(codeLife).Format(time.RFC3339)
	}
	return ""
}

// pending finds a verification that takes codes, by its SID or by the number or address. What was
// never started, ended or is used up is 20404 alike; the reason tells them apart.
func (a *Account) pending(serviceSID, ref string) (*verification, error) {
	s, err := a.find(serviceSID)
	if err != nil {
		return nil, err
	}
	v := s.sent.last[ref]
	if strings.HasPrefix(ref, "VE") {
		if i := slices.IndexFunc(s.sent.order, func(v *verification) bool { return v.SID == ref }); i >= 0 {
			v = s.sent.order[i]
		}
	}
	if v == nil {
		return nil, refuse(20404, "never started: no code was sent to this number, address or SID")
	}
	if why := a.ended(v); why != "" {
		return nil, refuse(20404, "%s", why)
	}
	return v, nil
}

// Verification returns a pending verification by its SID, or by the number or address.
func (a *Account) Verification(serviceSID, ref string) (Verification, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	v, err := a.pending(serviceSID, ref)
	if err != nil {
		return Verification{}, err
	}
	return v.view(), nil
}

// EndVerification cancels or approves a pending verification; approving is for codes that were
// checked elsewhere.
func (a *Account) EndVerification(serviceSID, ref, status string) (Verification, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if status != "canceled" && status != "approved" {
		return Verification{}, Invalid(60200, "Status", "want canceled or approved")
	}
	v, err := a.pending(serviceSID, ref)
	if err != nil {
		return Verification{}, err
	}
	v.Status, v.UpdatedAt = status, date(a.seconds())
	return v.view(), nil
}

// Check is a code to be judged.
type Check struct {
	Ref                 string // the SID, number or address
	Code, Amount, Payee string
}

// CheckVerification judges a code. A wrong one is no error: the verification stays pending.
func (a *Account) CheckVerification(serviceSID string, c Check) (Verification, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case c.Ref == "":
		return Verification{}, refuse(60221, "neither To nor VerificationSid is given")
	case c.Code == "":
		return Verification{}, Missing("Code")
	case len(c.Code) < 4 || len(c.Code) > 10:
		return Verification{}, Invalid(60200, "Code", "want 4 to 10 characters")
	}
	v, err := a.pending(serviceSID, c.Ref)
	if err != nil {
		return Verification{}, err
	}
	out := ""
	switch {
	case v.checks >= mostChecks:
		v.Status = "max_attempts_reached"
		return Verification{}, refuse(60202, "%d wrong codes are the limit of a verification", mostChecks)
	case c.Code != v.code:
		out = "not the code that was sent"
	case v.Amount != c.Amount || v.Payee != c.Payee:
		out = "the code was sent for another amount or payee"
	}
	v.UpdatedAt = date(a.seconds())
	if out != "" {
		v.checks++
	} else {
		v.Status, out = "approved", "the code that was sent"
	}
	view := v.view()
	view.Why = out
	return view, nil
}
