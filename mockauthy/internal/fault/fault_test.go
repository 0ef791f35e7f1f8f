package fault_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/fault"
	"sftpgo-authy/mockauthy/mockapi"
)

var down = fault.Effect{Status: 503}

func verify(user int64) fault.Request {
	return fault.Request{Endpoint: mockapi.Verify, Method: "GET", User: user}
}

// outcome asks for n requests and draws a line of them: x is hit, . is not.
func outcome(r *fault.Rules, n int, q fault.Request) string {
	var b strings.Builder
	for range n {
		if _, hit := r.Take(q); hit {
			b.WriteByte('x')
		} else {
			b.WriteByte('.')
		}
	}
	return b.String()
}

func TestWhichRequestsARuleHits(t *testing.T) {
	t.Parallel()
	named := func(user int64, ref string) bool { return user == 1000 && ref == "ann" }
	for name, row := range map[string]struct {
		rule fault.Rule
		q    fault.Request
		want string
	}{
		"all without a match":     {fault.Rule{Effect: down}, verify(1000), "xxxx"},
		"after lets some through": {fault.Rule{Effect: down, After: 2}, verify(1000), "..xx"},
		"times ends it":           {fault.Rule{Effect: down, Times: 2}, verify(1000), "xx.."},
		"after and times":         {fault.Rule{Effect: down, After: 1, Times: 2}, verify(1000), ".xx."},
		"the nth alone":           {fault.Rule{Effect: down, Match: fault.Match{Nth: 3}}, verify(1000), "..x."},
		"disabled":                {fault.Rule{Effect: down, Disabled: true}, verify(1000), "...."},
		"this endpoint": {fault.Rule{Effect: down, Match: fault.Match{Endpoint: mockapi.Verify}},
			verify(1000), "xxxx"},
		"another endpoint": {fault.Rule{Effect: down, Match: fault.Match{Endpoint: mockapi.SMS}},
			verify(1000), "...."},
		"this method, in any case": {fault.Rule{Effect: down, Match: fault.Match{Method: "get"}}, verify(1000),
			"xxxx"},
		"another method": {fault.Rule{Effect: down, Match: fault.Match{Method: "POST"}}, verify(1000),
			"...."},
		"this user by id": {fault.Rule{Effect: down, Match: fault.Match{User: "1000"}}, verify(1000),
			"xxxx"},
		"this user by name": {fault.Rule{Effect: down, Match: fault.Match{User: "ann"}}, verify(1000),
			"xxxx"},
		"another user": {fault.Rule{Effect: down, Match: fault.Match{User: "ann"}}, verify(1001),
			"...."},
		"a user where there is none": {fault.Rule{Effect: down, Match: fault.Match{User: "ann"}}, verify(0), "...."},
		"a handshake is no request":  {fault.Rule{Effect: down}, fault.Request{Endpoint: fault.TLS}, "...."},
		"a handshake alone": {fault.Rule{Effect: fault.Effect{Kind: "tls_failure"}, Times: 1},
			fault.Request{Endpoint: fault.TLS}, "x..."},
		"a request is no handshake":    {fault.Rule{Effect: fault.Effect{Kind: "tls_failure"}}, verify(1000), "...."},
		"a chance of one is certainty": {fault.Rule{Effect: down, Probability: 1}, verify(1000), "xxxx"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := fault.New(1, mockapi.Endpoints(), named)
			if _, err := r.Add(row.rule); err != nil {
				t.Fatal(err)
			}
			if got := outcome(r, 4, row.q); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

func TestTheFirstRuleThatIsDueDecides(t *testing.T) {
	t.Parallel()
	r := fault.New(1, mockapi.Endpoints(), nil)
	for _, rule := range []fault.Rule{{Effect: down, Times: 1}, {Effect: fault.Effect{Error: "60003"}}} {
		if _, err := r.Add(rule); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"f1", "f2", "f2"} {
		if hit, _ := r.Take(verify(1)); hit.ID != want {
			t.Errorf("request %d: got %s, want %s", i+1, hit.ID, want)
		}
	}
	list := r.List()
	if list[0].Hits != 1 || list[0].Seen != 3 || list[1].Hits != 2 || list[1].Seen != 3 {
		t.Errorf("got %+v, want the counts 3/1 and 3/2", list)
	}
}

func TestChanceFollowsTheSeed(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) string {
		r := fault.New(seed, mockapi.Endpoints(), nil)
		if _, err := r.Add(fault.Rule{Effect: down, Probability: 0.3}); err != nil {
			t.Fatal(err)
		}
		return outcome(r, 1000, verify(1))
	}
	first := run(7)
	if again := run(7); again != first {
		t.Error("the same seed gave another outcome")
	}
	if other := run(8); other == first {
		t.Error("another seed gave the same outcome")
	}
	if n := strings.Count(first, "x"); n < 250 || n > 350 {
		t.Errorf("hit %d of 1000, want about 300", n)
	}
}

func TestJitterStaysInItsBounds(t *testing.T) {
	t.Parallel()
	r := fault.New(1, mockapi.Endpoints(), nil)
	_, err := r.Add(fault.Rule{Effect: fault.Effect{Delay: time.Second, Jitter: time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[time.Duration]bool{}
	for range 100 {
		hit, _ := r.Take(verify(1))
		if hit.Delay < time.Second || hit.Delay >= 2*time.Second {
			t.Fatalf("delay %v, want one from 1s to 2s", hit.Delay)
		}
		seen[hit.Delay] = true
	}
	if len(seen) < 50 {
		t.Errorf("only %d different delays in 100", len(seen))
	}
}

func TestRulesThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		rule  fault.Rule
		field string
	}{
		"no effect":    {fault.Rule{}, "effect.kind"},
		"unknown kind": {fault.Rule{Effect: fault.Effect{Kind: "boom"}}, "effect.kind"},
		"unknown endpoint": {fault.Rule{Effect: down, Match: fault.Match{Endpoint: "verfy"}},
			"match.endpoint"},
		"a method with a space": {fault.Rule{Effect: down, Match: fault.Match{Method: "GET /"}}, "match.method"},
		"a handshake with a status": {fault.Rule{Effect: down, Match: fault.Match{Endpoint: fault.TLS}},
			"match.endpoint"},
		"a verify without TLS": {
			fault.Rule{Effect: fault.Effect{Kind: "tls_failure"}, Match: fault.Match{Endpoint: mockapi.Verify}},
			"match.endpoint"},
		"negative nth":            {fault.Rule{Effect: down, Match: fault.Match{Nth: -1}}, "match.nth"},
		"negative times":          {fault.Rule{Effect: down, Times: -1}, "times"},
		"negative after":          {fault.Rule{Effect: down, After: -1}, "after"},
		"a chance of 101 %":       {fault.Rule{Effect: down, Probability: 1.01}, "probability"},
		"status 99":               {fault.Rule{Effect: fault.Effect{Status: 99}}, "effect.status"},
		"status 101":              {fault.Rule{Effect: fault.Effect{Status: 101}}, "effect.status"},
		"error without its code":  {fault.Rule{Effect: fault.Effect{Kind: "authy_error"}}, "effect.error"},
		"redirect to nowhere":     {fault.Rule{Effect: fault.Effect{Kind: "redirect"}}, "effect.location"},
		"redirect with 200":       {fault.Rule{Effect: fault.Effect{Location: "/x", Status: 200}}, "effect.status"},
		"negative delay":          {fault.Rule{Effect: fault.Effect{Delay: -1}}, "effect.delay"},
		"a delay for ever":        {fault.Rule{Effect: fault.Effect{Delay: time.Hour}}, "effect.delay"},
		"a header with a newline": {fault.Rule{Effect: fault.Effect{Location: "/x\r\nSet-Cookie: a=b"}}, "effect"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := fault.New(1, mockapi.Endpoints(), nil).Add(row.rule)
			var refusal *fault.Problem
			if !errors.As(err, &refusal) || refusal.Field != row.field || refusal.Wanted == "" {
				t.Errorf("got %v, want an error in %s that says what is wanted", err, row.field)
			}
		})
	}
}

func TestRulesUnderLoad(t *testing.T) {
	t.Parallel()
	r := fault.New(1, mockapi.Endpoints(), nil)
	if _, err := r.Add(fault.Rule{Effect: down, Times: 50}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			outcome(r, 100, verify(1))
			rule, err := r.Add(fault.Rule{Effect: down, After: 1 << 30})
			if err != nil || !r.Remove(rule.ID) {
				t.Errorf("add and remove: %v", err)
			}
		})
	}
	wg.Wait()
	if got := r.List()[0]; got.Hits != 50 || got.Seen != 1000 {
		t.Errorf("got %d hits of %d seen, want 50 of 1000", got.Hits, got.Seen)
	}
	if _, hit := fault.New(1, mockapi.Endpoints(), nil).Take(verify(1)); hit {
		t.Error("an empty set hit a request")
	}
}
