package authy

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// Verify implements [provider.Verifier]. force=true is always sent: without it Authy accepts any
// code of a user who never confirmed one.
func (c *Client) Verify(ctx context.Context, person provider.Person, code otp.Code) provider.Answer {
	return verifyBy(ctx, c.do, person, code)
}

// verifyBy is [Client.Verify] by whatever makes calls.
func verifyBy(
	ctx context.Context, do func(context.Context, call) (reply, error), person provider.Person, code otp.Code,
) provider.Answer {
	id, ours := person.(ID)
	if !ours || id.IsZero() || code == (otp.Code{}) {
		return provider.Answer{Result: provider.Refused}
	}
	got, err := do(ctx, call{
		method: http.MethodGet, path: "/protected/json/verify/" + code.Digits() + "/" + id.digits,
		query: url.Values{"force": {"true"}},
	})
	switch {
	case err != nil:
		return provider.Answer{Result: provider.Protocol}
	case got.status == 0 && ctx.Err() != nil:
		return provider.Answer{Result: provider.Limited}
	}
	return classify(got)
}

// errorResults gives a meaning to the error codes that have one of their own.
func errorResult(code string) (provider.Result, bool) {
	switch code {
	case "60020":
		return provider.Wrong, true
	case "60019":
		return provider.Used, true
	case "60016", "60026":
		return provider.UnknownUser, true
	case "60017", "60018", "60106", "60107":
		return provider.Blocked, true
	case "60001", "60047", "60073":
		return provider.RejectedKey, true
	case "60003":
		return provider.Limited, true
	}
	return provider.Refused, false
}

// classify judges a reply to a verify. A yes needs everything to be right.
func classify(got reply) provider.Answer {
	answer, fields := sift(got)
	if fields != nil && says(fields, "token", `"is valid"`) && says(fields, "success", `"true"`, `true`) {
		answer.Result = provider.Right
	}
	return answer
}

// sift judges a reply as far as all calls are alike, and never finds a yes. fields are not nil only
// for a 200 with a sound object that is no error. No answer needs either silence or a 5xx which
// surely is not Authy's: a suspended user is an HTTP 503 (60017), so somebody could cause that, and
// a body that we cannot read might be that one.
func sift(got reply) (provider.Answer, map[string]jsontext.Value) {
	answer := func(r provider.Result) (provider.Answer, map[string]jsontext.Value) {
		return provider.Answer{Result: r, Status: got.status}, nil
	}
	switch {
	case got.status == 0 && (got.cause == ownWant || got.cause == aged):
		return answer(provider.Limited)
	case got.status == 0 && got.cause == refusal:
		return answer(provider.Protocol)
	case got.status == 0:
		return answer(provider.NoAnswer)
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
		return answer(provider.Limited)
	case sound && isError:
		return answer(provider.Refused)
	case got.status >= 500 && got.status < 600 && got.whole && isForeign(got.body, sound, fields):
		return answer(provider.NoAnswer)
	case got.status == http.StatusOK && sound:
		return provider.Answer{Result: provider.Protocol, Status: got.status}, fields
	}
	return answer(provider.Protocol)
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
