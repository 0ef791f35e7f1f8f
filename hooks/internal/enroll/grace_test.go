package enroll

import (
	"context"
	"crypto/rand"
	"fmt"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/totp"
)

// unkept is a store that knows whether the last step was kept.
type unkept struct {
	store.Store
	advanced bool // and not kept since
}

func (u *unkept) Advance(ctx context.Context, key store.Key, step int64, life time.Duration) (bool, error) {
	u.advanced = true
	return u.Store.Advance(ctx, key, step, life)
}

func (u *unkept) Keep(ctx context.Context, keys ...store.Key) error {
	u.advanced = false
	return u.Store.Keep(ctx, keys...)
}

// TestTheCodeOfAnEnrolmentIsKept: it opens no door, after a crash neither, also where there are no
// recovery codes to keep with it.
func TestTheCodeOfAnEnrolmentIsKept(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Unix(1_700_000_000, 0) }
	u := &unkept{Store: inprocess.New(now)}
	logins := &memory.Logins{Store: u, Key: []byte("k"), Now: now}
	people, err := totp.New(totp.Options{SecretsFile: "/none", Params: totp.Defaults(), Memory: logins, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	set, err := provider.NewSet(totp.Name, people)
	if err != nil {
		t.Fatal(err)
	}
	d := Desk{
		Secrets: totp.File{Path: t.TempDir() + "/secrets", Random: rand.Reader}, Params: totp.Defaults(), People: set,
		Memory: logins, Random: rand.Reader, Now: now,
	}
	f, err := d.New("bob")
	if err != nil {
		t.Fatal(err)
	}
	text, _ := f.Secret.Code(f.Secret.Step(now()))
	code, _ := otp.ParseTypedCode(text)
	if err := d.Replace(t.Context(), f, code); err != nil || u.advanced {
		t.Errorf("%v; the step is not kept: %v", err, u.advanced)
	}
}

// TestANewSecretEndsAllGraces: also those of other accounts that use the secret.
func TestANewSecretEndsAllGraces(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Unix(1_700_000_000, 0) }
	fresh := 0
	logins := &memory.Logins{
		Store: inprocess.New(now), Key: []byte("k"), Now: now, Grace: 10 * time.Minute,
		Fresh: func() string { fresh++; return fmt.Sprint(fresh) },
	}
	people, err := totp.New(totp.Options{
		SecretsFile: t.TempDir() + "/secrets", Params: totp.Defaults(), Memory: logins, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	set, err := provider.NewSet(totp.Name, people)
	if err != nil {
		t.Fatal(err)
	}
	d := Desk{
		Secrets: totp.File{Path: t.TempDir() + "/secrets", Random: rand.Reader}, Params: totp.Defaults(), People: set,
		Memory: logins, Random: rand.Reader, Now: now,
		Map: func(context.Context, ...accounts.Line) error { return nil },
	}
	for what, change := range map[string]func() error{
		"replace": func() error {
			f, err := d.New("bob")
			if err != nil {
				return err
			}
			text, err := f.Secret.Code(f.Secret.Step(now()))
			if err != nil {
				return err
			}
			code, err := otp.ParseTypedCode(text)
			if err != nil {
				return err
			}
			return d.Replace(t.Context(), f, code)
		},
		"forget": func() error { return d.Forget(t.Context(), "bob") },
	} {
		for _, account := range []string{"bob", "shares"} {
			person, _ := set.Parse(account, "totp/bob")
			a := gate.Attempt{
				Hook: gate.Checkpwd, Account: gate.Account{Name: account}, IP: "192.0.2.1", Protocol: "FTP",
			}
			a.Code, _ = otp.ParseTypedCode(fmt.Sprintf("%06d", fresh))
			if _, err := logins.Join(t.Context(), a, person); err != nil {
				t.Fatal(err)
			}
			if _, err := logins.Claim(t.Context(), a, person, a.Code); err != nil {
				t.Fatal(err)
			}
			if err := logins.Settle(t.Context(), a, person, a.Code, provider.Right); err != nil {
				t.Fatal(err)
			}
			if st, err := logins.Join(t.Context(), a, person); err != nil || st.Place != gate.GoesOn {
				t.Fatalf("%s: no grace before %s: %+v, %v", account, what, st, err)
			}
			if err := change(); err != nil {
				t.Fatal(err)
			}
			if st, err := logins.Join(t.Context(), a, person); err != nil || st.Place == gate.GoesOn {
				t.Errorf("%s goes on after %s: %+v, %v", account, what, st, err)
			}
		}
	}
}
