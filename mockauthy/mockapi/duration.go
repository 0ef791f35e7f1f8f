package mockapi

import (
	"fmt"
	"time"
)

// Duration is a length of time, written as Go writes it: "90s", "1m30s", "-10s", "250ms".
type Duration time.Duration

// MarshalText writes the duration as "1m30s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads "90s", "1m30s", "-10s" and the like.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a duration, want one like 90s, 250ms or 1m30s", text)
	}
	*d = Duration(v)
	return nil
}
