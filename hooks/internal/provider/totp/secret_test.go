package totp

import (
	"encoding/base32"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestVectorsOfRFC6238 are those of its appendix B, of eight digits and 30 seconds. The keys are as
// the reference implementation there has them: as long as the hash.
func TestVectorsOfRFC6238(t *testing.T) {
	t.Parallel()
	const digits = "1234567890"
	keys := map[string]string{
		"sha1": strings.Repeat(digits, 2), "sha256": (strings.Repeat(digits, 4))[:32],
		"sha512": (strings.Repeat(digits, 7))[:64],
	}
	for _, v := range []struct {
		at        int64
		algorithm string
		want      string
	}{
		{59, "sha1", "94287082"}, {59, "sha256", "46119246"}, {59, "sha512", "90693936"},
		{1111111109, "sha1", "07081804"}, {1111111109, "sha256", "68084774"}, {1111111109, "sha512", "25091201"},
		{1111111111, "sha1", "14050471"}, {1111111111, "sha256", "67062674"}, {1111111111, "sha512", "99943326"},
		{1234567890, "sha1", "89005924"}, {1234567890, "sha256", "91819424"}, {1234567890, "sha512", "93441116"},
		{2000000000, "sha1", "69279037"}, {2000000000, "sha256", "90698825"}, {2000000000, "sha512", "38618901"},
		{20000000000, "sha1", "65353130"}, {20000000000, "sha256", "77737706"}, {20000000000, "sha512", "47863826"},
	} {
		key := base32.StdEncoding.EncodeToString([]byte(keys[v.algorithm]))
		s, err := ParseSecret(fmt.Sprintf("otpauth://totp/x?secret=%s&algorithm=%s&digits=8", key,
			strings.ToUpper(v.algorithm)), Defaults())
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(v.at, 0)
		if got, err := s.Code(s.Step(at)); err != nil || got != v.want {
			t.Errorf("%s at %d: %s, %v; want %s", v.algorithm, v.at, got, err, v.want)
		}
		if step, ok, _ := s.match(v.want, at); !ok || step != s.Step(at) {
			t.Errorf("%s at %d: the code does not match its own step", v.algorithm, v.at)
		}
	}
}

const good = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" // 20 bytes

func TestParseSecret(t *testing.T) {
	t.Parallel()
	d := Params{Algorithm: "sha256", Digits: 7, Period: 45 * time.Second, Skew: 2}
	full := Params{Algorithm: "sha512", Digits: 8, Period: time.Minute, Skew: 0}
	for text, want := range map[string]Params{
		good:                  d,
		strings.ToLower(good): d,
		"JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP": d,
		"otpauth://totp/a?secret=" + good:         d,
		"otpauth://totp/I:a%40b?secret=" + good + "&issuer=I&image=x&algorithm=SHA512&digits=8&period=60&skew=0": full,
	} {
		s, err := ParseSecret(text, d)
		if err != nil || s.Params != want || s.key != good {
			t.Errorf("%s: %+v, %v; want %+v", text, s.Params, err, want)
		}
		if again, err := ParseSecret(s.URL("An Issuer + more", "a@b:c"), Defaults()); err != nil ||
			again.key != s.key ||
			again.Digits != s.Digits || again.Period != s.Period || again.Algorithm != s.Algorithm {
			t.Errorf("%s: its own address means %+v, %v", text, again.Params, err)
		}
	}
	for name, text := range map[string]string{
		"nothing":             "",
		"no base32":           "JBSWY3DPEHPK3PX1JBSWY3DPEHPK3PXP",
		"too short":           "JBSWY3DPEHPK",
		"too long":            strings.Repeat("JBSWY3DP", 26),
		"counter":             "otpauth://hotp/a?counter=1&secret=" + good,
		"no secret":           "otpauth://totp/a?issuer=x",
		"two secrets":         "otpauth://totp/a?secret=" + good + "&secret=" + good,
		"an algorithm":        "otpauth://totp/a?algorithm=MD5&secret=" + good,
		"five digits":         "otpauth://totp/a?digits=5&secret=" + good,
		"nine digits":         "otpauth://totp/a?digits=9&secret=" + good,
		"digits of no number": "otpauth://totp/a?digits=six&secret=" + good,
		"short period":        "otpauth://totp/a?period=14&secret=" + good,
		"long period":         "otpauth://totp/a?period=61&secret=" + good,
		"endless period":      "otpauth://totp/a?period=99999999999999&secret=" + good,
		"skew":                "otpauth://totp/a?skew=3&secret=" + good,
		"negative skew":       "otpauth://totp/a?skew=-1&secret=" + good,
		"broken escape":       "otpauth://totp/a?secret=%zz" + good,
		"semicolon":           "otpauth://totp/a?secret=" + good + ";digits=6",
	} {
		if s, err := ParseSecret(text, d); err == nil {
			t.Errorf("%s: was taken as %+v", name, s.Params)
		} else if text != "" && strings.Contains(err.Error(), good[:8]) {
			t.Errorf("%s: the error shows the secret: %v", name, err)
		}
	}
}

func TestSecretsNeverPrint(t *testing.T) {
	t.Parallel()
	s, err := ParseSecret(good, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	keys, err := ParseKeys(strings.Repeat("ab", 31) + "cd")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprintf("%v %+v %#v %s %q %x", s, s, s, s, s, s), fmt.Sprintf("%+v", struct{ S Secret }{s}),
		fmt.Sprintf("%v %+v %#v %s", keys, keys, keys, keys), fmt.Sprintf("%+v", struct{ K *Keys }{&keys}),
	} {
		if strings.Contains(text, good[:6]) || strings.Contains(text, "abab") || strings.Contains(text, "171 171") {
			t.Errorf("shows a secret: %s", text)
		}
	}
}

// TestMatch: what is right, and how far off the audit says a wrong code was.
func TestMatch(t *testing.T) {
	t.Parallel()
	at := time.Unix(1_700_000_000, 0)
	for skew := 0; skew <= MaxSkew; skew++ {
		s, err := ParseSecret(good, Params{Algorithm: "sha1", Digits: 6, Period: 30 * time.Second, Skew: skew})
		if err != nil {
			t.Fatal(err)
		}
		for k := -12; k <= 12; k++ {
			code, err := s.Code(s.Step(at) + int64(k))
			if err != nil {
				t.Fatal(err)
			}
			step, ok, off := s.match(code, at)
			wantOff := k
			if k < -near || k > near || max(k, -k) <= skew {
				wantOff = 0
			}
			if want := max(k, -k) <= skew; ok != want || ok && step != s.Step(at)+int64(k) || off != wantOff {
				t.Errorf("skew %d, %d steps off: step %d, %v, off %d", skew, k, step-s.Step(at), ok, off)
			}
		}
	}
}

// TestTheFirstStep: at the beginning of time there is no step before it, and it counts itself.
func TestTheFirstStep(t *testing.T) {
	t.Parallel()
	s, err := ParseSecret(good, Params{Algorithm: "sha1", Digits: 6, Period: 30 * time.Second, Skew: 1})
	if err != nil {
		t.Fatal(err)
	}
	code, err := s.Code(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{0, 29, 30, 59} { // the second two are of the next step
		if step, ok, _ := s.match(code, time.Unix(at, 0)); !ok || step != 0 {
			t.Errorf("at %d s: step %d, %v", at, step, ok)
		}
	}
	if _, ok, off := s.match(code, time.Unix(60, 0)); ok || off != -2 {
		t.Errorf("two steps later: %v, %d off, want 2 back", ok, off)
	}
}

// TestNamesHaveABound: a reference names an account of 1024 bytes at most.
func TestNamesHaveABound(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]bool{1: true, maxName: true, maxName + 1: false} {
		if _, err := (&Provider{}).Parse("ann", strings.Repeat("x", n)); (err == nil) != want {
			t.Errorf("%d bytes: %v, taken: want %v", n, err, want)
		}
	}
}

// TestProblemsAreTold: a problem is told where somebody listens, and what is none is not.
func TestProblemsAreTold(t *testing.T) {
	t.Parallel()
	(&Provider{}).problem(errors.New("x"))
	var heard []error
	p := &Provider{o: Options{Problem: func(err error) { heard = append(heard, err) }}}
	p.problem(nil)
	p.problem(errors.New("x"))
	if len(heard) != 1 || heard[0] == nil {
		t.Errorf("heard %v", heard)
	}
}
