package phone_test

import (
	"testing"

	"sftpgo-authy/mockauthy/mockauthytest"
)

func TestTheCodeOnThePageIsTheCodeOfTheUser(t *testing.T) {
	t.Parallel()
	m := mockauthytest.New(t)
	m.Freeze()
	alice := m.User("alice")
	w := open(t, m)
	for _, family := range []string{"app", "generic"} {
		got := readCode(w, alice.ID, family)
		want, err := m.Client.Token(t.Context(), "alice", family, 0)
		if err != nil || got != want.Token {
			t.Errorf("the page shows %q for %s, want %q (%v)", got, family, want.Token, err)
		}
	}
}
