package gate

import (
	"errors"
	"slices"
	"testing"

	"sftpgo-authy/hooks/internal/otp"
	"sftpgo-authy/hooks/internal/provider"
)

// TestProblemsAreTold: why a source or the store could not answer reaches the administrator, each
// once, and nothing is told where nothing went wrong.
func TestProblemsAreTold(t *testing.T) {
	t.Parallel()
	code, err := otp.ParseCode("1234567")
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("gone")
	right := provider.Answer{Result: provider.Right, Status: 200}
	for name, c := range map[string]struct {
		world world
		told  int
	}{
		"all is well":          {world{found: true, claim: WellFormed, answer: right}, 0},
		"the accounts":         {world{err: gone}, 1},
		"the memory":           {world{found: true, memErr: gone}, 1},
		"the counters":         {world{found: true, lockErr: gone}, 1},
		"what could be kept":   {world{found: true, claim: WellFormed, settleErr: gone, answer: right}, 1},
		"what is given back":   {world{found: true, claim: WellFormed, settleErr: gone}, 1},
		"an account of nobody": {world{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &c.world
			var told []error
			g := &Gate{Accounts: w, Provider: w, Memory: w, Guard: w, Problem: func(err error) {
				told = append(told, err)
			}}
			g.Judge(t.Context(), Attempt{Hook: Keyint, Code: code})
			if len(told) != c.told || slices.Contains(told, nil) {
				t.Errorf("told %v, want %d", told, c.told)
			}
		})
	}
}
