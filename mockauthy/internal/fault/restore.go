package fault

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"sftpgo-authy/mockauthy/mockapi"
)

// Restore replaces all rules by these, with their ids and counts, or changes nothing. A rule
// without an id gets one. The error says which rule and field is wrong, and is a [*mockapi.Error].
func (r *Rules) Restore(rules []Rule) error {
	if len(rules) > maxRules {
		return &mockapi.Error{Status: http.StatusBadRequest, Field: "faults", Message: fmt.Sprintf("%d rules", len(rules)), Wanted: fmt.Sprintf("at most %d", maxRules)}
	}
	next, taken := 1, map[string]bool{}
	kept := make([]Rule, len(rules))
	for i, rule := range rules {
		field := fmt.Sprintf("faults[%d].", i)
		var err error
		if kept[i], err = checked(rule); err != nil {
			var refusal *mockapi.Error
			if errors.As(err, &refusal) {
				refusal.Field = field + refusal.Field
			}
			return err
		}
		if rule.Seen < 0 || rule.Hits < 0 || rule.Hits > rule.Seen {
			return &mockapi.Error{Status: http.StatusBadRequest, Field: field + "hits", Message: fmt.Sprintf("%d hits of %d seen", rule.Hits, rule.Seen), Wanted: "no more hits than seen, neither negative"}
		}
		if rule.ID == "" {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimPrefix(rule.ID, "f"), 10, 31)
		if err != nil || rule.ID != idOf(int(n)) || taken[rule.ID] {
			return &mockapi.Error{Status: http.StatusBadRequest, Field: field + "id", Message: fmt.Sprintf("%.20q cannot be", rule.ID), Wanted: "f and a number that no other rule has, or nothing"}
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
