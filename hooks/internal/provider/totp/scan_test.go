package totp

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/chacha20poly1305"
)

// TestScanKnowsAChangedFile: what was found is said again only of the same account in the same
// file, and a line that is broken is never taken for one that was read.
func TestScanKnowsAChangedFile(t *testing.T) {
	t.Parallel()
	s := &scan{path: filepath.Join(t.TempDir(), "secrets")}
	expect := func(when, account, want string) {
		t.Helper()
		got, err := s.find(account)
		if want == "broken" && err == nil || want != "broken" && (err != nil || got != want) {
			t.Errorf("%s: %s has %q, %v; want %s", when, account, got, err, want)
		}
	}
	written := time.Now().Add(-time.Hour)
	write := func(text string) {
		t.Helper()
		written = written.Add(time.Second)
		if err := os.WriteFile(s.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(s.path, written, written); err != nil {
			t.Fatal(err)
		}
	}
	write("ann: AAAA\nbob: BBBB\n")
	expect("at first", "ann", "AAAA")
	expect("again", "ann", "AAAA")
	expect("of another account", "bob", "BBBB")
	write("ann: CCCC\nbob: BBBB\n") // as long as before
	expect("after a change", "bob", "BBBB")
	expect("after a change", "ann", "CCCC")
	write("ann: CCCC\nann: DDDD\n")
	expect("twice", "ann", "broken")
	expect("still twice", "ann", "broken")
	longer := "ann: EEEE\nbob: BBBB\n# more\n"
	if err := os.WriteFile(s.path, []byte(longer), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(s.path, written, written); err != nil {
		t.Fatal(err)
	}
	expect("longer, at the same time", "ann", "EEEE")
}

// TestStepsCountPeriods: by Unix time, as RFC 6238 has it.
func TestStepsCountPeriods(t *testing.T) {
	t.Parallel()
	s := Secret{Params: Defaults()}
	for at, want := range map[int64]int64{0: 0, 29: 0, 30: 1, 90: 3} {
		if got := s.Step(time.Unix(at, 0)); got != want {
			t.Errorf("the step at second %d is %d, want %d", at, got, want)
		}
	}
}

// TestBoundsOfParameters: the least and the most of each are good, and what lies beyond is named.
func TestBoundsOfParameters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change func(*Params)
		want   string
	}{
		{func(p *Params) { p.Digits, p.Period, p.Skew = MinDigits, MinPeriod, 0 }, ""},
		{func(p *Params) { p.Digits, p.Period, p.Skew = MaxDigits, MaxPeriod, MaxSkew }, ""},
		{func(p *Params) { p.Digits = MinDigits - 1 }, "digits"},
		{func(p *Params) { p.Digits = MaxDigits + 1 }, "digits"},
		{func(p *Params) { p.Period = MinPeriod - time.Second }, "period"},
		{func(p *Params) { p.Period = MaxPeriod + time.Second }, "period"},
		{func(p *Params) { p.Period += time.Millisecond }, "period"},
		{func(p *Params) { p.Skew = -1 }, "skew"},
		{func(p *Params) { p.Skew = MaxSkew + 1 }, "skew"},
		{func(p *Params) { p.Algorithm = "md5" }, "algorithm"},
	} {
		p := Defaults()
		c.change(&p)
		err := p.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want+": ") {
			t.Errorf("%+v: %v, want an error about %q", p, err, c.want)
		}
	}
}

// TestURLWithoutAnIssuer: the label is the account alone.
func TestURLWithoutAnIssuer(t *testing.T) {
	t.Parallel()
	s := Secret{Defaults(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}
	if got := s.URL("", "ann"); !strings.HasPrefix(got, "otpauth://totp/ann?") || strings.Contains(got, "issuer") {
		t.Errorf("without an issuer: %s", got)
	}
	if got := s.URL("Files", "ann"); !strings.HasPrefix(got, "otpauth://totp/Files:ann?") ||
		!strings.Contains(got, "issuer=Files") {
		t.Errorf("with one: %s", got)
	}
}

// TestKeysThatAreNone: the line is named by its number, and a sealed line with nothing but its
// nonce is damaged.
func TestKeysThatAreNone(t *testing.T) {
	t.Parallel()
	if _, err := ParseKeys("# one\n\nshort\n"); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("a key that is too short: %v, want line 3", err)
	}
	keys, err := ParseKeys(someKey(1))
	if err != nil {
		t.Fatal(err)
	}
	nonce := base64.RawStdEncoding.EncodeToString(make([]byte, chacha20poly1305.NonceSizeX))
	if _, _, err := keys.Open("ann", sealedMark+nonce); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a sealed line with a nonce alone: %v, want damaged", err)
	}
}
