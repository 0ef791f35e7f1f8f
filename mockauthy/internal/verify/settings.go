package verify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Settings decide what nobody outside Twilio knows of Verify, and which limits hold.
// [DefaultSettings] returns the choices that are most likely or do least harm. The fields are
// documented, with sources, at the type VerifySettings of package mockapi.
type Settings struct {
	WrongCode      string // "pending" or "60324"
	Replay         string // "refuse" or "allow"
	MalformedCode  string // "60300" or "pending"
	Reverify       string // "ignore" or "judge"
	ConfigChange   string // "keep" or "unverify"
	NotFound       string // "20404" or "6039x"
	NotFoundPath   string // "new" or "old"
	IdentityCase   string // "sensitive" or "insensitive"
	SameSecret     string // "allow" or "60317"
	SecretForm     string // "lenient" or "strict"
	ShortestSecret int    // bytes
	ExpirationDate string // "refuse" or "clamp"
	EntityDelete   string // "cascade" or "refuse"
	DateResponded  string // "null" or "set"
	CheckStatus    int    // 200 or 201
	CountFailed    bool
	UnverifiedFor  time.Duration
	Limits         bool
}

// DefaultSettings returns the settings of an account that nobody configured.
func DefaultSettings() Settings {
	return Settings{
		WrongCode: "pending", Replay: "refuse", MalformedCode: "60300", Reverify: "ignore", ConfigChange: "keep",
		NotFound: "20404", NotFoundPath: "new", IdentityCase: "sensitive", SameSecret: "allow",
		SecretForm: "lenient", ShortestSecret: 10, ExpirationDate: "refuse", EntityDelete: "cascade",
		DateResponded: "null", CheckStatus: 200, CountFailed: true, UnverifiedFor: time.Hour, Limits: true,
	}
}

// choices are the values of the settings that are words, by their names in JSON; the default first.
func (s *Settings) choices() []choice {
	return []choice{
		{"wrong_code", &s.WrongCode, []string{"pending", "60324"}},
		{"replay", &s.Replay, []string{"refuse", "allow"}},
		{"malformed_code", &s.MalformedCode, []string{"60300", "pending"}},
		{"reverify", &s.Reverify, []string{"ignore", "judge"}},
		{"config_change", &s.ConfigChange, []string{"keep", "unverify"}},
		{"not_found", &s.NotFound, []string{"20404", "6039x"}},
		{"not_found_path", &s.NotFoundPath, []string{"new", "old"}},
		{"identity_case", &s.IdentityCase, []string{"sensitive", "insensitive"}},
		{"same_secret", &s.SameSecret, []string{"allow", "60317"}},
		{"secret_form", &s.SecretForm, []string{"lenient", "strict"}},
		{"expiration_date", &s.ExpirationDate, []string{"refuse", "clamp"}},
		{"entity_delete", &s.EntityDelete, []string{"cascade", "refuse"}},
		{"date_responded", &s.DateResponded, []string{"null", "set"}},
	}
}

type choice struct {
	name   string
	value  *string
	values []string
}

// Validate reports every invalid setting, joined into one [*Problem].
func (s Settings) Validate() error {
	var errs []error
	for _, c := range s.choices() {
		if !slices.Contains(c.values, *c.value) {
			errs = append(errs, fmt.Errorf("setting verify.%s: %.40q, want one of %s", c.name, *c.value,
				strings.Join(c.values, ", ")))
		}
	}
	if s.CheckStatus != 200 && s.CheckStatus != 201 {
		errs = append(errs, fmt.Errorf("setting verify.check_status: %d, want 200 or 201", s.CheckStatus))
	}
	if s.ShortestSecret < 1 || s.ShortestSecret > 64 {
		errs = append(errs, fmt.Errorf("setting verify.shortest_secret: %d, want 1 to 64 bytes", s.ShortestSecret))
	}
	if s.UnverifiedFor < time.Minute || s.UnverifiedFor > 30*24*time.Hour {
		errs = append(errs, fmt.Errorf("setting verify.unverified_for: %v, want 1m to 720h", s.UnverifiedFor))
	}
	if len(errs) == 0 {
		return nil
	}
	return &Problem{Err: errors.Join(errs...)}
}
