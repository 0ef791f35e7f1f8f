package fault

import (
	"fmt"
	"strconv"
	"strings"
)

// Restore replaces all rules by these, with their ids and counts; after an error nothing has
// changed. A rule without an id gets one. The error says which rule and field is wrong, and is a
// [*Problem].
func (r *Rules) Restore(rules []Rule) error {
	if len(rules) > maxRules {
		return problem("faults", fmt.Sprintf("at most %d", maxRules), "%d rules", len(rules))
	}
	next, taken := 1, map[string]bool{}
	kept := make([]Rule, len(rules))
	for i, rule := range rules {
		field := fmt.Sprintf("faults[%d].", i)
		var wrong *Problem
		if kept[i], wrong = r.check(rule); wrong != nil {
			wrong.Field = field + wrong.Field
			return wrong
		}
		if rule.Seen < 0 || rule.Hits < 0 || rule.Hits > rule.Seen {
			return problem(field+"hits", "no more hits than seen, neither negative", "%d hits of %d seen", rule.Hits,
				rule.Seen)
		}
		if rule.ID == "" {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimPrefix(rule.ID, "f"), 10, 31)
		if err != nil || rule.ID != idOf(int(n)) || taken[rule.ID] {
			return problem(field+"id", "f and a number that no other rule has, or nothing", "%.20q cannot be", rule.ID)
		}
		taken[rule.ID] = true
		next = max(next, int(n)+1)
	}
	for i := range kept {
		if kept[i].ID == "" {
			kept[i].ID = idOf(next)
			next++
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rules, r.next = kept, next
	r.count.Store(int64(len(kept)))
	return nil
}

func idOf(n int) string { return "f" + strconv.Itoa(n) }
