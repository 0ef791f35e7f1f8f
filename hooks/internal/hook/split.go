package hook

import (
	"strings"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// split cuts a password and code typed in one field: at the last separator where one is configured,
// else by length from the right. It never guesses, for each guess would spend an attempt. The
// password part is never empty; ok is false where no code was typed, or nothing before it.
//
// White space behind the code means nothing, as no code ends in it. What stands before the code or
// the separator is the password, blanks included: only SFTPGo knows whether they belong to it.
func split(typed, separator string, length int) (password string, code otp.Code, ok bool) {
	typed = otp.TrimEnd(typed)
	cut, begin, parse := len(typed)-length, len(typed)-length, otp.ParseCode
	if separator != "" {
		cut, parse = strings.LastIndex(typed, separator), otp.ParseTypedCode
		begin = cut + len(separator)
	}
	if cut <= 0 { // there is no separator, too little for a code, or nothing before it
		return "", otp.Code{}, false
	}
	code, err := parse(typed[begin:])
	if err != nil {
		return "", otp.Code{}, false
	}
	return typed[:cut], code, true
}

// pushWord stands in the place of a code where the phone is to be asked.
const pushWord = "push"

// word returns what somebody typed in the place of a code as a word: "SMS " is sms.
func word(typed string) string { return strings.ToLower(otp.Trim(typed)) }

// splitPush cuts "password,push", or with the configured separator. Not over WebDAV: SFTPGo keeps
// the whole of what was typed and takes it again without asking us, and this word never grows old.
func (s Settings) splitPush(r sftpgo.CheckPassword) (password string, push bool) {
	separator := s.Separator
	if separator == "" {
		separator = ","
	}
	typed := otp.TrimEnd(r.Password)
	cut := strings.LastIndex(typed, separator)
	if !s.Push || cut <= 0 || r.Protocol == "DAV" || word(typed[cut+len(separator):]) != pushWord {
		return "", false
	}
	return typed[:cut], true
}
