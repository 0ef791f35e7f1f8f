package accounts

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/gate"
)

// TestOnceSaysWhatFileSays: reading for one account finds what the whole file says of it, in sound
// files and in those that deny somebody.
func TestOnceSaysWhatFileSays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "# nobody\n", "alice: 1000\n", "\ufeffalice: 1000", "bob: 1\nalice: 1000 # she\n\nbob: 2\n",
		"alice: 1000\nalice: 1000\n", "alice: 1000\nalice = 1001\n", "alice: x\n", "bob\n", "alice bob: 1000\n",
		"malice: 7\nalice: 1000\nalice2: 8\n", "alice : 1000\n", "#alice: 1000\nbob: 2\n", "alice: 1000\r\nbob: 2\r\n",
	} {
		w := newTrial(t)
		w.has(text)
		for _, name := range []string{"alice", "bob", "nobody", "", "alice bob"} {
			whole, wholeErr := w.Lookup(t.Context(), gate.Account{Name: name})
			once, onceErr := Once{w.File}.Lookup(t.Context(), gate.Account{Name: name})
			if fmt.Sprint(once, onceErr) != fmt.Sprint(whole, wholeErr) {
				t.Errorf("%q of %q: reading once says %v, %v; want %v, %v", name, text, once, onceErr, whole, wholeErr)
			}
		}
	}
}

// TestOnceRefusesWhatFileRefuses: a file that others may write, that is too large or that is not
// there maps nobody.
func TestOnceRefusesWhatFileRefuses(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(path string) error{
		"others may write": func(path string) error { return os.Chmod(path, 0o666) },
		"too large":        func(path string) error { return os.Truncate(path, maxFile+1) },
		"gone":             os.Remove,
	} {
		w := newTrial(t)
		w.has("alice: 1000\n")
		if err := spoil(w.Path); err != nil {
			t.Fatal(err)
		}
		found, err := Once{w.File}.Lookup(t.Context(), gate.Account{Name: "alice"})
		if err == nil || found.Mapped {
			t.Errorf("%s: %v, %v; want an error and nobody", what, found, err)
		}
	}
}

// TestOnceReadsNoOthers: of a file with many lines, only those with the name are judged.
func TestOnceReadsNoOthers(t *testing.T) {
	t.Parallel()
	w := newTrial(t)
	w.has(strings.Repeat("not a line\n", 1000) + "alice: 1000\n")
	found, err := Once{w.File}.Lookup(t.Context(), gate.Account{Name: "alice"})
	if err != nil || !found.Mapped || len(w.problems) > 0 {
		t.Errorf("%v, %v, told of %d problems; want alice and none", found, err, len(w.problems))
	}
}
