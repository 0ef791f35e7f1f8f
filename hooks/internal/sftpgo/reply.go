package sftpgo

import (
	"bytes"
	"encoding/json"
)

// Reply is an answer to SFTPGo: one JSON document with its newline. It is never empty: silence of an external authentication hook means yes.
// Fault marks the failures, for which a program exits 1 and hookd answers 500. Both deny whatever the body says.
type Reply struct {
	Body  []byte
	Fault bool
}

// Round is one round of the keyboard-interactive hook.
type Round struct {
	Instruction   string   `json:"instruction,omitempty"`
	Questions     []string `json:"questions,omitempty"`
	Echos         []bool   `json:"echos,omitempty"`
	CheckPassword int      `json:"check_password,omitempty"`
	AuthResult    int      `json:"auth_result,omitempty"`
}

// AskPassword is the round in which SFTPGo itself judges the answer and hands on "OK". It works only with one question
// alone.
func AskPassword(question string) Reply {
	return document(Round{Questions: []string{question}, Echos: []bool{false}, CheckPassword: 1})
}

// Ask is a round whose answer comes to the hook as it was typed.
func Ask(instruction, question string) Reply {
	return document(Round{Instruction: instruction, Questions: []string{question}, Echos: []bool{false}})
}

// KeyintAccepted ends the conversation with a yes.
func KeyintAccepted() Reply { return document(Round{AuthResult: 1}) }

// KeyintDenied ends it with a no.
func KeyintDenied() Reply { return document(Round{AuthResult: -1}) }

// password is an answer of the check password hook. Status is 0 (no) or 2 (SFTPGo judges ToVerify). Never -1, which SFTPGo
// takes for "no hook", and never 2 with nothing to verify.
type password struct {
	Status   int    `json:"status"`
	ToVerify string `json:"to_verify"`
}

// PasswordLeft has SFTPGo judge the part of the password without the code. Without a part it is the denial.
func PasswordLeft(part string) Reply {
	if part == "" {
		return PasswordDenied()
	}
	return document(password{Status: 2, ToVerify: part})
}

// PasswordDenied is a no of the check password hook.
func PasswordDenied() Reply { return document(password{}) }

// SameAccount accepts an external authentication with the account as SFTPGo sent it: what is not echoed, SFTPGo erases.
func SameAccount(user json.RawMessage) Reply {
	body := bytes.TrimSpace(user)
	if len(body) == 0 {
		return AccountDenied()
	}
	return Reply{Body: append(bytes.Clone(body), '\n')}
}

// AccountDenied is a no of the external authentication hook.
func AccountDenied() Reply { return Reply{Body: []byte(`{"username":""}` + "\n")} }

// document encodes v on one line. These types cannot fail to encode.
func document(v any) Reply {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return Reply{Body: b.Bytes()}
}

// Failed gives the reply marked as a failure.
func (r Reply) Failed() Reply {
	r.Fault = true
	return r
}
