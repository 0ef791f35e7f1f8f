package authy

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// code of an error of the wire, "" for none.
func wireCode(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// TestMailsAreRefused: as texts are, with the codes of the table.
func TestMailsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *Settings) { s.RateLimits.SMS = Rate{Count: 1, Per: time.Hour} })
	w.user(UserSpec{ID: 1000, Email: "a@x.test", Cellphone: "202-555-0120"})
	w.user(UserSpec{ID: 1001, Cellphone: "202-555-0121"})
	w.user(UserSpec{ID: 1002, Email: "b@x.test", Cellphone: "202-555-0122", Suspended: true})
	for _, c := range []struct{ user, want string }{
		{"1000", ""}, {"1000", "60003"}, {"1001", "60038"}, {"1002", "60017"}, {"1", "60026"}, {"x", "60026"},
	} {
		if _, err := w.SendEmail(SendRequest{User: c.user}); wireCode(err) != c.want {
			t.Errorf("user %s: %v, want %s", c.user, err, c.want)
		}
	}
	if n := len(w.messages); n != 1 {
		t.Errorf("%d mails went out, want 1", n)
	}
	// The limit of one way to send is not that of another.
	if _, err := w.SendSMS(SendRequest{User: "1000", Force: true}); err != nil {
		t.Errorf("an SMS after the mail: %v", err)
	}
	if _, err := w.SendEmail(SendRequest{User: "1000"}); wireCode(err) != "60003" {
		t.Errorf("the mail's limit was forgotten with the SMS: %v", err)
	}
	w.advance(time.Hour)
	if _, err := w.SendEmail(SendRequest{User: "1000"}); err != nil {
		t.Errorf("an hour later: %v", err)
	}
}

// TestStrangersAreRefused: every call about somebody who is not there says 60026.
func TestStrangersAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, call := range map[string]func() error{
		"activity": func() error { _, err := w.RegisterActivity("1", "banned"); return err },
		"e-mail":   func() error { _, err := w.UpdateEmail("1", "a@x.test"); return err },
		"SMS":      func() error { _, err := w.SendSMS(SendRequest{User: "1"}); return err },
		"call":     func() error { _, err := w.StartCall(SendRequest{User: "1"}); return err },
		"approval": func() error { _, err := w.RequestApproval(ApprovalRequest{User: "1", Message: "m"}); return err },
		"QR code":  func() error { _, err := w.NewQRCode("1", ""); return err },
	} {
		if err := call(); wireCode(err) != "60026" {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.user(UserSpec{ID: 1000, Disabled: true})
	if _, err := w.RequestApproval(ApprovalRequest{User: "1000", Message: "m"}); wireCode(err) != "60018" {
		t.Errorf("an approval of a disabled user: %v", err)
	}
	if _, err := w.AnswerApproval("none", true); wireCode(err) != "60049" {
		t.Errorf("an answer to nothing: %v", err)
	}
}

// TestOldestGoFirst: what an app keeps is bounded, and the newest is there.
func TestOldestGoFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *Settings) { s.SMSCode.ResendSame = false })
	w.user(UserSpec{ID: 1000})
	for i := range maxActivities + 1 {
		kind := "banned"
		if i == 0 {
			kind = "unbanned"
		}
		if _, err := w.RegisterActivity("1000", kind); err != nil {
			t.Fatal(err)
		}
	}
	if u, _ := w.User(1000); len(u.Activities) != maxActivities || u.Activities[0].Type != "banned" {
		t.Errorf("%d activities from %+v on", len(u.Activities), u.Activities[0])
	}

	for range 101 {
		if _, err := w.SendSMS(SendRequest{User: "1000", Force: true}); err != nil {
			t.Fatal(err)
		}
	}
	w.expect(w.verify(1000, w.messages[0].Code), "60020")
	w.expect(w.verify(1000, w.messages[1].Code), "")

	first, err := w.RequestApproval(ApprovalRequest{User: "1000", Message: "m"})
	if err != nil {
		t.Fatal(err)
	}
	var last Approval
	for range maxApprovals {
		if last, err = w.RequestApproval(ApprovalRequest{User: "1000", Message: "m"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Approval(first.UUID); wireCode(err) != "60049" {
		t.Errorf("the oldest approval: %v", err)
	}
	if _, err := w.Approval(last.UUID); err != nil || len(w.Approvals(0)) != maxApprovals {
		t.Errorf("the newest of %d: %v", len(w.Approvals(0)), err)
	}

	started := make([]Started, 0, maxVerifications+1)
	for i := range maxVerifications + 1 {
		s, err := w.StartVerification(Start{Via: "sms", CountryCode: "1",
			Phone: fmt.Sprintf("415%07d", 5550000+i%9999+i/9999*10000)})
		if err != nil {
			t.Fatal(err)
		}
		started = append(started, s)
	}
	if _, _, err := w.VerificationStatus(started[0].UUID, "", ""); wireCode(err) != "60023" {
		t.Errorf("the oldest verification: %v", err)
	}
	if _, _, err := w.VerificationStatus("", "1", started[0].Phone.National()); wireCode(err) != "60023" {
		t.Errorf("the oldest verification, by its phone: %v", err)
	}
	if status, _, err := w.VerificationStatus("", "1", started[maxVerifications].Phone.National()); err != nil ||
		status != "pending" {
		t.Errorf("the newest verification: %s, %v", status, err)
	}

	for range maxMonths + 1 {
		w.Begin()
		w.advance(31 * 24 * time.Hour)
	}
	if months := w.Snapshot().Stats; len(months) != maxMonths || months[len(months)-1].Year <= months[0].Year {
		t.Errorf("%d months", len(months))
	}
}

// TestStateOfEverything: approvals, verifications and months come back as they were, and go on.
func TestStateOfEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user(UserSpec{ID: 1000})
	w.Begin()
	p, err := w.RequestApproval(ApprovalRequest{User: "1000", Message: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.StartVerification(Start{Via: "sms", CountryCode: "1", Phone: "2015550123"}); err != nil {
		t.Fatal(err)
	}
	code := w.messages[1].Code
	state := w.Snapshot()
	next := seededWorld(t, 2)
	if err := next.Restore(state); err != nil {
		t.Fatal(err)
	}
	if got, err := next.AnswerApproval(p.UUID, true); err != nil || got.Status != "approved" {
		t.Errorf("the approval: %+v, %v", got, err)
	}
	if got, _ := w.Approval(p.UUID); got.Status != "pending" {
		t.Errorf("the app that was copied has it %s", got.Status)
	}
	if err := next.CheckVerification("1", "2015550123", code); err != nil {
		t.Errorf("the verification: %v", err)
	}
	if months, _ := next.Stats(); len(months) != 1 || months[0].APICalls != 1 {
		t.Errorf("months %+v", months)
	}
	for field, damage := range map[string]func(*State){
		"approvals[0]": func(s *State) { s.Approvals = []Approval{{UUID: "x", Status: "maybe"}} },
		"phone_verifications[0].cellphone": func(s *State) {
			s.Verifications = []Verification{{CountryCode: 1, Cellphone: "1"}}
		},
		"stats[0].month": func(s *State) { s.Stats = []Month{{Year: 2024, Month: 13}} },
		"users[0].history.devices[0].os": func(s *State) {
			s.Users[0].History = &History{Devices: []KeptDevice{{OS: "toaster", Secret: vectorSecret}}}
		},
		"seed": func(s *State) { s.Seed = "00" },
	} {
		broken := w.Snapshot()
		damage(&broken)
		if err := next.Restore(broken); err == nil || !strings.HasPrefix(err.Error(), field+": ") {
			t.Errorf("%s: %v", field, err)
		}
		if got, err := next.Approval(p.UUID); err != nil || got.Status != "approved" {
			t.Errorf("%s: a state that cannot be has changed the app: %v", field, err)
		}
	}
}

// TestSandboxAndCustomMessages: the settings decide which code goes out, and in which words.
func TestSandboxAndCustomMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := Start{Via: "sms", CountryCode: "1", Phone: "2015550123", CustomMessage: "say {{code}}!"}
	if _, err := w.StartVerification(start); wireCode(err) != "60021" {
		t.Errorf("a custom message: %v", err)
	}
	w.set(func(s *Settings) { s.Sandbox, s.Verification.CustomMessages = true, true })
	if _, err := w.StartVerification(start); err != nil {
		t.Fatal(err)
	}
	if m := w.messages[0]; strings.Trim(m.Code, "0") != "" || m.Text != "say "+m.Code+"!" {
		t.Errorf("sent %+v, want nothing but zeros, in the words asked for", m)
	}
	w.user(UserSpec{ID: 1000})
	if _, err := w.SendSMS(SendRequest{User: "1000", Force: true}); err != nil || w.messages[1].Code != SandboxToken {
		t.Errorf("SMS %+v, %v", w.messages[1], err)
	}
	if err := w.CheckVerification("1", "12", "0"); wireCode(err) != "60033" {
		t.Errorf("no number: %v", err)
	}
	if _, _, err := w.VerificationStatus("", "1", "12"); wireCode(err) != "60033" {
		t.Errorf("no number: %v", err)
	}
	w.set(func(s *Settings) { s.Sandbox = false }) // there every number is a landline
	if _, _, err := w.PhoneInfo("1", "12"); wireCode(err) != "60033" {
		t.Errorf("no number: %v", err)
	}
}

// TestErrorsTellTheirReason: as Go prints them.
func TestErrorsTellTheirReason(t *testing.T) {
	t.Parallel()
	e, ok := ByCode("60020")
	if !ok || e.Error() != "authy error 60020: Token is invalid" ||
		e.Because("too old").Error() != "authy error 60020: Token is invalid (too old)" {
		t.Errorf("got %v, %v", e, e.Because("too old"))
	}
	if again, _ := ByCode("60020"); again.Reason != "" {
		t.Error("a reason stays in the table")
	}
}
