package fault

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/verify"
)

// maxDelay is how long a rule may hold a connection: longer than any client waits, and short enough
// that nothing hangs for good.
const maxDelay = 5 * time.Minute

// maxBody is the longest reply of a rule in bytes.
const maxBody = 1 << 20

// Problem says what is wrong with a rule, in which field ("effect.status"), and what would be
// right.
type Problem struct{ Field, Message, Wanted string }

// Error is field, message and what is wanted, in one line.
func (p *Problem) Error() string {
	text := p.Message
	if p.Field != "" {
		text = p.Field + ": " + text
	}
	if p.Wanted != "" {
		text += ", want " + p.Wanted
	}
	return text
}

func problem(field, wanted, format string, args ...any) *Problem {
	return &Problem{field, fmt.Sprintf(format, args...), wanted}
}

// check returns the rule with its kind filled in where that follows from the parameters, or what is
// wrong with it.
func (r *Rules) check(rule Rule) (Rule, *Problem) {
	e, m := &rule.Effect, &rule.Match
	if e.Kind == "" {
		for i := range kinds {
			if kinds[i].implied != nil && kinds[i].implied(*e) {
				e.Kind = kinds[i].Name
				break
			}
		}
	}
	kind := kindOf(e.Kind)
	switch known := "one of " + strings.Join(Names(), ", "); {
	case e.Kind == "":
		return Rule{}, problem("effect.kind", known, "the rule has no effect")
	case kind == nil:
		return Rule{}, problem("effect.kind", known, "%q is not known", e.Kind)
	}
	m.Method = strings.ToUpper(m.Method)
	if kind.tls && m.Endpoint == "" {
		m.Endpoint = TLS
	}
	for _, wrong := range []*Problem{r.checkMatch(rule, kind), checkEffect(*e, kind)} {
		if wrong != nil {
			return Rule{}, wrong
		}
	}
	return rule, nil
}

// checkMatch checks which requests a rule is for, and how many of them.
func (r *Rules) checkMatch(rule Rule, kind *Kind) *Problem {
	m := rule.Match
	switch {
	case rule.Effect.Error != "" && m.Endpoint != "" && known(rule.Effect.Error) &&
		!speaks(m.Endpoint, rule.Effect.Error):
		return problem("match.endpoint", "calls below v2/ for errors of Verify alone, the others for Authy's alone",
			"%q does not answer %s", m.Endpoint, rule.Effect.Error)
	case m.Endpoint != "" && r.calls != nil && !slices.Contains(r.calls, m.Endpoint):
		return problem("match.endpoint", "one of "+strings.Join(r.calls, ", "), "%q is not known", m.Endpoint)
	case (m.Endpoint == TLS) != kind.tls:
		return problem("match.endpoint", "tls for tls_failure, and for nothing else",
			"%q does not go with the effect %s", m.Endpoint, kind.Name)
	case strings.Trim(m.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "":
		return problem("match.method", "GET or POST", "%q is no method", m.Method)
	case m.Nth < 0:
		return problem("match.nth", "the number of a request, from 1", "%d is negative", m.Nth)
	case rule.After < 0:
		return problem("after", "the number of requests to let through first", "%d is negative", rule.After)
	case rule.Times < 0:
		return problem("times", "the number of requests to hit, 0 for all", "%d is negative", rule.Times)
	case !(rule.Probability >= 0 && rule.Probability <= 1):
		return problem("probability", "a number from 0 to 1", "%v is no chance", rule.Probability)
	}
	return nil
}

// checkEffect checks the parameters, first each by itself, then as the kind needs them.
func checkEffect(e Effect, kind *Kind) *Problem {
	switch {
	case e.Error != "" && !known(e.Error):
		return problem("effect.error", `a code such as "60003" or a name such as "rate_limited"`,
			"%.40q is no error of Authy or Verify", e.Error)
	case e.Status != 0 && (e.Status < 200 || e.Status > 599):
		return problem("effect.status", "200 to 599", "%d is no final HTTP status", e.Status)
	case e.Delay < 0 || e.Delay > maxDelay:
		return problem("effect.delay", "0s to "+maxDelay.String(), "%v is out of range", e.Delay)
	case e.Jitter < 0 || e.Jitter > maxDelay:
		return problem("effect.jitter", "0s to "+maxDelay.String(), "%v is out of range", e.Jitter)
	case e.Bytes < 0:
		return problem("effect.bytes", "how many bytes of the body to send, 0 for half", "%d is negative", e.Bytes)
	case len(e.Body) > maxBody:
		return problem("effect.body", fmt.Sprintf("at most %d", maxBody), "%d bytes are too many", len(e.Body))
	case strings.ContainsFunc(e.ContentType+e.Location+e.RetryAfter, isControl):
		return problem("effect", "plain text in content_type, location and retry_after",
			"a header value has a control character")
	case kind.check != nil:
		return kind.check(e)
	}
	return nil
}

func known(nameOrCode string) bool {
	return speaks("", nameOrCode) || speaks(v2, nameOrCode)
}

// v2 is how the names of Verify's calls begin.
const v2 = "v2/"

// speaks says whether the API of a call has an error with that code or name.
func speaks(endpoint, nameOrCode string) bool {
	if strings.HasPrefix(endpoint, v2) {
		_, ok := verify.Lookup(nameOrCode)
		return ok
	}
	_, ok := authy.Lookup(nameOrCode)
	return ok
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }
