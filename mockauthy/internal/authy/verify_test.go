package authy

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func (w *world) verify(id int64, token string) Verdict {
	return w.Verify(VerifyRequest{User: fmt.Sprint(id), Token: token, Force: true})
}

func (w *world) expect(v Verdict, code string) {
	w.t.Helper()
	got := ""
	if v.Err != nil {
		got = v.Err.Code
	}
	if got != code || v.Accepted != (code == "") {
		w.t.Fatalf("got accepted=%v error %q (%s), want error %q", v.Accepted, got, v.Reason, code)
	}
	if v.Reason == "" {
		w.t.Fatal("a verdict without a reason")
	}
}

func TestCodeIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(UserSpec{})
	code := w.code(u.ID, AppFamily, 0)
	w.expect(w.verify(u.ID, code), "")
	w.expect(w.verify(u.ID, code), "60019")
	if u, _ = w.User(u.ID); !u.Confirmed {
		t.Error("a right code did not confirm the user")
	}
}

func TestCodeVerifiedByManyAtOnceIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(UserSpec{})
	code := w.code(u.ID, AppFamily, 0)
	var accepted atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if w.verify(u.ID, code).Accepted {
				accepted.Add(1)
			}
		})
	}
	all.Wait()
	if n := accepted.Load(); n != 1 {
		t.Fatalf("accepted %d times, want once", n)
	}
}

func TestWindows(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		family Family
		offset int
		want   string
		reason string
	}{
		{AppFamily, 0, "", "code of the present step"},
		{AppFamily, -6, "", "code of 6 steps ago"},
		{AppFamily, 3, "", "code of 3 steps ahead"},
		{AppFamily, -7, "60020", "code of 7 steps ago, outside the window"},
		{AppFamily, 4, "60020", "code of 4 steps ahead, outside the window"},
		{GenericFamily, -1, "", "code of the step before of another authenticator app"},
		{GenericFamily, 1, "", "code of the next step of another authenticator app"},
		{GenericFamily, -2, "60020", "code of the step before last, outside the window"},
		{GenericFamily, 2, "60020", "code of 2 steps ahead, outside the window"},
	} {
		t.Run(fmt.Sprint(c.family, c.offset), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			u := w.user(UserSpec{})
			v := w.verify(u.ID, w.code(u.ID, c.family, c.offset))
			w.expect(v, c.want)
			if v.Reason != c.reason {
				t.Errorf("reason %q, want %q", v.Reason, c.reason)
			}
		})
	}
}

func TestEachDeviceHasItsOwnCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(UserSpec{})
	phone := u.Devices[0]
	tablet, err := w.AddDevice(u.ID, "ipad", "")
	if err != nil {
		t.Fatal(err)
	}
	if phone.Secret == tablet.Secret || phone.ID == tablet.ID {
		t.Fatalf("devices share what is their own: %+v, %+v", phone, tablet)
	}
	window := DefaultSettings().TOTP.App
	code := func(d Device, offset int64) string { return window.Code(d.Secret, window.Step(w.now())+offset) }
	w.expect(w.verify(u.ID, code(phone, 0)), "")
	w.expect(w.verify(u.ID, code(tablet, 0)), "")
	if err := w.RemoveDevice(u.ID, tablet.ID); err != nil {
		t.Fatal(err)
	}
	w.expect(w.verify(u.ID, code(tablet, 1)), "60020")
	w.expect(w.verify(u.ID, code(phone, 1)), "")
	if err := w.RemoveDevice(u.ID, phone.ID); err != nil {
		t.Fatal(err)
	}
	w.expect(w.verify(u.ID, code(phone, 2)), "60020")
}

func TestOlderFreshCodeIsNotCalledReused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(UserSpec{})
	now, before := w.code(u.ID, AppFamily, 0), w.code(u.ID, AppFamily, -1)
	w.expect(w.verify(u.ID, now), "")
	w.expect(w.verify(u.ID, before), "")
	w.expect(w.verify(u.ID, before), "60019")
}

func TestUsedCodeStaysUsedWhenTheClockTurnsBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(UserSpec{})
	code := w.code(u.ID, AppFamily, 0)
	w.expect(w.verify(u.ID, code), "")
	w.advance(24 * time.Hour)
	w.expect(w.verify(u.ID, w.code(u.ID, AppFamily, 0)), "")
	w.advance(-24 * time.Hour)
	w.expect(w.verify(u.ID, code), "60019")
}

func TestManyUsedCodesAreAllRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *Settings) { s.TOTP.App.Past = 120 })
	u := w.user(UserSpec{})
	first := w.code(u.ID, AppFamily, 0)
	for range maxUsed + 10 {
		w.expect(w.verify(u.ID, w.code(u.ID, AppFamily, 0)), "")
		w.advance(10 * time.Second)
	}
	w.expect(w.verify(u.ID, first), "60019")
}

func TestUnforcedVerifyOfAnUnregisteredUserTakesAnything(t *testing.T) {
	t.Parallel()
	no := false
	w := newWorld(t)
	u := w.user(UserSpec{Registered: &no})
	q := VerifyRequest{User: fmt.Sprint(u.ID), Token: "garbage"}
	v := w.Verify(q)
	w.expect(v, "")
	if v.Device != nil {
		t.Error("an unchecked code came from no device")
	}
	if u, _ = w.User(u.ID); u.Confirmed {
		t.Error("garbage confirmed the user")
	}
	w.set(func(s *Settings) { s.EnforceUnconfirmed = true })
	w.expect(w.Verify(q), "60020")
	w.set(func(s *Settings) { s.EnforceUnconfirmed = false })
	w.expect(w.verify(u.ID, w.code(u.ID, GenericFamily, 0)), "")
	w.expect(w.Verify(q), "60020")
}

func TestWrongTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(UserSpec{})
	code := w.code(u.ID, AppFamily, 0)
	for _, token := range []string{"", "1", "123456", "1234567", " " + code, code + "0", "+" + code, "../sms",
		"٠٣٩١٥١٥", code[:6] + "\x00", "0" + code} {
		w.expect(w.verify(u.ID, token), "60020")
	}
	w.expect(w.verify(u.ID, code), "")
}

func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(UserSpec{ID: 1000})
	code := w.code(u.ID, AppFamily, 0)
	for _, id := range []string{"", "0", "01000", "+1000", "-1000", "1000 ", "1001", "abc", "4294968296",
		"99999999999999999999", "1e3", "١٠٠٠"} {
		w.expect(w.Verify(VerifyRequest{User: id, Token: code, Force: true}), "60016")
	}
	w.expect(w.verify(u.ID, code), "")
}

func TestBlockedUsers(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	w := newWorld(t)
	u := w.user(UserSpec{})
	patch := func(p UserPatch) {
		t.Helper()
		if _, err := w.PatchUser(u.ID, p); err != nil {
			t.Fatal(err)
		}
	}
	patch(UserPatch{Suspended: &yes})
	v := w.verify(u.ID, w.code(u.ID, AppFamily, 0))
	w.expect(v, "60017")
	if v.Err.Status != 503 {
		t.Errorf("status %d, want 503", v.Err.Status)
	}
	patch(UserPatch{Suspended: &no, Disabled: &yes})
	w.expect(w.verify(u.ID, w.code(u.ID, AppFamily, 0)), "60018")
	patch(UserPatch{Disabled: &no})
	w.expect(w.verify(u.ID, w.code(u.ID, AppFamily, 0)), "")
}

func TestTooManyWrongCodesSuspend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *Settings) { s.SuspendAfter = 3 })
	u := w.user(UserSpec{})
	for range 3 {
		w.expect(w.verify(u.ID, "0000001"), "60020")
	}
	w.expect(w.verify(u.ID, w.code(u.ID, AppFamily, 0)), "60017")
	w.advance(15*time.Minute - time.Second)
	w.expect(w.verify(u.ID, w.code(u.ID, AppFamily, 0)), "60017")
	w.advance(time.Second)
	w.expect(w.verify(u.ID, w.code(u.ID, AppFamily, 0)), "")
}

func TestRateLimitOfVerify(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *Settings) { s.RateLimits.Verify = Rate{Count: 2, Per: time.Minute} })
	u := w.user(UserSpec{})
	w.expect(w.verify(u.ID, "0000001"), "60020")
	w.expect(w.verify(u.ID, "0000001"), "60020")
	w.expect(w.verify(u.ID, w.code(u.ID, AppFamily, 0)), "60003")
	w.advance(time.Minute)
	w.expect(w.verify(u.ID, w.code(u.ID, AppFamily, 0)), "")
	w.advance(-time.Hour) // calls in the future do not count
	w.expect(w.verify(u.ID, "0000001"), "60020")
}

func TestSandbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(UserSpec{})
	w.expect(w.verify(u.ID, SandboxToken), "60020")
	w.set(func(s *Settings) { s.Sandbox = true })
	w.expect(w.verify(u.ID, SandboxToken), "")
	w.expect(w.verify(u.ID, SandboxToken), "")
	w.expect(w.verify(u.ID, "1234567"), "60020")
}
