package authy

import (
	"fmt"
	"testing"
)

// What programs of other people recorded of Authy's sandbox.
func TestSandboxIsTheRealOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *Settings) {
		for _, q := range Quirks() {
			if q.Name == "sandbox" {
				q.Apply(s)
			}
		}
	})
	id := w.register("user@domain.com", "317-338-9302", "54")
	if u, _ := w.User(id); !u.Confirmed || u.Registered || len(u.Devices) != 0 {
		// authy-go: confirmed, not registered, no devices
		t.Errorf("user %+v, want a confirmed one without the app", u)
	}
	w.expect(w.verify(id, "0000000"), "")
	w.expect(w.verify(id, "0000000"), "")
	w.expect(w.Verify(VerifyRequest{User: fmt.Sprint(id), Token: "123456"}), "60020") // authy-rs, without force
	if s, err := w.SendSMS(SendRequest{User: fmt.Sprint(id)}); err != nil || s.Ignored ||
		s.Cellphone != "+54-XXX-XXX-XX02" {
		t.Errorf("SMS without force: %+v %v", s, err)
	}
	if s, err := w.StartVerification(
		Start{Via: "sms", CountryCode: "1", Phone: "2015550123", CustomCode: "4321"}); err != nil || s.SMSID == "" {
		t.Errorf("custom code: %+v %v", s, err)
	}
	if err := w.CheckVerification("1", "2015550123", "4321"); err != nil {
		t.Errorf("custom code: %v", err)
	}
	if _, err := w.RequestApproval(ApprovalRequest{User: fmt.Sprint(id), Message: "x"}); wireCode(err) != "60065" {
		t.Errorf("a push: %v, want 60065", err)
	}
	for _, uuid := range []string{"550e8400-e29b-41d4-a716-446655440000", "anything"} {
		if a, err := w.Approval(uuid); err != nil || a.UUID != uuid || a.Status != "pending" {
			t.Errorf("request %s: %+v %v", uuid, a, err)
		}
	}
	if kind, _, err := w.PhoneInfo("54", "1"); err != nil || kind != Landline {
		t.Errorf("phone: %s %v", kind, err)
	}
}
