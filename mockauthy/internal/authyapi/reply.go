package authyapi

import (
	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/exchange"
	"sftpgo-authy/mockauthy/internal/fault"
)

// reply is what a handler returns.
type reply struct {
	status      int // 0: 200, the only status of a success
	body        any // encoded as compact JSON, unless there is raw
	raw         []byte
	contentType string // of raw
	user        int64  // whom it was about, where the path does not say
	decision    string // for the journal: accepted, refused, created, sent, …
	reason      string // for the journal, in words
	secret      bool   // keeps the body out of the journal
}

// wire is how Authy speaks. Rules of faults can name only errors in the table.
var wire = &exchange.API{JSON: "application/json;charset=utf-8", Refusal: func(err string) fault.Reply {
	known, ok := authy.Lookup(err)
	if !ok {
		known, _ = authy.Lookup("60000")
	}
	return fault.Reply{Status: known.Status, Body: encode(reply{body: errorBody(known)}),
		Note: "authy_error " + known.Code}
}, Bug: func(err error) exchange.Answer { return refusal(err).answer() }}

// answer puts a reply into words of the wire.
func (rep reply) answer() exchange.Answer {
	return exchange.Answer{Reply: fault.Reply{Status: rep.status, ContentType: rep.contentType, Body: encode(rep)},
		User: rep.user, Decision: rep.decision, Reason: rep.reason, Secret: rep.secret}
}

// encode returns the bytes of a reply's body.
func encode(rep reply) []byte {
	if rep.raw != nil || rep.body == nil {
		return rep.raw
	}
	body, err := compact(rep.body)
	if err != nil { // all bodies are structs of strings, numbers and booleans
		panic(err)
	}
	return body
}

// refusal returns the reply to an error of the engine. Any other error is a bug and becomes 500
// with code 60000.
func refusal(err error) reply {
	e, ok := err.(*authy.Error)
	if !ok {
		known, _ := authy.ByCode("60000")
		e = known.Because("internal error: " + err.Error())
		e.Status = 500
	}
	reason := e.Reason
	if reason == "" {
		reason = e.Message
	}
	return reply{status: e.Status, body: errorBody(e), decision: "refused", reason: reason}
}

// fail returns an error of the table with a reason for the journal.
func fail(code, reason string) error {
	e, ok := authy.ByCode(code)
	if !ok {
		e, _ = authy.ByCode("60000")
	}
	return e.Because(reason)
}

// badParameter returns 60004 with the text seen in captures: "Invalid parameter: via - Parameter is
// required".
func badParameter(name, text string) error {
	e, _ := authy.ByCode("60004")
	e.Message = "Invalid parameter: " + name + " - " + text
	return e.Because("parameter " + name + ": " + text)
}

// done is the body of calls that report nothing but success.
type done struct {
	Message string `json:"message"`
	Success bool   `json:"success"`
}
