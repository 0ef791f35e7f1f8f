package mockapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// UserRef names a user by Authy id, name, e-mail or cellphone. In JSON it is written as a string
// and read from a string or a number.
type UserRef string

// UnmarshalJSON reads "alice", "1000" and 1000.
func (u *UserRef) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err == nil {
		*u = UserRef(text)
		return nil
	}
	var id int64
	if err := json.Unmarshal(data, &id); err != nil {
		return fmt.Errorf("%s names no user, want an id, a name, an e-mail or a cellphone", data)
	}
	*u = UserRef(fmt.Sprint(id))
	return nil
}

// CountryCode is a calling code such as 1 or 54. In JSON it is written as a number and read from a
// number or a string.
type CountryCode int

// UnmarshalJSON reads 54, "54" and "+54". Whether a country has the code is for the server to say.
func (c *CountryCode) UnmarshalJSON(data []byte) error {
	digits := strings.TrimPrefix(strings.TrimSpace(string(bytes.Trim(data, `"`))), "+")
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || n == 0 || len(digits) > 4 {
		return fmt.Errorf("country_code %s is no country calling code: want 1 to 3 digits, "+
			"or one of the sign-up form's with 4, such as 1787", data)
	}
	*c = CountryCode(n)
	return nil
}

// Duration is a length of time. In JSON it is written as Go writes it: "90s", "1m30s", "-10s",
// "250ms".
type Duration time.Duration

// MarshalText writes d as Go writes durations.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what [time.ParseDuration] reads.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("duration %q: want a number and a unit, such as 90s or 24h", text)
	}
	*d = Duration(v)
	return nil
}
