package accounts

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/authy"
	"sftpgo-authy/hooks/internal/gate"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFileFollowsChanges(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "users")
	var problems []error
	now := time.Now()
	f := &File{Path: path, Now: func() time.Time { return now }, Problem: func(err error) { problems = append(problems, err) }}
	expect := func(when, id string, wantErr bool) {
		t.Helper()
		got, found, err := said(f.Lookup(context.Background(), gate.Account{Name: "alice"}))
		if got.String() != id || found != (id != "") || (err != nil) != wantErr {
			t.Errorf("%s: got %q, %v, %v, want %q", when, got, found, err, id)
		}
	}
	expect("no file", "", true)
	write(t, path, "alice 1\n")
	expect("broken from the start", "", true)
	write(t, path, "alice: 1\n")
	expect("mended", "1", false)
	write(t, path, "alice: 2\n")
	expect("changed at once, same size", "2", false)
	now = now.Add(time.Hour)
	expect("long after", "2", false)
	write(t, path, "alice: 3x\n")
	expect("broken: the old one stays", "2", false)
	if len(problems) != 1 {
		t.Errorf("problems %v, want the broken line", problems)
	}
	expect("still broken", "2", false)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	expect("gone: the old one stays", "2", false)
	if len(problems) != 2 {
		t.Errorf("problems %v, want one more and each once", problems)
	}
	write(t, path, "bob: 4\n")
	expect("taken out", "", false)
	write(t, path, "alice: 5\n")
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	expect("writable by others: the old one stays", "", false)
}

// fixed is a source with one answer.
type fixed struct {
	id    string
	err   error
	asked *int
}

func (s fixed) Lookup(context.Context, gate.Account) (gate.Found, error) {
	*s.asked++
	id, _ := authy.ParseID(s.id)
	return gate.Found{ID: id, Mapped: s.id != ""}, s.err
}

func TestChain(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for name, c := range map[string]struct {
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
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked int
			var chain Chain
			for _, s := range c.sources {
				s.asked = &asked
				chain = append(chain, s)
			}
			id, found, err := said(chain.Lookup(context.Background(), gate.Account{Name: "alice"}))
			if err == nil && id.String() != c.id || found != (c.id != "") || !errors.Is(err, c.err) || asked != c.asked {
				t.Errorf("got %q, %v, %v after %d, want %q, %v after %d", id, found, err, asked, c.id, c.err, c.asked)
			}
		})
	}
}
