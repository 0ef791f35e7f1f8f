package fault

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/mockapi"
)

// maxDelay bounds what a rule may hold a connection for: longer than any client waits, short enough
// that nothing hangs for good.
const maxDelay = 5 * time.Minute

// maxBody bounds the reply of a rule.
const maxBody = 1 << 20

// checked fills in the kind that follows from the parameters and refuses what makes no sense.
func checked(rule Rule) (Rule, error) {
	wrong := func(field, message, wanted string) (Rule, error) {
		return Rule{}, &mockapi.Error{Status: http.StatusBadRequest, Field: field, Message: message, Wanted: wanted}
	}
	e, m := &rule.Effect, &rule.Match
	if e.Kind == "" {
		e.Kind = impliedKind(*e)
	}
	m.Method = strings.ToUpper(m.Method)
	if e.Kind == mockapi.TLSFailure && m.Endpoint == "" {
		m.Endpoint = mockapi.TLS
	}
	switch {
	case e.Kind == "":
		return wrong("effect.kind", "the rule has no effect", "one of "+strings.Join(mockapi.Kinds(), ", "))
	case !slices.Contains(mockapi.Kinds(), e.Kind):
		return wrong("effect.kind", fmt.Sprintf("%q is not known", e.Kind), "one of "+strings.Join(mockapi.Kinds(), ", "))
	case m.Endpoint != "" && !mockapi.IsEndpoint(m.Endpoint):
		return wrong("match.endpoint", fmt.Sprintf("%q is not known", m.Endpoint), "one of "+strings.Join(mockapi.Endpoints(), ", "))
	case (m.Endpoint == mockapi.TLS) != (e.Kind == mockapi.TLSFailure):
		return wrong("match.endpoint", fmt.Sprintf("%q does not go with the effect %s", m.Endpoint, e.Kind), "tls for tls_failure, and for nothing else")
	case m.Method != "" && strings.Trim(m.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return wrong("match.method", fmt.Sprintf("%q is no method", m.Method), "GET or POST")
	case m.Nth < 0:
		return wrong("match.nth", fmt.Sprintf("%d is negative", m.Nth), "the number of a request, from 1")
	case rule.After < 0:
		return wrong("after", fmt.Sprintf("%d is negative", rule.After), "the number of requests to let through first")
	case rule.Times < 0:
		return wrong("times", fmt.Sprintf("%d is negative", rule.Times), "the number of requests to hit, 0 for all")
	case !(rule.Probability >= 0 && rule.Probability <= 1):
		return wrong("probability", fmt.Sprintf("%v is no chance", rule.Probability), "a number from 0 to 1")
	case e.Kind == mockapi.AuthyError && e.Error == "":
		return wrong("effect.error", "an authy_error needs one", `a code such as "60003"`)
	case e.Error != "" && !known(e.Error):
		return wrong("effect.error", fmt.Sprintf("%.40q is no Authy error", e.Error), `a code such as "60003" or a name such as "rate_limited"`)
	case e.Kind == mockapi.RawStatus && e.Status == 0:
		return wrong("effect.status", "a status effect needs one", "an HTTP status from 200 to 599")
	case e.Status != 0 && (e.Status < 200 || e.Status > 599):
		return wrong("effect.status", fmt.Sprintf("%d is no final HTTP status", e.Status), "200 to 599")
	case e.Kind == mockapi.Redirect && e.Location == "":
		return wrong("effect.location", "a redirect needs one", "a URL or path")
	case e.Kind == mockapi.Redirect && e.Status != 0 && (e.Status < 300 || e.Status > 399):
		return wrong("effect.status", fmt.Sprintf("%d is no redirect", e.Status), "300 to 399")
	case (e.Kind == mockapi.Latency || e.Kind == mockapi.SlowBody) && e.Delay == 0 && e.Jitter == 0:
		return wrong("effect.delay", "a "+e.Kind+" effect needs one", `a duration such as "2s"`)
	case e.Delay < 0 || time.Duration(e.Delay) > maxDelay:
		return wrong("effect.delay", fmt.Sprintf("%v is out of range", time.Duration(e.Delay)), "0s to "+maxDelay.String())
	case e.Jitter < 0 || time.Duration(e.Jitter) > maxDelay:
		return wrong("effect.jitter", fmt.Sprintf("%v is out of range", time.Duration(e.Jitter)), "0s to "+maxDelay.String())
	case e.Bytes < 0:
		return wrong("effect.bytes", fmt.Sprintf("%d is negative", e.Bytes), "how many bytes of the body to send, 0 for half")
	case len(e.Body) > maxBody:
		return wrong("effect.body", fmt.Sprintf("%d bytes are too many", len(e.Body)), fmt.Sprintf("at most %d", maxBody))
	case strings.ContainsFunc(e.ContentType+e.Location+e.RetryAfter, isControl):
		return wrong("effect", "a header value has a control character", "plain text in content_type, location and retry_after")
	}
	return rule, nil
}

func known(nameOrCode string) bool {
	_, ok := authy.Lookup(nameOrCode)
	return ok
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

func impliedKind(e Effect) string {
	switch {
	case e.Error != "":
		return mockapi.AuthyError
	case e.Location != "":
		return mockapi.Redirect
	case e.Status != 0:
		return mockapi.RawStatus
	case e.Delay != 0 || e.Jitter != 0:
		return mockapi.Latency
	}
	return ""
}
