package main

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestATinyBenchLogsInEveryWay runs everything once. How quick anything is on a machine that runs
// tests as well says nothing, so a target that is missed is no failure here, and any other error is
// one.
func TestATinyBenchLogsInEveryWay(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and measures every program, and -short is set")
	}
	t.Chdir("../..") // where `make bench` runs
	document := filepath.Join(t.TempDir(), "performance.md")
	if err := os.WriteFile(document, []byte("# Before\n"+sectionBegin+"\nold\n"+sectionEnd+"\nafter\n"),
		0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := run(t.Context(),
		options{rounds: 1, logins: 2, pairs: 1, target: "embedded", way: "FTP", write: document,
			spacing: 10 * time.Millisecond, networks: 500, secrets: 200}, &out)
	if err != nil && !errors.Is(err, errShort) {
		t.Fatalf("%v\n%s", err, &out)
	}
	written, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"# Before\n", "\nafter\n", "not SFTPGo", "| keyint, program | 8 |", "| extauth, HTTP | 1 |",
		"| checkpwd, HTTP | 8 |", "| keyint | ",
		"### At a distance", "### With many secrets", "| 100 | 200 |", "### With a full memory", "500 IPv6 networks",
		"| logins of 8 clients without pause |",
	} {
		if !strings.Contains(string(written), want) {
			t.Errorf("no %q in the document:\n%s", want, written)
		}
	}
	if strings.Contains(string(written), "old") {
		t.Error("the old section is still there")
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		f     figures
		share float64
		want  float64
	}{
		{figures{7}, 0.5, 7},
		{figures{3, 1, 2}, 0.5, 2},
		{figures{4, 1, 3, 2}, 0.5, 2.5},
		{figures{5, 4, 3, 2, 1}, 0.25, 2},
		{figures{5, 4, 3, 2, 1}, 0.75, 4},
		{figures{1, 2}, 1, 2},
		{figures{1, 2}, 0, 1},
	} {
		before := slices.Clone(c.f)
		if got := c.f.at(c.share); got != c.want {
			t.Errorf("%v at %g: got %g, want %g", c.f, c.share, got, c.want)
		}
		if !slices.Equal(before, c.f) {
			t.Errorf("%v became %v: the order is that of the rounds", before, c.f)
		}
	}
}

// TestRatiosAreOfTheSameRound: a machine that gets slower and slower makes both slower, and the
// ratio is the same all the time.
func TestRatiosAreOfTheSameRound(t *testing.T) {
	t.Parallel()
	ratios, err := figures{90, 45, 9}.over(figures{100, 50, 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, ratio := range ratios {
		if math.Abs(ratio-0.9) > 1e-9 {
			t.Errorf("got %v, want 0.9 three times", ratios)
		}
	}
	for _, bad := range []struct{ f, g figures }{{figures{1}, figures{1, 2}}, {nil, nil}, {figures{1}, figures{0}}} {
		if got, err := bad.f.over(bad.g); err == nil {
			t.Errorf("%v over %v: got %v, want an error", bad.f, bad.g, got)
		}
	}
}

func TestTargetsMissedAreNamed(t *testing.T) {
	t.Parallel()
	r := report{options{rounds: 1, pairs: 1, way: "SFTP"}, "a server", map[cell]figures{}, map[cell]figures{}}
	for _, f := range forms() {
		for _, k := range kinds {
			r.logins[cell{f, 1, k}], r.logins[cell{f, severalClients, k}] = figures{100}, figures{100}
			r.times[cell{f, 1, k}] = figures{10}
		}
	}
	if _, short, err := r.markdown(); err != nil || short != nil {
		t.Fatalf("everything alike: %v, %v", short, err)
	}
	slow, long := forms()[3], forms()[4]
	r.logins[cell{slow, severalClients, ours}] = figures{94}
	r.times[cell{long, 1, ours}] = figures{11.6}
	text, short, err := r.markdown()
	if err != nil || !errors.Is(short, errShort) {
		t.Fatalf("got %v, %v, want targets missed", short, err)
	}
	for _, want := range []string{"extauth, HTTP, 8 clients: 0.940", "program checkpwd: 1.160"} {
		if !strings.Contains(short.Error(), want) {
			t.Errorf("no %q in %v", want, short)
		}
	}
	if !strings.Contains(text, "| 0.94 (0.94 to 0.94) |") {
		t.Errorf("the table hides it:\n%s", text)
	}
}

// TestTurnsAreFair: over the rounds each kind stands at each place.
func TestTurnsAreFair(t *testing.T) {
	t.Parallel()
	places := map[[2]int]bool{}
	for round := range 2 * len(kinds) {
		var order []int
		for n := range kinds {
			order = append(order, turn(n, round, len(kinds)))
			places[[2]int{n, order[n]}] = true
		}
		slices.Sort(order)
		if !slices.Equal(order, []int{0, 1, 2, 3}) {
			t.Errorf("round %d measures %v", round, order)
		}
	}
	if len(places) != len(kinds)*len(kinds) {
		t.Errorf("%d places taken, want all %d", len(places), len(kinds)*len(kinds))
	}
}

func TestRushLetsNoFailurePass(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	seen := make([]bool, 50)
	_, err := rush(8, len(seen), func(i int) error {
		seen[i] = true
		if i == 49 {
			return refused
		}
		return nil
	})
	if !errors.Is(err, refused) || slices.Contains(seen, false) {
		t.Errorf("got %v after %v", err, seen)
	}
}

func TestSectionIsReplacedAlone(t *testing.T) {
	t.Parallel()
	const b, e = sectionBegin + "\n", sectionEnd + "\n"
	got, err := between("# A\n"+b+"old\n"+e+"# B\n", "\nnew\n")
	if want := "# A\n" + b + "\nnew\n\n" + e + "# B\n"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if again, err := between(got, "new"); err != nil || again != got {
		t.Errorf("twice: got %q, %v", again, err)
	}
	added, err := between("# A\n", "new")
	if want := "# A\n\n## Hooks\n\n" + b + "\nnew\n\n" + e; err != nil || added != want {
		t.Errorf("where there was none: got %q, %v, want %q", added, err, want)
	}
	for name, document := range map[string]string{
		"no end": b, "no begin": e, "turned round": e + b, "twice": b + e + b + e, "two ends": b + e + e,
	} {
		if got, err := between(document, "new"); err == nil {
			t.Errorf("%s: got %q, want an error", name, got)
		}
	}
}

func TestAWrongCodeIsAnother(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"0000000", "1234567", "9999999"} {
		if got := wrong(code); got == code || len(got) != len(code) || strings.Trim(got, "0123456789") != "" {
			t.Errorf("%s became %s", code, got)
		}
	}
}

func TestBadOptionsAreReportedAllAtOnce(t *testing.T) {
	t.Parallel()
	err := options{rounds: 0, logins: -1, pairs: 1001, target: "moon", way: "pigeon"}.check([]string{"now"})
	for _, want := range []string{`"now"`, "-rounds", "-logins", "-pairs", `"moon"`, `"pigeon"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in %v", want, err)
		}
	}
}

func TestARenewedProgramIsTheSameInAnotherPlace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyint")
	if err := os.WriteFile(path, []byte("program"), 0o700); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := recopy(path); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "program" || os.SameFile(before, after) ||
		after.Mode() != before.Mode() {
		t.Errorf("got %q, %v, %v", text, err, after.Mode())
	}
	if err := recopy(path + "-none"); err == nil {
		t.Error("a program that is not there was copied")
	}
}
