package sftpgo

import (
	"bytes"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"
)

// Reply is an answer to SFTPGo: one JSON document with its newline. It is never empty: silence of
// an external authentication hook means yes. Fault marks the failures, for which a program exits 1
// and hookd answers 500. Both deny whatever the body says.
type Reply struct {
	Body  []byte
	Fault bool
}

// The replies are written by hand: encoding/json first inspects the types, which takes longer than
// the answer for a program that answers once.

// AskPassword is the round in which SFTPGo itself judges the answer and passes on "OK". It works
// only if it has a single question.
func AskPassword(question string) Reply {
	return line(`{"questions":[` + quote(question) + `],"echos":[false],"check_password":1}`)
}

// Ask is a round whose answer reaches the hook as it was typed.
func Ask(instruction, question string) Reply {
	return line(`{"instruction":` + quote(instruction) + `,"questions":[` + quote(question) + `],"echos":[false]}`)
}

// KeyintAccepted ends the conversation with a yes.
func KeyintAccepted() Reply { return line(`{"auth_result":1}`) }

// KeyintDenied ends it with a no.
func KeyintDenied() Reply { return line(`{"auth_result":-1}`) }

// PasswordLeft has SFTPGo judge the part of the password without the code: status 2. Without a part
// it is the denial, because SFTPGo must never get a status 2 with nothing to verify.
func PasswordLeft(part string) Reply {
	if part == "" {
		return PasswordDenied()
	}
	return line(`{"status":2,"to_verify":` + quote(part) + `}`)
}

// PasswordDenied is a no of the check password hook: status 0. Never -1, which SFTPGo takes for "no
// hook".
func PasswordDenied() Reply { return line(`{"status":0,"to_verify":""}`) }

// SameAccount accepts an external authentication with the account as SFTPGo sent it: what is not
// echoed, SFTPGo erases.
func SameAccount(user json.RawMessage) Reply {
	body := bytes.TrimSpace(user)
	if len(body) == 0 {
		return AccountDenied()
	}
	return Reply{Body: append(bytes.Clone(body), '\n')}
}

// AccountDenied is a no of the external authentication hook.
func AccountDenied() Reply { return line(`{"username":""}`) }

// line makes a reply of a JSON text.
func line(text string) Reply { return Reply{Body: []byte(text + "\n")} }

// quote writes a string as JSON. Bytes that are not UTF-8 become U+FFFD.
func quote(s string) string {
	text, _ := jsontext.AppendQuote(nil, s) // the error tells of such bytes
	return string(text)
}

// Failed returns the reply marked as a failure.
func (r Reply) Failed() Reply {
	r.Fault = true
	return r
}
