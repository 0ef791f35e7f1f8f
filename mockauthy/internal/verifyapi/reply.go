package verifyapi

import (
	"bytes"
	"encoding/json"
	"strconv"

	"sftpgo-authy/mockauthy/internal/exchange"
	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/internal/verify"
)

// reply is what a handler returns.
type reply struct {
	status           int // 0: 200
	body             any // nil: none
	decision, reason string
	identity         string // whom it was about, where the request does not say
	secret           bool   // keeps the body out of the journal
}

// wire is how Twilio speaks. Rules of faults can name only errors in the table.
var wire = &exchange.API{
	JSON: "application/json; charset=utf-8", // captures
	Refusal: func(err string) fault.Reply {
		e, ok := verify.Lookup(err)
		if !ok {
			e = verify.ByCode(20500)
		}
		r := refusal(nil, e).answer().Reply
		r.Note = "error " + strconv.Itoa(e.Code)
		return r
	},
	Bug: func(err error) exchange.Answer { return refusal(nil, err).answer() },
}

// answer puts a reply into words of the wire.
func (rep reply) answer() exchange.Answer {
	a := exchange.Answer{Reply: fault.Reply{Status: rep.status}, Identity: rep.identity, Decision: rep.decision,
		Reason: rep.reason, Secret: rep.secret}
	if rep.body != nil {
		a.Body = encode(rep.body)
	}
	return a
}

// encode writes compact JSON without HTML escapes.
func encode(body any) []byte {
	var b bytes.Buffer
	b.Grow(1024) // most replies fit
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(body); err != nil { // all bodies are structs of strings, numbers and times
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
