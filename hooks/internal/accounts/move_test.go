package accounts

import (
	"strings"
	"testing"
)

// TestLinesAreMovedAndMovedBack: a moved line says what it was, everything else stays, and moving
// back makes the old file again.
func TestLinesAreMovedAndMovedBack(t *testing.T) {
	t.Parallel()
	const before = "\ufeff# staff\nann : authy/1   # boss # since 2026-01-02\r\nbob:2\n\nc:d:\t1\neve: 3"
	path := usersFile(t, before, 0o640)
	ann, err := people().Parse("ann", "1")
	if err != nil {
		t.Fatal(err)
	}
	if err := MoveInFile(path, people(), ann, Line{"ann", "7"}, Line{"c:d", "authy/7"}); err != nil {
		t.Fatal(err)
	}
	const after = "\ufeff# staff\nann : 7  # was authy/1   # boss # since 2026-01-02\r\nbob:2\n\n" +
		"c:d:\tauthy/7  # was 1\neve: 3\n"
	if got := content(t, path); got != after {
		t.Errorf("moved: %q", got)
	}
	moves, err := ReadMoves(path, people())
	if err != nil || len(moves) != 2 || moves[0].Was != "authy/1" || moves[1].Account != "c:d" ||
		moves[1].Person.String() != "7" {
		t.Errorf("moves %+v, %v", moves, err)
	}
	for name, try := range map[string]error{
		"somebody else by now": MoveInFile(path, people(), ann, Line{"bob", "8"}, Line{"eve", "8"}),
		"no line":              MoveInFile(path, people(), ann, Line{"dan", "8"}),
		"a broken reference":   MoveInFile(path, people(), moves[0].Person, Line{"ann", "x y"}),
		"not moved":            MoveBackInFile(path, people(), "ann", "bob"),
	} {
		if try == nil || content(t, path) != after {
			t.Errorf("%s: %v, and the file is %q", name, try, content(t, path))
		}
	}
	if err := MoveBackInFile(path, people(), "ann", "c:d"); err != nil {
		t.Fatal(err)
	}
	if got := content(t, path); got != before+"\n" {
		t.Errorf("moved back: %q", got)
	}
	broken := usersFile(t, "ann: 1\nbob\n", 0o600)
	if err := MoveInFile(broken, people(), ann, Line{"ann", "7"}); err == nil ||
		!strings.Contains(err.Error(), "line 2") {
		t.Errorf("a broken file: %v", err)
	}
}
