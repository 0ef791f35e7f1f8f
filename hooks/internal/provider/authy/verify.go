package authy

import (
	"context"
	"net/http"
	"net/url"

	"github.com/go-json-experiment/json/jsontext"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/exchange"
)

// Verify implements [provider.Verifier]. force=true is always sent: without it Authy accepts any
// code of a user who never confirmed one.
func (c *Client) Verify(ctx context.Context, person provider.Person, code otp.Code) provider.Answer {
	id, ours := person.(ID)
	if !ours || id.IsZero() || code == (otp.Code{}) {
		return provider.Answer{Result: provider.Refused}
	}
	return classify(language().Ask(ctx, c.codes, exchange.Call{
		Method: http.MethodGet, Path: "/protected/json/verify/" + code.Digits() + "/" + id.digits,
		Query: url.Values{"force": {"true"}},
	}))
}

// language is how Authy speaks. A suspended user is an HTTP 503 (60017), so not every 5xx is
// silence; "success" stands in Authy's errors of all ages.
func language() exchange.Language {
	return exchange.Language{
		Code: "error_code", Sign: "success", Good: []int{http.StatusOK}, Meaning: errorResult,
	}
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

// classify judges a reply to a verify that was sifted. A yes needs everything to be right.
func classify(answer provider.Answer, fields map[string]jsontext.Value) provider.Answer {
	if fields != nil && exchange.Says(fields, "token", `"is valid"`) &&
		exchange.Says(fields, "success", `"true"`, `true`) {
		answer.Result = provider.Right
	}
	return answer
}
