package authy

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Pair is a name and a value; lists of them keep the order of a request.
type Pair struct {
	Name  string
	Value string
}

// ApprovalRequest asks a person to approve something in the Authy app (OneTouch).
type ApprovalRequest struct {
	User    string // the id as the path has it
	Message string
	Details []Pair   // shown to the person
	Hidden  []Pair   // not shown
	Logos   [][]Pair // each with res and url
	Seconds int      // until it expires; 0: never
}

// Approval is a copy of an approval request and what became of it.
type Approval struct {
	UUID        string
	User        int64
	Status      string // pending, approved, denied, expired
	Message     string
	Details     []Pair
	Hidden      []Pair
	Logos       [][]Pair
	Seconds     int
	CreatedAt   time.Time
	ProcessedAt time.Time // when it was answered, or when it expired
	Notified    bool      // the application took the callback
}

// Bounds of an approval request: documentation, and what clients allow. No more than maxApprovals
// are kept in an app.
const (
	maxMessage   = 200
	maxDetailKey = 20
	maxLogoURL   = 500
	maxApprovals = 10_000
	// sandboxSeconds is how long a request that the sandbox invents stays pending: a day.
	sandboxSeconds = 24 * 60 * 60
)

// RequestApproval records a request, puts a push into the outbox, and returns the request.
func (a *App) RequestApproval(q ApprovalRequest) (Approval, error) {
	a.mu.Lock()
	approval, message, answer, err := a.requestApproval(q)
	a.mu.Unlock()
	if err != nil {
		return Approval{}, err
	}
	a.deliver(message)
	if answer != nil {
		a.answered(*answer)
	}
	return approval, nil
}

func (a *App) requestApproval(q ApprovalRequest) (Approval, Message, *Answer, error) {
	none := func(err error) (Approval, Message, *Answer, error) { return Approval{}, Message{}, nil, err }
	u, err := a.find(q.User)
	switch {
	case err != nil:
		return none(err)
	case !a.settings.OneTouchEnabled:
		return none(must("60065").because("the app has OneTouch switched off"))
	case !u.registered():
		return none(must("60050").because("the user does not have the app"))
	}
	if err := a.blocked(u); err != nil {
		return none(err)
	}
	if err := q.check(); err != nil {
		return none(err)
	}
	if utf8.RuneCountInString(q.Message) > maxMessage {
		q.Message = string([]rune(q.Message)[:maxMessage])
	}
	id, err := uuid.NewRandomFromReader(a.rand)
	if err != nil {
		panic(fmt.Sprintf("authy app: random source: %v", err)) // see randomDigits
	}
	p := &Approval{UUID: id.String(), User: int64(u.id), Status: "pending", Message: q.Message,
		Details: q.Details, Hidden: q.Hidden, Logos: q.Logos, Seconds: q.Seconds, CreatedAt: a.now()}
	a.keepApproval(p)
	message := Message{At: p.CreatedAt, User: p.User, Channel: "push", To: u.phone.E164(), Text: q.Message}
	switch a.settings.magic(u.phone, u.email) {
	case magicApproves:
		return a.approvalView(p), message, a.decide(p, u, true), nil
	case magicDenies:
		return a.approvalView(p), message, a.decide(p, u, false), nil
	}
	return a.approvalView(p), message, nil, nil
}

func (q *ApprovalRequest) check() error {
	invalid := func(format string, args ...any) error { return must("60080").because(format, args...) }
	for _, d := range slices.Concat(q.Details, q.Hidden) {
		if utf8.RuneCountInString(d.Name) > maxDetailKey {
			return invalid("detail %.40q: the name has more than %d characters", d.Name, maxDetailKey)
		}
	}
	hasDefault := len(q.Logos) == 0
	for _, logo := range q.Logos {
		res, url := valueOf(logo, "res"), valueOf(logo, "url")
		switch {
		case !slices.Contains([]string{"default", "low", "med", "high"}, res):
			return invalid("logo of resolution %.40q: want default, low, med or high", res)
		case url == "" || len(url) > maxLogoURL:
			return invalid("logo %s: the URL has %d bytes, want 1 to %d", res, len(url), maxLogoURL)
		}
		hasDefault = hasDefault || res == "default"
	}
	if !hasDefault {
		return invalid("there are logos, but none of resolution default")
	}
	return nil
}

func valueOf(pairs []Pair, name string) string {
	for _, p := range pairs {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

func (a *App) keepApproval(p *Approval) {
	if len(a.approvals) >= maxApprovals {
		delete(a.approvalOf, a.approvals[0].UUID)
		a.approvals = a.approvals[1:]
	}
	a.approvals = append(a.approvals, p)
	a.approvalOf[p.UUID] = p
}

// approvalView copies p with the status it has now.
func (a *App) approvalView(p *Approval) Approval {
	v := *p
	end := v.CreatedAt.Add(time.Duration(v.Seconds) * time.Second)
	if v.Status == "pending" && v.Seconds > 0 && !a.now().Before(end) {
		v.Status, v.ProcessedAt = "expired", end
	}
	return v
}

// Approval returns a request by its uuid; the error is 60049.
func (a *App) Approval(id string) (Approval, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p := a.approvalOf[strings.ToLower(id)]
	if p == nil && a.settings.Sandbox { // it answered for any uuid
		return Approval{UUID: id, Status: "pending", Seconds: sandboxSeconds, CreatedAt: a.now()}, nil
	}
	if p == nil {
		e := must("60049").because("no request of this app has that uuid")
		e.Message += ": " + id
		return Approval{}, e
	}
	return a.approvalView(p), nil
}

// Approvals returns all requests, newest first; those of one user only when user is not 0.
func (a *App) Approvals(user int64) []Approval {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := []Approval{}
	for _, p := range slices.Backward(a.approvals) {
		if user == 0 || p.User == user {
			all = append(all, a.approvalView(p))
		}
	}
	return all
}

// Answer is a person's answer to a request, with everything that the callback says.
type Answer struct {
	Approval Approval
	Device   Device
	URL      string // where the app wants to be called back; "" for nowhere
	Method   string // GET or POST
	Key      string // the app's, which signs the callback
	AppID    string // 24 hex digits
	Customer int64  // the account that the app belongs to
	Form     string // of the callback: see OneTouchSettings.CallbackForm
	At       time.Time
}

// AnswerApproval approves or denies a pending request, as the person would in the app, and sends
// the callback.
func (a *App) AnswerApproval(id string, approve bool) (Approval, error) {
	approval, err := a.Approval(id)
	if err != nil {
		return Approval{}, err
	}
	a.mu.Lock()
	p := a.approvalOf[approval.UUID]
	u := a.users[uint32(approval.User)]
	if p == nil || u == nil || a.approvalView(p).Status != "pending" {
		a.mu.Unlock()
		return Approval{}, must("60079").because("the request is %s", approval.Status)
	}
	answer := a.decide(p, u, approve)
	a.mu.Unlock()
	a.answered(*answer)
	return answer.Approval, nil
}

func (a *App) decide(p *Approval, u *user, approve bool) *Answer {
	p.Status, p.ProcessedAt = "denied", a.now()
	if approve {
		p.Status = "approved"
	}
	to := a.settings.OneTouch
	answer := &Answer{Approval: a.approvalView(p), URL: to.CallbackURL, Method: to.CallbackMethod,
		Form: to.CallbackForm,
		Key:  a.key, AppID: a.objectID("app", 0), Customer: a.settings.AppID, At: p.ProcessedAt}
	if v := a.view(u); len(v.Devices) > 0 {
		answer.Device = v.Devices[0]
	}
	return answer
}

// Notified records that the application accepted the callback of a request.
func (a *App) Notified(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if p := a.approvalOf[id]; p != nil {
		p.Notified = true
	}
}

// ObjectID returns the 24 hex digits by which OneTouch replies name an app, a user or a request
// besides its number.
func (a *App) ObjectID(kind string, id int64) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.objectID(kind, id)
}

func (a *App) objectID(kind string, id int64) string {
	sum := a.mac("object id of "+kind, uint32(id), 0)
	return hex.EncodeToString(sum[:12])
}
