package authy

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func (w *world) register(email, cellphone, code string) int64 {
	w.t.Helper()
	r, err := w.Register(Registration{Email: email, Cellphone: cellphone, CountryCode: code})
	if err != nil {
		w.t.Fatal(err)
	}
	return r.User
}

func TestSamePhoneIsTheSameUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.register("a@x.test", "317-338-9302", "54")
	if id <= 0 || id >= 1<<31 {
		t.Fatalf("id %d, want a positive 32-bit number", id)
	}
	for _, same := range []string{"3173389302", "(317) 338.9302"} {
		if got := w.register("b@x.test", same, "+54"); got != id {
			t.Errorf("%s: id %d, want %d", same, got, id)
		}
	}
	if other := w.register("a@x.test", "3173389302", "1"); other == id {
		t.Error("another country is another phone")
	}
	u, _ := w.User(id)
	if u.Email != "a@x.test" || !slices.Equal(u.Emails, []string{"b@x.test"}) || !u.Registered || u.Confirmed {
		t.Errorf("user %+v", u)
	}
}

func TestAutoRegisterOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *Settings) { s.AutoRegister = false })
	u, _ := w.User(w.register("a@x.test", "2025550123", "1"))
	if u.Registered || len(u.Devices) != 0 {
		t.Errorf("user %+v", u)
	}
	if _, err := w.Code(u.ID, AppFamily, 0); !errors.Is(err, ErrNoDevice) {
		t.Errorf("code of a user without the app: %v", err)
	}
}

func TestMagicUserComesBackWithoutTheApp(t *testing.T) {
	t.Parallel()
	for name, who := range map[string]Registration{
		"phone":  {Email: "a@x.test", Cellphone: "5005550006", CountryCode: "1"},
		"e-mail": {Email: "a+mock-unregistered@x.test", Cellphone: "2025550123", CountryCode: "1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.register(who.Email, who.Cellphone, who.CountryCode)
			if _, err := w.Delete(fmt.Sprint(id)); err != nil {
				t.Fatal(err)
			}
			again := w.register(who.Email, who.Cellphone, who.CountryCode)
			if u, _ := w.User(again); again != id || u.Registered {
				t.Errorf("came back as %+v, want %d without the app", u, id)
			}
		})
	}
}

func TestDeletedUserComesBackWithTheOldID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.register("a@x.test", "2025550123", "1")
	old, _ := w.User(id)
	code := w.code(id, AppFamily, 0)
	if _, err := w.Delete(fmt.Sprint(id)); err != nil {
		t.Fatal(err)
	}
	w.expect(w.verify(id, code), "60016")
	var e *Error
	if _, err := w.Status(fmt.Sprint(id)); !errors.As(err, &e) || e.Code != "60026" {
		t.Errorf("status of a deleted user: %v", err)
	}
	if again := w.register("a@x.test", "2025550123", "1"); again != id {
		t.Errorf("id %d, want %d", again, id)
	}
	if u, _ := w.User(id); u.Secret == old.Secret || u.Deleted {
		t.Errorf("revived as %+v", u)
	}
	w.expect(w.verify(id, code), "60020")
	w.expect(w.verify(id, w.code(id, AppFamily, 0)), "")
}

func TestDeletionHasAGracePeriod(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *Settings) { s.DeleteGrace = 24 * time.Hour })
	id := w.register("a@x.test", "2025550123", "1")
	for range 2 {
		if _, err := w.Delete(fmt.Sprint(id)); err != nil {
			t.Fatal(err)
		}
	}
	if s, err := w.Status(fmt.Sprint(id)); err != nil || !s.AccountDisabled {
		t.Errorf("status %+v, %v", s, err)
	}
	w.expect(w.verify(id, w.code(id, AppFamily, 0)), "")
	w.advance(24 * time.Hour)
	w.expect(w.verify(id, w.code(id, AppFamily, 0)), "60016")
	if _, err := w.Delete(fmt.Sprint(id)); err == nil {
		t.Error("a user who is gone was deleted")
	}
}

func TestSentCodes(t *testing.T) {
	t.Parallel()
	no := false
	w := newWorld(t)
	u := w.user(UserSpec{Registered: &no})
	send := func() string {
		t.Helper()
		if _, err := w.SendSMS(SendRequest{User: fmt.Sprint(u.ID)}); err != nil {
			t.Fatal(err)
		}
		return w.messages[len(w.messages)-1].Code
	}
	first := send()
	if again := send(); again != first {
		t.Errorf("asked again while it is valid: %s, want the same code", again)
	}
	w.advance(10*time.Minute - time.Second)
	w.expect(w.verify(u.ID, first), "")
	w.expect(w.verify(u.ID, first), "60019")
	second := send()
	if second == first {
		t.Error("a used code was sent again")
	}
	w.advance(10 * time.Minute)
	if v := w.verify(u.ID, second); v.Accepted || v.Reason != "code sent by sms, expired" {
		t.Errorf("expired: %+v", v)
	}
	if third := send(); third == second {
		t.Error("an expired code was sent again")
	}
}

func TestSendingIsRefused(t *testing.T) {
	t.Parallel()
	yes := true
	w := newWorld(t)
	u := w.user(UserSpec{})
	q := SendRequest{User: fmt.Sprint(u.ID), Force: true}
	expect := func(want string) {
		t.Helper()
		_, err := w.StartCall(q)
		var e *Error
		if errors.As(err, &e); want == "" && err != nil || want != "" && (e == nil || e.Code != want) {
			t.Fatalf("got %v, want %q", err, want)
		}
	}
	expect("")
	w.set(func(s *Settings) { s.RateLimits.Call = Rate{Count: 2, Per: time.Hour} })
	expect("")
	expect("")
	expect("60003")
	w.advance(time.Hour)
	expect("")
	w.set(func(s *Settings) { s.CallsEnabled = false })
	expect("60006")
	w.set(func(s *Settings) { s.CallsEnabled = true })
	if _, err := w.PatchUser(u.ID, UserPatch{Suspended: &yes}); err != nil {
		t.Fatal(err)
	}
	expect("60017")
}

func TestIDsOfTheSamePhoneInEveryApp(t *testing.T) {
	t.Parallel()
	global := func(s *Settings) { s.IDScope = "global" }
	one, two := newWorld(t), newWorld(t)
	one.set(global)
	two.set(global)
	two.register("z@x.test", "2025550199", "1")
	if a, b := one.register("a@x.test", "2025550123", "1"), two.register("a@x.test", "2025550123", "1"); a != b {
		t.Errorf("ids %d and %d, want the same", a, b)
	}
}

func TestRestoreOfASnapshotChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *Settings) {
		s.AppName = "Another"
		s.SuspendAfter = 5
		s.RateLimits.SMS = Rate{3, time.Hour}
	})
	id := w.register("a@x.test", "2025550123", "1")
	w.register("b@x.test", "2025550123", "1")
	w.user(UserSpec{ID: 77, Name: "bob", Cellphone: "0151 2345678", CountryCode: 49, Secret: vectorSecret,
		Disabled: true})
	if _, err := w.AddDevice(id, "ipad", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.SendSMS(SendRequest{User: fmt.Sprint(id), Force: true, Action: "x"}); err != nil {
		t.Fatal(err)
	}
	used := w.code(id, AppFamily, 0)
	w.expect(w.verify(id, used), "")
	w.expect(w.verify(id, "0000001"), "60020")
	if _, err := w.Delete("77"); err != nil {
		t.Fatal(err)
	}
	before := w.Snapshot()
	other := seededWorld(t, 2)
	if err := other.Restore(before); err != nil {
		t.Fatal(err)
	}
	if after := other.Snapshot(); !reflect.DeepEqual(before, after) {
		t.Errorf("\n got %+v\nwant %+v", after, before)
	}
	other.expect(other.verify(id, used), "60019")
	other.expect(other.verify(id, w.code(id, AppFamily, 1)), "")
	other.expect(other.verify(id, w.code(id, GenericFamily, 0)), "")
	if a, b := w.register("n@x.test", "2025550124", "1"), other.register("n@x.test", "2025550124", "1"); a != b {
		t.Errorf("next ids %d and %d differ", a, b)
	}
}

func TestRestoreOfNonsenseChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user(UserSpec{ID: 77})
	before := w.Snapshot()
	for name, change := range map[string]func(*State){
		"setting": func(s *State) { s.Settings.UnknownPath = "x" },
		"seed":    func(s *State) { s.Seed = "xyz" },
		"phone":   func(s *State) { s.Users = []UserSpec{{Cellphone: "x"}} },
		"taken":   func(s *State) { s.Users = []UserSpec{{Cellphone: "2025550123"}, {Cellphone: "202-555-0123"}} },
		"secret":  func(s *State) { s.Users = []UserSpec{{Cellphone: "2025550123", Secret: "x"}} },
		"device": func(s *State) {
			s.Users[0].History.Devices = []KeptDevice{{OS: "fridge", Secret: vectorSecret}}
		},
		"device's key": func(s *State) { s.Users[0].History.Devices = []KeptDevice{{OS: "ios"}} },
	} {
		next := w.Snapshot()
		change(&next)
		if err := w.Restore(next); err == nil {
			t.Errorf("%s: no error", name)
		}
		if after := w.Snapshot(); !reflect.DeepEqual(before, after) {
			t.Errorf("%s: changed to %+v", name, after)
		}
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann := w.user(UserSpec{Name: "ann", Email: "ann@x.test", Cellphone: "2025550101"})
	bob := w.user(UserSpec{Name: "bob", Cellphone: "2025550102"})
	for _, ref := range []string{fmt.Sprint(ann.ID), "ann", "ann@x.test", "+12025550101", "2025550101"} {
		if u, err := w.FindUser(ref); err != nil || u.ID != ann.ID || !w.Is(ann.ID, ref) || w.Is(bob.ID, ref) {
			t.Errorf("%s: %+v, %v", ref, u, err)
		}
	}
	twin := w.user(UserSpec{Name: "twin", Email: "ann@x.test", Cellphone: "2025550104"})
	if u, err := w.FindUser("ann@x.test"); !errors.Is(err, ErrSeveral) ||
		!strings.Contains(err.Error(), fmt.Sprintf("%d and %d", ann.ID, twin.ID)) {
		t.Errorf("an e-mail that two users have: %+v, %v", u, err)
	}
	if err := w.RemoveUser(twin.ID); err != nil {
		t.Fatal(err)
	}
	for _, s := range []UserSpec{{ID: ann.ID, Cellphone: "2025550103"}, {Name: "ann", Cellphone: "2025550103"},
		{Cellphone: "202-555-0101"}} {
		if _, err := w.AddUser(s); !errors.Is(err, ErrTaken) {
			t.Errorf("%+v: %v, want taken", s, err)
		}
	}
	name, phone, no, yes := "bob", "2025550101", false, true
	if _, err := w.PatchUser(ann.ID, UserPatch{Name: &name}); !errors.Is(err, ErrTaken) {
		t.Errorf("name of another: %v", err)
	}
	if _, err := w.PatchUser(bob.ID, UserPatch{Cellphone: &phone}); !errors.Is(err, ErrTaken) {
		t.Errorf("phone of another: %v", err)
	}
	phone = "2025550199"
	u, err := w.PatchUser(ann.ID, UserPatch{Cellphone: &phone, Registered: &no, Confirmed: &yes})
	if err != nil || u.Registered || !u.Confirmed || u.Cellphone != phone {
		t.Errorf("patched to %+v, %v", u, err)
	}
	if page, total := w.Users("", 1, 5); total != 2 || len(page) != 1 {
		t.Errorf("second page: %+v of %d", page, total)
	}
	if page, total := w.Users("bob", 0, 5); total != 1 || page[0].ID != bob.ID {
		t.Errorf("search: %+v of %d", page, total)
	}
	if err := w.RemoveUser(bob.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.FindUser("bob"); !errors.Is(err, ErrNoUser) {
		t.Errorf("removed user: %v", err)
	}
	if _, err := w.User(1 << 40); !errors.Is(err, ErrNoUser) {
		t.Errorf("a number that is no id: %v", err)
	}
}
