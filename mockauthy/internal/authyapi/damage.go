package authyapi

import (
	"bytes"
	"regexp"

	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/mockapi"
)

// damage changes the body of a processed request as an effect says.
func damage(body []byte, e fault.Effect) []byte {
	switch e.Kind {
	case mockapi.Truncate:
		return body[:part(len(body), e.Bytes)]
	case mockapi.SuccessBoolean:
		return bytes.Replace(body, []byte(`"success":"true"`), []byte(`"success":true`), 1)
	case mockapi.WrongTypes:
		return scalar.ReplaceAllFunc(body, wrongType)
	case mockapi.ExtraKeys:
		if rest, ok := bytes.CutPrefix(body, []byte("{")); ok {
			return append([]byte(`{"unheard_of":{"list":[1,null,"x"],"flag":true},"zz":null,`), rest...)
		}
	case mockapi.Malformed:
		return []byte("<<< this is not JSON, \"success\":\"true\", \"token\":\"is valid\" >>>")
	}
	return body
}

// scalar finds the values after keys in compact JSON: strings, numbers and booleans.
var scalar = regexp.MustCompile(`:("(?:[^"\\]|\\.)*"|-?[0-9]+|true|false)`)

var digits = regexp.MustCompile(`^"(0|[1-9][0-9]*|true|false)"$`)

// wrongType makes a bare value of a text that is one, a text of a bare value, and a list of any
// other text, which is what very old servers did to error texts.
func wrongType(colonAndValue []byte) []byte {
	value := colonAndValue[1:]
	switch {
	case digits.Match(value):
		return append([]byte(":"), bytes.Trim(value, `"`)...)
	case value[0] == '"':
		return append(append([]byte(":["), value...), ']')
	}
	return append(append([]byte(`:"`), value...), '"')
}
