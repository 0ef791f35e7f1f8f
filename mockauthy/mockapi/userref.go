package mockapi

import (
	"encoding/json"
	"fmt"
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
