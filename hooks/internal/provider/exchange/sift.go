package exchange

import (
	"bytes"
	"context"
	"net/http"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/hooks/internal/jsonobject"
	"sftpgo-authy/hooks/internal/provider"
)

// Language is how an API speaks: what is an error of its own, and what that means.
type Language struct {
	Code string // an object that has this name is an error
	Sign string // a name that errors of all ages have: an object of a 5xx without it is somebody else's
	Good []int  // statuses of what may be a yes
	// Meaning returns what the code of an error means, where it has a meaning of its own.
	Meaning func(code string) (provider.Result, bool)
}

// Ask asks about a code and sifts the reply. A caller who hangs up first ends in a limit of our
// own: that is not the API's silence.
func (l Language) Ask(ctx context.Context, api Asker, what Call) (provider.Answer, map[string]jsontext.Value) {
	got := api.Do(ctx, what)
	if got.Status == 0 && ctx.Err() != nil {
		return provider.Answer{Result: provider.Limited}, nil
	}
	return l.Sift(got)
}

// Sift judges a reply as far as all calls are alike, and never finds a yes. fields are not nil only
// for a good status with a sound object that is no error. No answer needs either silence or a 5xx
// which surely is not the API's: an error of the API may come as a 5xx too, so somebody could cause
// that, and a body that we cannot read might be that one.
func (l Language) Sift(got Reply) (provider.Answer, map[string]jsontext.Value) {
	answer := func(r provider.Result) (provider.Answer, map[string]jsontext.Value) {
		return provider.Answer{Result: r, Status: got.Status}, nil
	}
	switch {
	case got.Status == 0 && (got.Cause == OwnWant || got.Cause == Aged):
		return answer(provider.Limited)
	case got.Status == 0 && got.Cause == Refused:
		return answer(provider.Protocol)
	case got.Status == 0:
		return answer(provider.NoAnswer)
	}
	var fields map[string]jsontext.Value
	sound := false
	if got.Whole {
		fields, sound = jsonobject.Fields(got.Body)
	}
	code, isError := fields[l.Code]
	if sound && isError {
		if result, known := l.Meaning(Text(code)); known {
			return answer(result)
		}
	}
	switch {
	case got.Status == http.StatusTooManyRequests:
		return answer(provider.Limited)
	case sound && isError:
		return answer(provider.Refused)
	case got.Status >= 500 && got.Status < 600 && got.Whole && l.isForeign(got.Body, sound, fields):
		return answer(provider.NoAnswer)
	case slices.Contains(l.Good, got.Status) && sound:
		return provider.Answer{Result: provider.Protocol, Status: got.Status}, fields
	}
	return answer(provider.Protocol)
}

// isForeign says whether a whole 5xx body is surely not an error object of the API: it is no JSON
// object at all, or a sound one without the sign. What begins like an object and is broken may be a
// cut one.
func (l Language) isForeign(body []byte, sound bool, fields map[string]jsontext.Value) bool {
	if sound {
		_, ours := fields[l.Sign]
		return !ours
	}
	text := bytes.TrimPrefix(body, []byte("\ufeff"))
	return !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{"))
}

// Says tells whether the field is literally one of the wanted JSON texts, escapes resolved.
func Says(fields map[string]jsontext.Value, name string, wanted ...string) bool {
	v := fields[name].Clone()
	if len(v) == 0 || v.Canonicalize() != nil {
		return false
	}
	return slices.Contains(wanted, string(v))
}

// Text returns the code of an error of its JSON form: a string of digits or a number.
func Text(raw jsontext.Value) string { return string(bytes.Trim(bytes.TrimSpace(raw), `"`)) }
