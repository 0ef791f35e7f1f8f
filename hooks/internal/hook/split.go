package hook

import (
	"errors"
	"strings"

	"sftpgo-authy/hooks/internal/authy"
)

// split cuts a password and code typed in one field: at the last separator where one is configured, else by length
// from the right. It never guesses, for each guess would spend an attempt. The password part is never empty.
func (s Settings) split(typed string) (password string, code authy.Code, err error) {
	if s.Separator != "" {
		cut := strings.LastIndex(typed, s.Separator)
		if cut < 0 {
			return "", authy.Code{}, errors.New("password: has no separator")
		}
		password = typed[:cut]
		code, err = authy.ParseTypedCode(typed[cut+len(s.Separator):])
	} else {
		cut := len(typed) - s.CodeLength
		if cut < 0 {
			return "", authy.Code{}, errors.New("password: is too short for a code")
		}
		password = typed[:cut]
		code, err = authy.ParseCode(typed[cut:])
	}
	switch {
	case err != nil:
		return "", authy.Code{}, err
	case password == "":
		return "", authy.Code{}, errors.New("password: nothing stands before the code")
	}
	return password, code, nil
}
