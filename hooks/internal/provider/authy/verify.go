package authy

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/otp"
)

// Result is what an exchange with Authy means. Its zero value is Protocol: whatever nobody has
// classified is a refusal.
type Result int

// Results of a verify. Only Right is a yes.
const (
	Protocol    Result = iota // an answer that is neither a yes nor one of Authy's errors, or that of a proxy
	Right                     // HTTP 200, token "is valid", success true
	Wrong                     // 60020
	Used                      // 60019
	UnknownUser               // 60016, 60026
	Blocked                   // 60017, 60018, 60106, 60107
	RejectedKey               // 60001, 60047, 60073
	Limited                   // 60003, HTTP 429, or a limit of our own
	Refused                   // any other error code
	NoAnswer                  // no status line, or a 5xx that does not come from Authy
)

// Answer is what Authy said. Status is the HTTP status, 0 if none arrived.
type Answer struct {
	Result Result
	Status int
}

// Verify asks whether code is right for id at this moment, once, and classifies the answer.
// force=true is always sent: without it Authy accepts any code of a user who never confirmed one.
// When ctx ends first the answer is Limited, for that is our own doing and not Authy's silence.
func (c *Client) Verify(ctx context.Context, id ID, code otp.Code) Answer {
	return verifyBy(ctx, c.do, id, code)
}

// verifyBy is [Client.Verify] by whatever makes calls.
func verifyBy(ctx context.Context, do func(context.Context, call) (reply, error), id ID, code otp.Code) Answer {
	if id.digits == "" || code.Digits() == "" {
		return Answer{Result: Refused}
	}
	got, err := do(ctx, call{
		method: http.MethodGet, path: "/protected/json/verify/" + code.Digits() + "/" + id.digits, query: url.Values{"force": {"true"}},
	})
	switch {
	case err != nil:
		return Answer{Result: Protocol}
	case got.status == 0 && ctx.Err() != nil:
		return Answer{Result: Limited}
	}
	return classify(got)
}

// errorResults gives a meaning to the error codes that have one of their own.
func errorResult(code string) (Result, bool) {
	switch code {
	case "60020":
		return Wrong, true
	case "60019":
		return Used, true
	case "60016", "60026":
		return UnknownUser, true
	case "60017", "60018", "60106", "60107":
		return Blocked, true
	case "60001", "60047", "60073":
		return RejectedKey, true
	case "60003":
		return Limited, true
	}
	return Refused, false
}

// classify judges a reply to a verify. A yes needs everything to be right.
func classify(got reply) Answer {
	answer, fields := sift(got)
	if fields != nil && says(fields, "token", `"is valid"`) && says(fields, "success", `"true"`, `true`) {
		answer.Result = Right
	}
	return answer
}

// sift judges a reply as far as all calls are alike, and never finds a yes. fields are not nil only
// for a 200 with a sound object that is no error. No answer needs either silence or a 5xx which
// surely is not Authy's: a suspended user is an HTTP 503 (60017), so somebody could cause that, and
// a body that we cannot read might be that one.
func sift(got reply) (Answer, map[string]jsontext.Value) {
	answer := func(r Result) (Answer, map[string]jsontext.Value) { return Answer{Result: r, Status: got.status}, nil }
	switch {
	case got.status == 0 && (got.cause == ownWant || got.cause == aged):
		return answer(Limited)
	case got.status == 0 && got.cause == refusal:
		return answer(Protocol)
	case got.status == 0:
		return answer(NoAnswer)
	}
	var fields map[string]jsontext.Value
	sound := false
	if got.whole {
		fields, sound = jsonobject.Fields(got.body)
	}
	code, isError := fields["error_code"]
	if sound && isError {
		if result, known := errorResult(text(code)); known {
			return answer(result)
		}
	}
	switch {
	case got.status == http.StatusTooManyRequests:
		return answer(Limited)
	case sound && isError:
		return answer(Refused)
	case got.status >= 500 && got.status < 600 && got.whole && isForeign(got.body, sound, fields):
		return answer(NoAnswer)
	case got.status == http.StatusOK && sound:
		return Answer{Result: Protocol, Status: got.status}, fields
	}
	return answer(Protocol)
}

// isForeign says whether a whole 5xx body is surely not an Authy error object: it is no JSON object
// at all, or a sound one without "success", which Authy's errors of all ages carry. What begins
// like an object and is broken may be a cut one.
func isForeign(body []byte, sound bool, fields map[string]jsontext.Value) bool {
	if sound {
		_, authys := fields["success"]
		return !authys
	}
	text := bytes.TrimPrefix(body, []byte("\ufeff"))
	return !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{"))
}

// says tells whether the field is literally one of the wanted JSON texts, escapes resolved.
func says(fields map[string]jsontext.Value, name string, wanted ...string) bool {
	v := fields[name].Clone()
	if len(v) == 0 || v.Canonicalize() != nil {
		return false
	}
	for _, w := range wanted {
		if string(v) == w {
			return true
		}
	}
	return false
}

// text returns the error code of its JSON form: a string of digits in captures, a number tolerated.
func text(raw jsontext.Value) string { return string(bytes.Trim(bytes.TrimSpace(raw), `"`)) }
