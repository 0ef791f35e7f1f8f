package totp

import (
	"crypto/rand"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/provider"
)

// TestRecoveryCodes: each works once, for its person, and as a guess like any other code.
func TestRecoveryCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "alice: "+good+"\nbob: "+other+"\n", someKey(1))
	who := w.person("alice")
	codes := w.recoveryCodes("alice", keysOf(t, someKey(1)))
	recovers := func(account string, code string) provider.Result {
		t.Helper()
		return w.Recover(t.Context(), w.person(account), w.parse(code)).Result
	}
	w.want("somebody else", recovers("bob", codes[0]), provider.Wrong)
	w.want("the first", recovers("alice", codes[0]), provider.Recovered)
	w.want("the first again", recovers("alice", codes[0]), provider.Used)
	w.left(who, 9)
	w.want("as a code", w.verify("alice", w.parse(codes[1])), provider.Wrong)
	w.want("the second", recovers("alice", codes[1]), provider.Recovered)
	w.left(who, 8)

	w.write("key", someKey(2)+"\n"+someKey(1)+"\n")
	w.later(time.Minute)
	w.want("of an older key", recovers("alice", codes[2]), provider.Recovered)
	fresh := w.recoveryCodes("alice", keysOf(t, someKey(2)))
	w.left(who, 10)
	w.want("of before the new ones", recovers("alice", codes[3]), provider.Wrong)
	w.want("a new one", recovers("alice", fresh[9]), provider.Recovered)

	results := make(chan provider.Result, 50)
	var all sync.WaitGroup
	for range cap(results) {
		all.Go(func() { results <- w.Recover(t.Context(), who, w.parse(fresh[0])).Result })
	}
	all.Wait()
	close(results)
	in := 0
	for r := range results {
		if r.Yes() {
			in++
		}
	}
	if in != 1 {
		t.Errorf("%d got in at once", in)
	}
	for range memory.FreeGuesses {
		recovers("alice", "0000000000")
	}
	w.want("a guess too many", recovers("alice", fresh[1]), provider.Limited)
	w.left(who, 8)
}

// recoveryCodes gives an account new ones.
func (w *world) recoveryCodes(account string, keys Keys) []string {
	w.t.Helper()
	codes, err := NewRecoveryCodes(rand.Reader)
	if err != nil {
		w.t.Fatal(err)
	}
	digests, err := keys.RecoveryDigests(w.person(account), codes)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.memory.SetRecovery(w.t.Context(),
		map[string][]string{provider.Key(w.person(account)): digests}); err != nil {
		w.t.Fatal(err)
	}
	return codes
}

func (w *world) left(who provider.Person, want int) {
	w.t.Helper()
	if n, err := w.memory.RecoveryLeft(w.t.Context(), provider.Key(who)); err != nil || n != want {
		w.t.Errorf("%d codes left, %v; want %d", n, err, want)
	}
}
