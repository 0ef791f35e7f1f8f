package bolt

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// person is somebody at no provider.
type person string

func (person) Provider() string { return "none" }
func (p person) String() string { return string(p) }

// logins is a memory with everything, in a store.
func logins(s store.Store, key []byte, now func() time.Time) *memory.Logins {
	var n atomic.Int64
	return &memory.Logins{
		Store: s, Key: key, Now: now, Fresh: func() string { return strconv.FormatInt(n.Add(1), 10) },
		Limits: memory.Limits{Window: 15 * time.Minute, PerAccountIP: 10, PerIP: 100, PerAccount: 1000},
		Grace:  10 * time.Minute,
	}
}

// login does to a memory what the gate does with an attempt whose code the provider judges so.
func login(t *testing.T, m *memory.Logins, account, text string, answer provider.Result, o gate.Outcome) {
	t.Helper()
	code, err := otp.ParseCode(text)
	if err != nil {
		t.Fatal(err)
	}
	ctx, who := t.Context(), person(account)
	a := gate.Attempt{Hook: gate.Checkpwd, Account: gate.Account{Name: account}, IP: "192.0.2.7", Protocol: "FTP",
		Code: code}
	standing, err := m.Join(ctx, a, who)
	if err != nil || standing.Place != gate.Leads {
		t.Fatalf("joins %+v, %v", standing, err)
	}
	locked, err := m.Enter(ctx, a)
	if err != nil || locked {
		t.Fatalf("locked %v, %v", locked, err)
	}
	if state, err := m.Claim(ctx, a, who, code); err != nil || state != gate.WellFormed {
		t.Fatalf("claims %v, %v", state, err)
	}
	if answer == provider.Right { // as one does that judges by itself
		if ok, err := m.AdvanceStep(ctx, account, time.Now().UnixNano()); !ok || err != nil {
			t.Fatalf("step %v, %v", ok, err)
		}
	}
	err = errors.Join(m.Settle(ctx, a, who, code, answer), m.Leave(ctx, a, o), m.Land(ctx, a, who, standing, o))
	if err != nil {
		t.Fatal(err)
	}
}

// writes returns how many writes a file has seen.
func writes(t *testing.T, db *bbolt.DB, path string) (n int) {
	t.Helper()
	if db == nil {
		opened, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		db = opened
	}
	if err := db.View(func(tx *bbolt.Tx) error { n = tx.ID(); return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

var (
	right = gate.Outcome{Result: gate.Accepted, Reason: gate.CodeRight}
	wrong = gate.Deny(gate.CodeWrong)
)

// TestALoginIsOneWrite: of an accepted login, of one that was not, and of one that makes failures
// forgotten, with all that is remembered of it.
func TestALoginIsOneWrite(t *testing.T) {
	t.Parallel()
	for _, as := range []string{"owner", "visitor"} {
		o, c := fresh(t)
		var m *memory.Logins
		var db *bbolt.DB
		if as == "owner" {
			w := own(t, o)
			m, db = logins(w, w.Key(), c.Now), w.file.db
		} else {
			v := visit(t, o)
			m = logins(v, v.Key(), c.Now)
		}
		for i, each := range []struct {
			what   string
			answer provider.Result
			out    gate.Outcome
		}{
			{"accepted", provider.Right, right}, {"accepted again", provider.Right, right},
			{"wrong", provider.Wrong, wrong}, {"wrong again", provider.Wrong, wrong},
			{"accepted after failures", provider.Right, right},
		} {
			before := writes(t, db, o.Path)
			login(t, m, "ann", strconv.Itoa(1234567+i), each.answer, each.out)
			if n := writes(t, db, o.Path) - before; n != 1 {
				t.Errorf("%s: %s is %d writes", as, each.what, n)
			}
		}
	}
}

// arriving is an owner that counts who has come to have something kept.
type arriving struct {
	*Owner
	come atomic.Int32
}

func (a *arriving) Keep(ctx context.Context, keys ...store.Key) error {
	a.come.Add(1)
	return a.Owner.Keep(ctx, keys...)
}

// TestLoginsAtOnceShareAWrite: while the disk is busy with one write, all others wait for the next.
func TestLoginsAtOnceShareAWrite(t *testing.T) {
	t.Parallel()
	o, c := fresh(t)
	w := &arriving{Owner: own(t, o)}
	m := logins(w, w.Key(), c.Now)
	hold, held := make(chan struct{}), make(chan struct{})
	go func() {
		_ = w.file.db.Update(func(*bbolt.Tx) error { close(held); <-hold; return errors.New("nothing") })
	}()
	<-held
	before := writes(t, w.file.db, "")
	const many = 40
	var wait sync.WaitGroup
	for i := range many {
		wait.Go(func() { login(t, m, "user"+strconv.Itoa(i), "1234567", provider.Right, right) })
	}
	for w.come.Load() < many {
		runtime.Gosched()
	}
	close(hold)
	wait.Wait()
	// That of the first, that of the others, and that of somebody who came and was not in time.
	if n := writes(t, w.file.db, "") - before; n > 3 {
		t.Errorf("%d logins at once are %d writes", many, n)
	}
}
