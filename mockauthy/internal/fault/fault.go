// Package fault holds the rules by which a world misbehaves, and what each kind of fault does. A
// rule is data; whoever answers requests asks [Rules.Take] whether one is due, and hands it the
// connection as a [Wire]. A new kind of fault is a new row in kinds.go.
package fault

import (
	"hash/fnv"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Rule makes matching requests misbehave. Rules are tried in the order they were added; the first
// one that is due decides.
type Rule struct {
	ID     string // set by [Rules.Add]
	Match  Match
	Effect Effect
	After  int // so many matching requests are let through first
	Times  int // so many requests are hit; 0: every one
	// Probability is the chance, above 0 and up to 1, that a request which is due is hit; 0:
	// always.
	Probability float64
	Disabled    bool // kept, but not applied and not counting
	Seen, Hits  int  // requests that matched, and those that were hit
}

// Match says which requests a rule is for. An empty field matches all.
type Match struct {
	Endpoint string // one of those that [New] is told
	User     string // an Authy id, or the name, e-mail or cellphone of a user, or an identity of Verify
	Method   string // of HTTP
	Nth      int    // picks a single matching request by its number, from 1; 0: all
}

// Effect is what a fault does. Kind names the row, the other fields are its parameters; Delay and
// Jitter go with every kind, and Status and RetryAfter with every one that sends headers.
type Effect struct {
	Kind              string // empty: follows from the parameters
	Error             string // an error of the protocol, by code or name
	Status            int    // of HTTP; replaces the usual one
	Body, ContentType string
	Location          string
	RetryAfter        string
	Delay, Jitter     time.Duration // in real time; up to Jitter is added at random
	Bytes             int           // how much of the body is sent; 0: half
}

// TLS is the endpoint of a TLS handshake.
const TLS = "tls"

// Request is what a rule can match.
type Request struct {
	Endpoint string // the name of the call
	Method   string // GET, POST, …
	User     int64  // the Authy id it is about, 0 if none
	Identity string // of Verify: whom it is about, "" if nobody
}

// Hit is a rule that is due for a request.
type Hit struct {
	ID     string        // of the rule
	Effect Effect        // Kind is never empty
	Delay  time.Duration // Effect.Delay plus this request's share of Effect.Jitter, to be waited in real time
	kind   *Kind
}

// Rules are the faults of one world. Make them with [New].
type Rules struct {
	seed  uint64
	count atomic.Int64 // of rules, so that a world without faults pays nothing
	mu    sync.Mutex
	next  int
	rules []Rule
	calls []string // what a rule may name as an endpoint; nil: anything
	is    func(user int64, ref string) bool
}

// New returns an empty set. Chances are drawn from seed. endpoints are the names that rules can
// match; nil means any. is says whether the user with that Authy id also goes by that name, e-mail
// or cellphone; nil means that rules can name users by id only.
func New(seed uint64, endpoints []string, is func(user int64, ref string) bool) *Rules {
	if is == nil {
		is = func(int64, string) bool { return false }
	}
	return &Rules{seed: seed, calls: endpoints, is: is, next: 1}
}

// Add checks a rule, numbers it and adds it after the others. The error says which field is wrong,
// and is a [*Problem].
func (r *Rules) Add(rule Rule) (Rule, error) {
	rule, wrong := r.check(rule)
	if wrong != nil {
		return Rule{}, wrong
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.rules) >= maxRules {
		return Rule{}, problem("", "", "there are %d fault rules already; delete some first", maxRules)
	}
	rule.ID, rule.Seen, rule.Hits = idOf(r.next), 0, 0
	r.next++
	r.rules = append(r.rules, rule)
	r.count.Store(int64(len(r.rules)))
	return rule, nil
}

// maxRules keeps a runaway loop in a test from slowing every request.
const maxRules = 1000

// List returns all rules with their counts, in order.
func (r *Rules) List() []Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Rule{}, r.rules...)
}

// Remove removes the rule with that id; false when there is none.
func (r *Rules) Remove(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.rules {
		if r.rules[i].ID == id {
			r.rules = append(r.rules[:i], r.rules[i+1:]...)
			r.count.Store(int64(len(r.rules)))
			return true
		}
	}
	return false
}

// Change applies a change to the rule with that id and returns the rule; false when there is none.
func (r *Rules) Change(id string, change func(*Rule)) (Rule, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.rules {
		if r.rules[i].ID == id {
			change(&r.rules[i])
			return r.rules[i], true
		}
	}
	return Rule{}, false
}

// Clear removes all rules. Numbers go on rising.
func (r *Rules) Clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rules = nil
	r.count.Store(0)
}

// Take returns the first rule that is due for the request and counts it. It is called once for each
// request.
func (r *Rules) Take(q Request) (Hit, bool) {
	if r.count.Load() == 0 {
		return Hit{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var due *Rule
	for i := range r.rules {
		rule := &r.rules[i]
		if rule.Disabled || !r.matches(rule, q) {
			continue
		}
		rule.Seen++
		if due == nil && r.due(rule) {
			due = rule
		}
	}
	if due == nil {
		return Hit{}, false
	}
	due.Hits++
	delay := due.Effect.Delay + time.Duration(float64(due.Effect.Jitter)*r.draw(due, 1))
	return Hit{ID: due.ID, Effect: due.Effect, Delay: delay, kind: kindOf(due.Effect.Kind)}, true
}

func (r *Rules) matches(rule *Rule, q Request) bool {
	m := &rule.Match
	if q.Endpoint == TLS && m.Endpoint == "" { // a handshake is no request
		return false
	}
	if m.Endpoint != "" && m.Endpoint != q.Endpoint || m.Method != "" && !strings.EqualFold(m.Method, q.Method) {
		return false
	}
	if e := rule.Effect.Error; e != "" && !speaks(q.Endpoint, e) {
		return false
	}
	return m.User == "" || m.User == q.Identity || m.User == strconv.FormatInt(q.User, 10) ||
		q.User != 0 && r.is(q.User, m.User)
}

func (r *Rules) due(rule *Rule) bool {
	return rule.Seen > rule.After &&
		(rule.Times == 0 || rule.Hits < rule.Times) &&
		(rule.Match.Nth == 0 || rule.Seen == rule.Match.Nth) &&
		(rule.Probability == 0 || r.draw(rule, 0) < rule.Probability)
}

// draw returns a number in [0,1) that depends only on the seed, the rule, how many requests it has
// seen and the purpose. So rules and worlds do not influence each other, and there is no generator
// to save.
func (r *Rules) draw(rule *Rule, purpose uint64) float64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(rule.ID))
	return rand.New(rand.NewPCG(r.seed^h.Sum64(), uint64(rule.Seen)<<1|purpose)).Float64()
}
