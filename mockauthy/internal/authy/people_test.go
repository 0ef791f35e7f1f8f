package authy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

// as returns a pointer to v, as patches want it.
func as[T any](v T) *T { return &v }

// TestAppNeedsAClockAndRandomness: an app that made up its own would not be two runs with one
// outcome.
func TestAppNeedsAClockAndRandomness(t *testing.T) {
	t.Parallel()
	source := func() io.Reader { return rand.NewChaCha8([32]byte{1}) }
	for want, o := range map[string]Options{
		"Now and Rand are required": {Rand: source()},
		"Rand are required":         {Now: time.Now},
		"random source":             {Now: time.Now, Rand: bytes.NewReader(make([]byte, 31))},
		"setting app_name":          {Now: time.Now, Rand: source(), Settings: Settings{Plan: "x"}},
	} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	// Nobody has to listen to what is sent and answered.
	a, err := New(Options{Now: time.Now, Rand: source()})
	if err != nil {
		t.Fatal(err)
	}
	u, err := a.AddUser(UserSpec{Cellphone: "202-555-0123"})
	if err != nil {
		t.Fatal(err)
	}
	p, err := a.RequestApproval(ApprovalRequest{User: fmt.Sprint(u.ID), Message: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := a.AnswerApproval(p.UUID, true); err != nil || got.Status != "approved" {
		t.Errorf("answered: %+v, %v", got, err)
	}
}

// TestRandomnessThatEnds: a code of a fixed pattern could be guessed, so there is none.
func TestRandomnessThatEnds(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(*App) error{
		"code": func(a *App) error { _, err := a.SendSMS(SendRequest{User: "1000", Force: true}); return err },
		"approval": func(a *App) error {
			_, err := a.RequestApproval(ApprovalRequest{User: "1000", Message: "m"})
			return err
		},
		"verification": func(a *App) error {
			_, err := a.StartVerification(Start{Via: "sms", CountryCode: "1", Phone: "2015550123", CustomCode: "1234"})
			return err
		},
		"message id": func(a *App) error {
			a.settings.Sandbox = true // the code itself needs no randomness there
			_, err := a.SendEmail(SendRequest{User: "1000"})
			return err
		},
	} {
		a, err := New(Options{Now: time.Now, Rand: bytes.NewReader(make([]byte, 32))})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.AddUser(UserSpec{ID: 1000, Email: "a@x.test", Cellphone: "202-555-0123"}); err != nil {
			t.Fatal(err)
		}
		a.settings.Verification.CustomCodes = true
		func() {
			defer func() {
				if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "random source") {
					t.Errorf("%s: recovered %v", name, p)
				}
			}()
			t.Errorf("%s: made without randomness, %v", name, call(a))
		}()
	}
}

// TestPatchIsAllOrNothing: each problem names its field, and leaves the user as it was.
func TestPatchIsAllOrNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user(UserSpec{ID: 1000, Name: "ann", Email: "a@x.test"})
	w.user(UserSpec{ID: 1001, Name: "bob", Cellphone: "202-555-0124"})
	for field, p := range map[string]UserPatch{
		"country_code": {CountryCode: as(1000), Email: as("new@x.test")},
		"cellphone":    {Cellphone: as("12"), Email: as("new@x.test")},
		"name":         {Name: as("bob"), Email: as("new@x.test")},
		"secret":       {Secret: as("nonsense!"), Email: as("new@x.test")},
	} {
		_, err := w.PatchUser(1000, p)
		var wrong *FieldProblem
		if !errors.As(err, &wrong) || wrong.Field != field || !strings.HasPrefix(err.Error(), field+": ") {
			t.Errorf("%s: %v", field, err)
		}
		if got, _ := w.User(1000); !reflect.DeepEqual(got, u) {
			t.Errorf("%s: changed to %+v", field, got)
		}
	}
	if _, err := w.PatchUser(1000, UserPatch{Cellphone: as("202-555-0124")}); !errors.Is(err, ErrTaken) {
		t.Errorf("bob's phone: %v", err)
	}
	if _, err := w.PatchUser(1002, UserPatch{}); !errors.Is(err, ErrNoUser) {
		t.Errorf("nobody: %v", err)
	}
}

// TestPatchTakesEffect: the codes go with the secret, the search with the phone, and a lifted
// suspension is forgotten.
func TestPatchTakesEffect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(func(s *Settings) { s.SuspendAfter, s.SuspendFor = 2, time.Hour })
	u := w.user(UserSpec{ID: 1000, Email: "a@x.test"})
	if _, err := w.PatchUser(1000,
		UserPatch{Secret: as(strings.ToLower(vectorSecret)), CountryCode: as(44),
			Email: as("new@x.test")}); err != nil {
		t.Fatal(err)
	}
	if got := w.code(1000, AppFamily, 0); got != "1139900" { // the vectors' code of this moment
		t.Errorf("code %s is not the new secret's", got)
	}
	if got, err := w.FindUser("+442025550123"); err != nil || got.Email != "new@x.test" || got.Secret != vectorSecret {
		t.Errorf("by the new phone: %+v, %v", got, err)
	}
	if _, err := w.FindUser("+12025550123"); !errors.Is(err, ErrNoUser) {
		t.Errorf("by the old phone: %v", err)
	}
	if _, err := w.PatchUser(1000, UserPatch{Secret: as("")}); err != nil {
		t.Fatal(err)
	}
	if got, _ := w.User(1000); got.Secret != u.Secret {
		t.Error("the derived secret is not back")
	}
	w.expect(w.verify(1000, "0000000"), "60020")
	w.expect(w.verify(1000, "0000000"), "60020")
	w.expect(w.verify(1000, w.code(1000, AppFamily, 0)), "60017")
	if _, err := w.PatchUser(1000, UserPatch{Suspended: as(false)}); err != nil {
		t.Fatal(err)
	}
	w.expect(w.verify(1000, "0000000"), "60020") // the count begins anew
	w.expect(w.verify(1000, w.code(1000, AppFamily, 0)), "")
	if _, err := w.AddDevice(1000, "", ""); err != nil {
		t.Fatal(err)
	}
	if got, err := w.PatchUser(1000, UserPatch{Registered: as(false)}); err != nil || got.Registered ||
		len(got.Devices) != 0 {
		t.Errorf("without the app: %+v, %v", got, err)
	}
	if c, err := w.Code(1000, "", 0); err != nil || c.Family != GenericFamily {
		t.Errorf("the code of a user without the app: %+v, %v", c, err)
	}
}

// TestDevices: each has codes of its own, and they fail when it is taken away.
func TestDevices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user(UserSpec{ID: 1000})
	d, err := w.AddDevice(1000, "", vectorSecret)
	if err != nil || d.OS != "android" || d.Secret != vectorSecret {
		t.Fatalf("got %+v, %v", d, err)
	}
	w.expect(w.verify(1000, "1139900"), "")
	w.advance(time.Hour)
	if err := w.RemoveDevice(1000, d.ID); err != nil {
		t.Fatal(err)
	}
	window := w.Settings().TOTP.App
	w.expect(w.verify(1000, window.Code(vectorSecret, window.Step(w.now()))), "60020")
	for want, call := range map[string]func() error{
		"there is no such user":   func() error { _, err := w.AddDevice(1, "", ""); return err },
		`os: "toaster"`:           func() error { _, err := w.AddDevice(1000, "toaster", ""); return err },
		"secret: ":                func() error { _, err := w.AddDevice(1000, "ios", "nonsense!"); return err },
		"user 1000 has no device": func() error { return w.RemoveDevice(1000, d.ID) },
		"user 1: there is no":     func() error { return w.RemoveDevice(1, d.ID) },
		"user 2: there is no":     func() error { return w.RemoveUser(2) },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if u, _ := w.User(1000); len(u.Devices) != 1 {
		t.Errorf("a refused device is there: %+v", u.Devices)
	}
}

// TestIDsAreNotGivenTwice: an id that a tester took is passed over, in both scopes.
func TestIDsAreNotGivenTwice(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"app", "global"} {
		first := newWorld(t)
		first.set(func(s *Settings) { s.IDScope = scope })
		id := first.register("a@x.test", "2025550123", "1")
		w := newWorld(t) // the same seed would give the same id
		w.set(func(s *Settings) { s.IDScope = scope })
		w.user(UserSpec{ID: id, Cellphone: "202-555-0199"})
		if got := w.register("a@x.test", "2025550123", "1"); got != id+1 {
			t.Errorf("%s: id %d, want %d", scope, got, id+1)
		}
	}
}

// TestCodesThatThereAreNot: the control API asks in words, and is answered in words.
func TestCodesThatThereAreNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user(UserSpec{ID: 1000})
	for want, call := range map[string]func() (Code, error){
		"there is no such user":  func() (Code, error) { return w.Code(1, AppFamily, 0) },
		`family "sms"`:           func() (Code, error) { return w.Code(1000, "sms", 0) },
		"no codes before 1970":   func() (Code, error) { return w.Code(1000, AppFamily, -1<<30) },
		"user 4294968296: there": func() (Code, error) { return w.Code(1<<32+1000, AppFamily, 0) },
	} {
		if got, err := call(); err == nil || !strings.Contains(err.Error(), want) || got.Token != "" {
			t.Errorf("got %+v, %v, want %s", got, err, want)
		}
	}
	window := w.Settings().TOTP.App
	if got := window.Step(time.Unix(-1, 0)); got != 0 {
		t.Errorf("step %d before 1970", got)
	}
}
