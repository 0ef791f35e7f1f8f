package accounts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/health"
	"sftpgo-authy/hooks/internal/lines"
	"sftpgo-authy/hooks/internal/livefile"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// trial is a users file in the hands of a test.
type trial struct {
	*testing.T
	*File
	now      time.Time
	problems []string
}

func newTrial(t *testing.T) *trial {
	t.Helper()
	w := &trial{T: t, now: time.Now()}
	w.File = &File{People: people(),
		Path: filepath.Join(t.TempDir(), "users"), Now: func() time.Time { return w.now },
		Problem: func(err error) { w.problems = append(w.problems, err.Error()) },
	}
	return w
}

func (w *trial) has(text string) {
	w.Helper()
	write(w.T, w.Path, text)
}

// expect says what the file is to say of an account: an id, "" for a clear "not here", gone for one
// that had a line, or denied. "1 stale" is an id from before.
func (w *trial) expect(when, account, want string) {
	w.Helper()
	found, err := w.Lookup(context.Background(), gate.Account{Name: account})
	got := idOf(found.Person)
	switch {
	case err != nil:
		got = "denied"
	case found.Vanished:
		got = "gone"
	case found.Mapped != (got != ""):
		got = "nonsense"
	}
	if found.Stale {
		got = strings.TrimSpace(got + " stale")
	}
	if got != want {
		w.Errorf("%s: %s is %q (%v), want %q", when, account, got, err, want)
	}
}

// health compares what the file says of itself, which never names an account or the path.
func (w *trial) health(level health.Level, why string) {
	w.Helper()
	got := w.Health(context.Background())
	if got.Level != level || !strings.Contains(got.Why, why) || (got.Why == "") != (level == health.Fine) ||
		strings.Contains(got.Why, w.Path) || strings.Contains(got.Why, "alice") {
		w.Errorf("health: %+v, want %v with %q", got, level, why)
	}
}

func TestFileFollowsChanges(t *testing.T) {
	t.Parallel()
	w := newTrial(t)
	w.expect("no file", "alice", "denied")
	w.has("alice 1\n")
	w.expect("broken from the start", "alice", "denied")
	w.has("alice: 1\n")
	w.expect("mended", "alice", "1")
	w.has("alice: 2\n")
	w.expect("changed at once, same size", "alice", "2")
	w.now = w.now.Add(time.Hour)
	w.expect("long after", "alice", "2")
	w.has("alice: 3\nbob: 4\n")
	w.expect("one more", "bob", "4")
	w.has("bob: 4\n")
	w.expect("taken out", "alice", "gone")
	w.expect("never there", "carol", "")
	w.has("alice: 5\nbob: 4\n")
	w.expect("back", "alice", "5")
}

// TestWhoIsTakenOutIsOutWhileAnotherLineIsBroken: what one line says does not wait for the others.
func TestWhoIsTakenOutIsOutWhileAnotherLineIsBroken(t *testing.T) {
	t.Parallel()
	w := newTrial(t)
	w.has("alice: 1\nbob: 2\ncarol: 3\n")
	w.expect("all sound", "alice", "1")
	w.has("alice: 1x\ncarol: 3\ndora: 4\n")
	w.expect("broken", "alice", "denied")
	w.expect("taken out", "bob", "gone")
	w.expect("as before", "carol", "3")
	w.expect("added", "dora", "4")
	w.expect("never there", "eve", "")
	w.health(health.Degraded, "line 1: ")
	w.has("alice: 1x\n")
	for _, name := range []string{"alice", "bob", "carol", "eve"} {
		w.expect("nothing is sound", name, "denied")
	}
	w.health(health.Down, "")
	w.has("carol: 3\n")
	w.expect("the broken line is gone", "alice", "gone")
	w.expect("bob is still gone", "bob", "gone")
	w.expect("mended", "carol", "3")
	w.has("carol: 3\nalice: 1\ncarol: 3\n")
	w.expect("twice", "carol", "denied")
	w.expect("beside it", "alice", "1")
	if len(w.problems) != 2 {
		t.Errorf("told %d problems, want each once: %q", len(w.problems), w.problems)
	}
}

// TestTheLastContentCountsForFiveMinutes: a file that is missing, refused or has lost its lines
// locks nobody out at once, and never means that nobody is mapped.
func TestTheLastContentCountsForFiveMinutes(t *testing.T) {
	t.Parallel()
	for name, ruin := range map[string]func(w *trial){
		"missing":         func(w *trial) { ok(w, os.Remove(w.Path)) },
		"a folder":        func(w *trial) { ok(w, os.Remove(w.Path)); ok(w, os.Mkdir(w.Path, 0o755)) },
		"writable by all": func(w *trial) { ok(w, os.Chmod(w.Path, 0o666)) },
		"cut to nothing":  func(w *trial) { w.has("") },
		"comments alone":  func(w *trial) { w.has("# managed by ansible\n\n") },
		"too large":       func(w *trial) { ok(w, os.Truncate(w.Path, maxFile+1)) },
		"something else":  func(w *trial) { w.has(strings.Repeat("x\n", lines.MaxBroken+1)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTrial(t)
			w.has("alice: 1\nbob: 2\n")
			w.expect("before", "alice", "1")
			ruin(w)
			w.expect("at once", "alice", "1 stale")
			w.expect("at once", "eve", "stale")
			w.health(health.Degraded, "counts until ")
			w.now = w.now.Add(livefile.LastContent - time.Second)
			w.expect("just before", "alice", "1 stale")
			w.now = w.now.Add(time.Second)
			w.expect("after", "alice", "denied")
			w.expect("after", "eve", "denied")
			w.health(health.Down, "")
			if len(w.problems) != 1 || !strings.Contains(w.problems[0], "counts until ") {
				t.Errorf("told %q, want it once and until when", w.problems)
			}
			ok(w, os.RemoveAll(w.Path))
			w.expect("otherwise amiss: the time goes on", "alice", "denied")
			w.has("bob: 2\n")
			w.expect("mended", "bob", "2")
			w.expect("mended without her", "alice", "gone")
			w.health(health.Fine, "")
			ok(w, os.Remove(w.Path))
			w.expect("amiss once more: five minutes once more", "bob", "2 stale")
		})
	}
}

func ok(w *trial, err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// TestWithoutContentFromBeforeNobodyIsLookedUp: a start counts as no content.
func TestWithoutContentFromBeforeNobodyIsLookedUp(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"missing": "-", "empty": "", "comments alone": "# staff\n"} {
		w := newTrial(t)
		if text != "-" {
			w.has(text)
		}
		w.expect(name, "alice", "denied")
		w.health(health.Down, "")
	}
}

// TestNobodyIsMappedOnPurpose: with the line that says so, and then at once.
func TestNobodyIsMappedOnPurpose(t *testing.T) {
	t.Parallel()
	w := newTrial(t)
	w.has(Nobody + "\n")
	w.expect("from the start", "alice", "")
	w.has("alice: 1\n")
	w.expect("added", "alice", "1")
	w.has(Nobody + "\n")
	w.expect("taken out", "alice", "gone")
	w.expect("never there", "eve", "")
	w.health(health.Fine, "")
}

// TestChangesThatHideAreSeen: size and time of change are as before, as rsync and touch can leave
// them.
func TestChangesThatHideAreSeen(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the time at which a file's time was set is not known here") // on purpose
	}
	w := newTrial(t)
	w.has("alice: 1\nbob: 2\n")
	then := time.Now().Add(-time.Hour)
	ok(w, os.Chtimes(w.Path, then, then))
	w.expect("before", "bob", "2")
	w.has("alice: 1\nabc: 2\n")
	ok(w, os.Chtimes(w.Path, then, then))
	w.expect("taken out", "bob", "gone")
}

func TestWhoWasKnownVanishes(t *testing.T) {
	t.Parallel()
	api := &users{info: map[string]string{"ann": `{"authy_id":1}`}}
	w := &Watch{Source: Additional{People: people(), Users: api}}
	expect := func(want gate.Found, name string, wantErr bool) {
		t.Helper()
		if got, err := w.Lookup(t.Context(), gate.Account{Name: name}); got != want || (err != nil) != wantErr {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, want)
		}
	}
	expect(gate.Found{Person: id(t, "1"), Mapped: true}, "ann", false)
	expect(gate.Found{}, "bob", false)
	delete(api.info, "ann")
	expect(gate.Found{Vanished: true}, "ann", false)
	expect(gate.Found{}, "bob", false)
	api.err = errors.New("down")
	expect(gate.Found{}, "ann", true)
	api.err, api.info["ann"] = nil, `{"authy_id":2}`
	expect(gate.Found{Person: id(t, "2"), Mapped: true}, "ann", false)

	moved := newTrial(t)
	moved.has("ann: 1\nbob: 3\n")
	chain := Chain{moved, w}
	if _, err := chain.Lookup(t.Context(), gate.Account{Name: "ann"}); err != nil {
		t.Fatal(err)
	}
	moved.has("bob: 3\n")
	if got, err := chain.Lookup(t.Context(), gate.Account{Name: "ann"}); err != nil || got.Vanished ||
		idOf(got.Person) != "2" {
		t.Errorf("moved to the second source: %+v, %v", got, err)
	}
	delete(api.info, "ann")
	if got, err := chain.Lookup(t.Context(), gate.Account{Name: "ann"}); err != nil || !got.Vanished || got.Mapped {
		t.Errorf("gone from both: %+v, %v", got, err)
	}
}

// fixed is a source with one answer.
type fixed struct {
	id    string
	err   error
	asked *int
}

func (s fixed) Lookup(context.Context, gate.Account) (gate.Found, error) {
	*s.asked++
	id, _ := people().Parse("", s.id)
	return gate.Found{Person: id, Mapped: s.id != ""}, s.err
}

func TestChain(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for what, c := range map[string]struct {
		sources []fixed
		id      string
		err     error
		asked   int
	}{
		"first knows":          {[]fixed{{id: "1"}, {id: "2"}}, "1", nil, 1},
		"second knows":         {[]fixed{{}, {id: "2"}}, "2", nil, 2},
		"nobody knows":         {[]fixed{{}, {}}, "", nil, 2},
		"first is down":        {[]fixed{{err: down}, {id: "2"}}, "", down, 1},
		"second is down":       {[]fixed{{}, {err: down}}, "", down, 2},
		"down and still an id": {[]fixed{{id: "1", err: down}}, "", down, 1},
		"no sources":           {nil, "", nil, 0},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			var asked int
			var chain Chain
			for _, s := range c.sources {
				s.asked = &asked
				chain = append(chain, s)
			}
			id, found, err := said(chain.Lookup(context.Background(), gate.Account{Name: "alice"}))
			if err == nil && id != c.id || found != (c.id != "") || !errors.Is(err, c.err) || asked != c.asked {
				t.Errorf("got %q, %v, %v after %d, want %q, %v after %d", id, found, err, asked, c.id, c.err, c.asked)
			}
		})
	}
}
