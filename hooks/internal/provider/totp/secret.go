package totp

import (
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
)

// Bounds of what a secret may say. Fewer than 80 bits can be guessed from a few codes; 80 is what
// older tools make.
const (
	MinDigits = 6
	MaxDigits = 8
	MinPeriod = 15 * time.Second
	MaxPeriod = 60 * time.Second
	MaxSkew   = 2

	minSecret = 10 // bytes
	maxSecret = 128
)

// Algorithms are the names of the hash functions of RFC 6238, as the configuration has them.
var Algorithms = []string{"sha1", "sha256", "sha512"}

// Params say how codes are made of a secret. The zero Params are not valid.
type Params struct {
	Algorithm string // one of [Algorithms]
	Digits    int
	Period    time.Duration // whole seconds
	Skew      int           // so many steps before and after the present one count too
}

// Defaults are the parameters that authenticator apps assume.
func Defaults() Params {
	return Params{Algorithm: "sha1", Digits: 6, Period: 30 * time.Second, Skew: 1}
}

// Check returns what is wrong with the parameters, by the names of the configuration; nil for
// nothing.
func (p Params) Check() error {
	var problems []error
	if !slices.Contains(Algorithms, p.Algorithm) {
		problems = append(problems, fmt.Errorf("algorithm: want %s", strings.Join(Algorithms, ", ")))
	}
	if p.Digits < MinDigits || p.Digits > MaxDigits {
		problems = append(problems, fmt.Errorf("digits: %d; want %d to %d", p.Digits, MinDigits, MaxDigits))
	}
	if p.Period < MinPeriod || p.Period > MaxPeriod || p.Period%time.Second != 0 {
		problems = append(problems, fmt.Errorf("period: %s; want %s to %s, in whole seconds", p.Period, MinPeriod,
			MaxPeriod))
	}
	if p.Skew < 0 || p.Skew > MaxSkew {
		problems = append(problems, fmt.Errorf("skew: %d; want 0 to %d", p.Skew, MaxSkew))
	}
	return errors.Join(problems...)
}

// Secret is what an account shares with an authenticator app. It prints as "[secret]".
type Secret struct {
	Params
	key string // base32, without padding
}

// String hides the secret.
func (Secret) String() string { return "[secret]" }

// Format hides the secret from every verb of package fmt.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte("[secret]")) }

// Base32 returns the secret itself, in base32 without padding: for whoever must have it.
func (s Secret) Base32() string { return s.key }

// Equal says whether both make the same codes.
func (s Secret) Equal(other Secret) bool {
	return s.key == other.key && s.Algorithm == other.Algorithm && s.Digits == other.Digits && s.Period == other.Period
}

// Bits returns how many bits the secret has.
func (s Secret) Bits() int { return len(s.key) * 5 / 8 * 8 }

const scheme = "otpauth://"

// ParseSecret reads a secret: an otpauth:// address of type totp, or base32 alone, in either case
// and perhaps in groups. What it does not say is as in defaults. Errors do not repeat it.
func ParseSecret(text string, defaults Params) (Secret, error) {
	s := Secret{Params: defaults, key: text}
	if strings.HasPrefix(text, scheme) {
		if err := s.readURL(text); err != nil {
			return Secret{}, err
		}
	}
	s.key = strings.TrimRight(strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s.key)), "=")
	raw, err := encoding.DecodeString(s.key)
	switch {
	case err != nil:
		return Secret{},
			errors.New("has a secret that is not base32; want letters and 2 to 7, or an otpauth:// address")
	case len(raw) < minSecret || len(raw) > maxSecret:
		return Secret{}, fmt.Errorf("has a secret of %d bytes; want %d to %d", len(raw), minSecret, maxSecret)
	}
	if err := s.Check(); err != nil {
		return Secret{}, err
	}
	return s, nil
}

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// readURL reads an otpauth:// address. The format is that of the Key URI documentation of Google
// Authenticator, and skew is ours. What else stands there, as issuer and image, is for apps.
func (s *Secret) readURL(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return errors.New("has an otpauth:// address that cannot be read")
	}
	query, err := url.ParseQuery(u.RawQuery)
	switch {
	case err != nil:
		return errors.New("has an otpauth:// address whose parameters cannot be read")
	case u.Host != "totp":
		return errors.New("has an otpauth:// address of another type; want otpauth://totp/")
	}
	for name, values := range query {
		if err := s.readParam(name, values); err != nil {
			return err
		}
	}
	if s.key = query.Get("secret"); s.key == "" {
		return errors.New("has an otpauth:// address without secret=")
	}
	return nil
}

func (s *Secret) readParam(name string, values []string) (err error) {
	known := true
	switch value := values[0]; name {
	case "secret":
	case "algorithm":
		s.Algorithm = strings.ToLower(value)
	case "digits":
		s.Digits, err = strconv.Atoi(value)
	case "skew":
		s.Skew, err = strconv.Atoi(value)
	case "period":
		var seconds int
		seconds, err = strconv.Atoi(value)
		s.Period = time.Duration(min(seconds, 1000)) * time.Second
	default:
		known = false
	}
	switch {
	case err != nil:
		return fmt.Errorf("has an otpauth:// address whose %s is no number", name)
	case known && len(values) > 1:
		return fmt.Errorf("has an otpauth:// address with two %s; want one", name)
	}
	return nil
}

// URL returns the otpauth:// address of the secret, complete, as apps read it from a QR code and
// [ParseSecret] reads it again. issuer and account are what an app shows.
func (s Secret) URL(issuer, account string) string {
	query := url.Values{
		"secret": {s.key}, "algorithm": {strings.ToUpper(s.Algorithm)},
		"digits": {strconv.Itoa(s.Digits)}, "period": {strconv.Itoa(int(s.Period / time.Second))},
	}
	label := url.PathEscape(account)
	if issuer != "" {
		query.Set("issuer", issuer)
		label = url.PathEscape(issuer) + ":" + label
	}
	// Apps take a plus for a plus and not for a blank.
	return scheme + "totp/" + label + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
}

// secretBytes is how long a new secret is: as RFC 4226 recommends.
const secretBytes = 20

// NewSecret makes a secret from a source of randomness.
func NewSecret(random io.Reader, p Params) (Secret, error) {
	var raw [secretBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return Secret{}, errors.New("secret: the source of randomness is dry")
	}
	return Secret{Params: p, key: encoding.EncodeToString(raw[:])}, p.Check()
}

// algorithm returns what the library calls the algorithm.
func (s Secret) algorithm() otp.Algorithm {
	switch s.Algorithm {
	case "sha256":
		return otp.AlgorithmSHA256
	case "sha512":
		return otp.AlgorithmSHA512
	}
	return otp.AlgorithmSHA1
}
