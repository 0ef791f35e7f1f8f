package totp

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/memory"
	"sftpgo-authy/hooks/internal/memory/inprocess"
	"sftpgo-authy/hooks/internal/memory/store"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// world is a provider with its files, its memory and a clock.
type world struct {
	t      testing.TB
	dir    string
	now    atomic.Int64 // Unix time
	store  store.Store
	memory *memory.Logins
	told   []error
	*Provider
}

func newWorld(t testing.TB, secretsFile, keyFile string, change ...func(*Options)) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	w.now.Store(1_700_000_000)
	w.write("secrets", secretsFile)
	w.store = inprocess.New(w.time)
	w.memory = &memory.Logins{Store: w.store, Key: []byte("k"), Now: w.time}
	o := Options{
		SecretsFile: w.path("secrets"), Params: Defaults(), Memory: w.memory, Now: w.time, Indexed: true,
		Problem: func(err error) { w.told = append(w.told, err) },
	}
	if keyFile != "" {
		w.write("key", keyFile)
		o.KeyFile = w.path("key")
	}
	for _, f := range change {
		f(&o)
	}
	var err error
	if w.Provider, err = New(o); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) time() time.Time         { return time.Unix(w.now.Load(), 0) }
func (w *world) path(name string) string { return filepath.Join(w.dir, name) }
func (w *world) later(d time.Duration)   { w.now.Add(int64(d / time.Second)) }
func (w *world) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// person returns who an account is.
func (w *world) person(account string) provider.Person {
	w.t.Helper()
	p, err := w.Parse(account, "")
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// code returns the code of a secret, so many steps from now.
func (w *world) code(secret string, off int64) otp.Code {
	w.t.Helper()
	s, err := ParseSecret(secret, Defaults())
	if err != nil {
		w.t.Fatal(err)
	}
	text, err := s.Code(s.Step(w.time()) + off)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.parse(text)
}

func (w *world) parse(text string) otp.Code {
	w.t.Helper()
	code, err := otp.ParseCode(text)
	if err != nil {
		w.t.Fatal(err)
	}
	return code
}

// verify is a login of an account.
func (w *world) verify(account string, code otp.Code) provider.Result {
	w.t.Helper()
	return w.Verify(w.t.Context(), w.person(account), code).Result
}

func (w *world) want(what string, got, want provider.Result) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s: %v, want %v (told %v)", what, got, want, errors.Join(w.told...))
	}
}

const other = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// TestAStepOpensOneDoor: no step at or before the last accepted one is right again.
func TestAStepOpensOneDoor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "alice: "+good+"\nbob: "+good+"\n", "")
	w.want("the present step", w.verify("alice", w.code(good, 0)), provider.Right)
	w.want("the same", w.verify("alice", w.code(good, 0)), provider.Used)
	w.want("the step before", w.verify("alice", w.code(good, -1)), provider.Used)
	w.want("the next step, early", w.verify("alice", w.code(good, 1)), provider.Right)
	w.want("somebody else with the same secret", w.verify("bob", w.code(good, 0)), provider.Right)
	w.later(30 * time.Second)
	w.want("the step that was early", w.verify("alice", w.code(good, 0)), provider.Used)
	w.later(30 * time.Second)
	w.want("the one after", w.verify("alice", w.code(good, 0)), provider.Right)
	again := newWorld(t, "alice: "+good+"\n", "", func(o *Options) { o.Memory = w.memory; o.Now = w.time })
	w.want("after a restart", again.Verify(t.Context(), w.person("alice"), w.code(good, 0)).Result, provider.Used)
}

// TestOneOfManyAtOnce: of many logins with one code at once one is right, and of many guesses at
// once no more are judged than may be.
func TestOneOfManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "alice: "+good+"\n", "")
	code, who := w.code(good, 0), w.person("alice")
	results := make(chan provider.Result, 200)
	var all sync.WaitGroup
	for range cap(results) {
		all.Go(func() { results <- w.Verify(t.Context(), who, code).Result })
	}
	all.Wait()
	close(results)
	right := 0
	for r := range results {
		if r == provider.Right {
			right++
		} else if r != provider.Used && r != provider.Limited {
			t.Errorf("got %v", r)
		}
	}
	if right != 1 {
		t.Errorf("%d got in", right)
	}
}

// TestGuessesAreBounded: whoever guesses, and from wherever, has so many free, and then one for
// each pause. A right code is not judged in a pause.
func TestGuessesAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "alice: "+good+"\nbob: "+other+"\n", "")
	wrong := w.parse("000000")
	for range memory.FreeGuesses {
		w.want("a free guess", w.verify("alice", wrong), provider.Wrong)
	}
	w.want("one too many", w.verify("alice", wrong), provider.Limited)
	w.want("a right code in the pause", w.verify("alice", w.code(good, 0)), provider.Limited)
	w.want("somebody else", w.verify("bob", w.code(other, 0)), provider.Right)
	w.want("what can be no code is no guess", w.verify("alice", w.parse("0000000")), provider.Wrong)
	w.later(memory.FirstPause)
	w.want("after the pause", w.verify("alice", w.code(good, 0)), provider.Right)

	// A day of guessing at every moment that is open.
	judged := 0
	for end := w.time().Add(24 * time.Hour); w.time().Before(end); w.later(5 * time.Second) {
		if w.verify("alice", wrong) == provider.Wrong {
			judged++
		}
	}
	if judged > 24+9 {
		t.Errorf("%d guesses in a day", judged)
	}
	w.later(memory.LongestPause)
	w.want("an hour later", w.verify("alice", w.code(good, 0)), provider.Right)
	w.later(30 * 24 * time.Hour)
	for range memory.FreeGuesses {
		w.want("a month later all is forgotten", w.verify("alice", wrong), provider.Wrong)
	}
}

// TestWhatIsNoQuestion: nobody is asked about no code, nobody, or somebody of another provider.
func TestWhatIsNoQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "alice: "+good+"\n", someKey(1))
	done, cancel := context.WithCancel(t.Context())
	cancel()
	for name, judge := range map[string]func(context.Context, provider.Person, otp.Code) provider.Answer{
		"verify": w.Verify, "recover": w.Recover,
	} {
		w.want(name+": no code", judge(t.Context(), w.person("alice"), otp.Code{}).Result, provider.Refused)
		w.want(name+": nobody", judge(t.Context(), nil, w.code(good, 0)).Result, provider.Refused)
		w.want(name+": the zero person", judge(t.Context(), Person{}, w.code(good, 0)).Result, provider.Refused)
		w.want(name+": a stranger", judge(t.Context(), stranger{}, w.code(good, 0)).Result, provider.Refused)
		w.want(name+": hung up", judge(done, w.person("alice"), w.code(good, 0)).Result, provider.Limited)
		w.want(name+": no secret", judge(t.Context(), w.person("carol"), w.code(good, 0)).Result, provider.NotEnrolled)
	}
	for _, name := range []string{"a #b", "a\nb", " a", "a ", "a\x00", "#a", "a: otpauth://b", "a: b", "a\xff"} {
		if p, err := w.Parse("x", name); name != "a: b" && name != "a: otpauth://b" && err == nil {
			t.Errorf("%q is %v", name, p)
		}
	}
	if p, err := w.Parse("x", "alice"); err != nil || p != w.person("alice") {
		t.Errorf("by name: %v, %v", p, err)
	}
}

type stranger struct{}

func (stranger) Provider() string { return "authy" }
func (stranger) String() string   { return "alice" }

// TestFiles: what is wrong with a file denies whom it concerns, and the file is read again when it
// changes.
func TestFiles(t *testing.T) {
	t.Parallel()
	for _, indexed := range []bool{true, false} {
		w := newWorld(t, "alice: "+good+"\nbob: 12345\ncarol "+good+"\ndave: "+good+"\ndave: "+other+"\nerin: \n", "",
			func(o *Options) { o.Indexed = indexed })
		w.want("a sound line", w.verify("alice", w.code(good, 0)), provider.Right)
		for _, name := range []string{"bob", "carol", "dave", "erin"} {
			w.want(name, w.verify(name, w.code(good, 0)), provider.Unreadable)
		}
		w.want("no line", w.verify("frank", w.code(good, 0)), provider.NotEnrolled)
		w.later(time.Minute)
		w.write("secrets", "alice: "+other+"\n")
		w.want("the old secret", w.verify("alice", w.code(good, 0)), provider.Wrong)
		w.want("the new secret", w.verify("alice", w.code(other, 0)), provider.Right)
		if err := os.Chmod(w.path("secrets"), 0o640); err != nil {
			t.Fatal(err)
		}
		w.later(time.Minute)
		first := provider.Right
		if !indexed { // a program has read nothing before
			first = provider.Unreadable
		}
		w.want("a file that the group may read, at first", w.verify("alice", w.code(other, 0)), first)
		w.later(5 * time.Minute)
		w.want("after five minutes", w.verify("alice", w.code(other, 0)), provider.Unreadable)
		if f := w.Health(t.Context()); f.Level != health.Down || strings.Contains(f.Why, w.dir) {
			t.Errorf("health: %+v", f)
		}
	}
}

// TestSealedLines: they count with their key alone, and only for their account.
func TestSealedLines(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "# people\nalice: "+good+" # of the office\nbob: otpauth://totp/x?secret="+other+"\n", someKey(1))
	f := File{Path: w.path("secrets"), Keys: keysOf(t, someKey(1)), Random: rand.Reader}
	plain := w.read("secrets")
	if n, err := f.Seal(); n != 2 || err != nil {
		t.Fatalf("sealed %d, %v", n, err)
	}
	if text := w.read("secrets"); strings.Contains(text, good) || strings.Contains(text, other) ||
		!strings.HasPrefix(text, "# people\nalice: sealed:1:") ||
		!strings.Contains(text, " # of the office\n") {
		t.Errorf("sealed: %s", text)
	}
	w.want("alice", w.verify("alice", w.code(good, 0)), provider.Right)
	w.want("bob", w.verify("bob", w.code(other, 0)), provider.Right)
	sealed := w.read("secrets")
	w.write("secrets", strings.Replace(strings.Replace(sealed, "alice:", "mallory:", 1), "bob:", "alice:", 1))
	w.want("somebody else's line", w.verify("alice", w.code(other, 1)), provider.Unreadable)
	w.want("somebody else's line", w.verify("mallory", w.code(good, 1)), provider.Unreadable)

	w.write("secrets", sealed)
	w.write("key", someKey(2)+"\n"+someKey(1)+"\n")
	w.later(time.Minute)
	w.want("with an older key", w.verify("alice", w.code(good, 0)), provider.Right)
	f.Keys = keysOf(t, someKey(2), someKey(1))
	if n, err := f.Seal(); n != 2 || err != nil {
		t.Fatalf("sealed anew %d, %v", n, err)
	}
	if n, err := f.Seal(); n != 0 || err != nil {
		t.Errorf("sealed once more %d, %v", n, err)
	}
	w.write("key", someKey(2)+"\n")
	w.later(time.Minute)
	w.want("with the new key", w.verify("alice", w.code(good, 0)), provider.Right)
	f.Keys = keysOf(t, someKey(2))
	if n, err := f.Unseal(); n != 2 || err != nil || w.read("secrets") != plain {
		t.Errorf("unsealed %d, %v: %s", n, err, w.read("secrets"))
	}
	w.write("key", someKey(1))
	if _, err := f.Seal(); err != nil {
		t.Fatal(err)
	}
	f.Keys = keysOf(t, someKey(1))
	before := w.read("secrets")
	if _, err := f.Unseal(); err == nil || w.read("secrets") != before {
		t.Errorf("unsealed with another key: %v", err)
	}
}

func (w *world) read(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(w.path(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// TestWithoutMemory: whatever the memory cannot say denies.
func TestWithoutMemory(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{SecretsFile: "/x", Params: Defaults()}); err == nil ||
		!strings.Contains(err.Error(), "memory_file") {
		t.Errorf("without a memory: %v", err)
	}
	for fail := range 3 {
		m := &failing{fail: fail}
		w := newWorld(t, "alice: "+good+"\n", someKey(1), func(o *Options) { o.Memory = m })
		want := provider.NoMemory
		if fail == 1 { // the code is used up; what could not be written keeps others out for a while
			want = provider.Right
		}
		w.want("verify", w.verify("alice", w.code(good, 0)), want)
		w.want("wrong", w.verify("alice", w.parse("000000")),
			map[bool]provider.Result{true: provider.NoMemory, false: provider.Wrong}[fail < 2])
	}
}

type failing struct{ fail int }

var errGone = errors.New("gone")

func (f *failing) when(call int) error {
	if call == f.fail {
		return errGone
	}
	return nil
}
func (f *failing) BeginGuess(context.Context, string) (time.Time, bool, error) {
	return time.Time{}, true, f.when(0)
}
func (f *failing) EndGuess(context.Context, string, time.Time, bool) error { return f.when(1) }
func (f *failing) AdvanceStep(context.Context, string, int64) (bool, error) {
	return f.fail != 2, f.when(2)
}
func (f *failing) Recovery(context.Context, string) ([]string, error) { return nil, errGone }
func (f *failing) UseRecovery(context.Context, string, string) (bool, error) {
	return false, errGone
}

// TestCodeLength: as long as the account's own secret says, else as the configuration does.
func TestCodeLength(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "alice: otpauth://totp/x?digits=8&secret="+good+"\nbob: x\n", "", func(o *Options) {
		o.Params.Digits = 7
	})
	for name, want := range map[string]int{"alice": 8, "bob": 7, "carol": 7} {
		if got, err := w.CodeLength(t.Context(), w.person(name)); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", name, got, err, want)
		}
	}
	if _, err := w.CodeLength(t.Context(), stranger{}); err == nil {
		t.Error("says how long a stranger's codes are")
	}
}
