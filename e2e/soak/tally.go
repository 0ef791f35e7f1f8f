package main

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"sftpgo-authy/e2e/internal/target"
	"sftpgo-authy/internal/client"
)

// attempt is one login and what came of it.
type attempt struct {
	account, code string
	right         bool // whether the code was
	err           error
	began, ended  time.Time
	seen          bool // the same code of this person was accepted within [remembered]
}

// remembered is how long hookd remembers an accepted code.
const remembered = 120 * time.Second

// accepted is a code that opened a door.
type accepted struct {
	account, code string
}

// tally counts what came of the logins.
type tally struct {
	mu      sync.Mutex
	took    []time.Duration
	in, out int       // let in with a right code, kept out with a wrong one
	kept    []attempt // kept out with a right code
	chances int       // of those: the code was by chance one that hookd remembered
	wrong   []error

	codes map[accepted]time.Time // when each was accepted
	order []accepted             // oldest first
}

func newTally() *tally { return &tally{codes: map[accepted]time.Time{}} }

// restart forgets all but the codes: what came before is not counted.
func (t *tally) restart() {
	t.took, t.in, t.out, t.kept, t.wrong = nil, 0, 0, nil, nil
}

func (t *tally) add(a attempt) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.took = append(t.took, a.ended.Sub(a.began))
	switch {
	case a.right && a.err == nil:
		t.in++
		t.remember(accepted{a.account, a.code}, a.ended)
	case !a.right && errors.Is(a.err, client.ErrRefused):
		t.out++
	case a.right:
		at, known := t.codes[accepted{a.account, a.code}]
		a.seen = known && a.began.Sub(at) < remembered
		t.kept = append(t.kept, a)
	case a.err == nil:
		t.wrong = append(t.wrong, errors.New("let in with a wrong code"))
	default:
		t.wrong = append(t.wrong, fmt.Errorf("a wrong code ended in something else than a refusal: %w", a.err))
	}
}

// remember notes that a code was accepted, and forgets those that hookd has forgotten too.
func (t *tally) remember(code accepted, now time.Time) {
	if _, known := t.codes[code]; !known {
		t.order = append(t.order, code)
	}
	t.codes[code] = now
	for len(t.order) > 0 && now.Sub(t.codes[t.order[0]]) > remembered {
		delete(t.codes, t.order[0])
		t.order = t.order[1:]
	}
}

// tellChances judges those who were kept out with a right code: a new code may by chance be one
// that the same person used within two minutes, and hookd must refuse it. The audit must say so
// too. All others went wrong.
func (t *tally) tellChances(audit []target.AuditLine) {
	reused := map[string][]time.Time{}
	for _, line := range audit {
		if at, err := time.Parse(time.RFC3339, line.Time); err == nil && line.Reason == "code_reused" {
			reused[line.Account] = append(reused[line.Account], at)
		}
	}
	for _, a := range t.kept {
		if a.seen && within(reused[a.account], a.began, a.ended) {
			t.chances++
			continue
		}
		t.wrong = append(t.wrong, fmt.Errorf("%s kept out with a right code: %w", a.account, a.err))
	}
}

// within says whether one of the times lies between two others, or as near as an audit's resolution
// tells.
func within(times []time.Time, from, to time.Time) bool {
	for _, at := range times {
		if at.After(from.Add(-time.Second)) && at.Before(to.Add(time.Second)) {
			return true
		}
	}
	return false
}
