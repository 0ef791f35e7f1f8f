package main

import (
	"strings"
	"testing"

	"sftpgo-authy/mockauthy/mockapi"
)

// logsIn says whether checkpwd takes a code of an account.
func (st *stage) logsIn(url, account, code string) bool {
	st.t.Helper()
	return strings.Contains(st.checkpwd(url, account, "pw#"+code), `"status":2`)
}

// TestNoCodeOpensADoorOnEachSide: neither of the move, nor of the way back.
func TestNoCodeOpensADoorOnEachSide(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"totp", "verify"} {
		for _, step := range []int64{-1, 0, 1} {
			st := leaver(t, "ann")
			st.export(true)
			url := st.hookd()
			code := codeOf(t, st.users["ann"], step)
			before := st.logsIn(url, "ann", code)
			st.must(exitOK, "", "migrate", "run", "--to", to)
			if before && st.logsIn(url, "ann", code) {
				t.Errorf("%s: the code of step %d opened a door before the move and one after it", to, step)
			}
		}
		st := leaver(t, "ann")
		st.export(true)
		url := st.hookd()
		st.must(exitOK, "", "migrate", "run", "--to", to)
		code := codeOf(t, st.users["ann"], 1)
		if !st.logsIn(url, "ann", code) {
			t.Errorf("%s: ann is not in after the move", to)
		}
		st.must(exitOK, "", "migrate", "rollback")
		if st.logsIn(url, "ann", code) {
			t.Errorf("%s: a code opened a door before the way back and one after it", to)
		}
	}
}

// TestSomebodySuspendedDoesNotMove: Authy tells of it only where a code is judged.
func TestSomebodySuspendedDoesNotMove(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"totp", "verify"} {
		st := leaver(t, "ann")
		st.export(true)
		url := st.hookd()
		st.users["ann"].Suspend()
		_, out, errs := st.ctl("", "migrate", "run", "--to", to)
		contains(t, out+errs, "are blocked at Authy         1")
		if st.logsIn(url, "ann", codeOf(t, st.users["ann"], 1)) {
			t.Errorf("%s: suspended at Authy, and in after the move", to)
		}
	}
}

// TestAFactorThatStaysIsNamed: where it cannot be deleted on the way back.
func TestAFactorThatStaysIsNamed(t *testing.T) {
	t.Parallel()
	st := leaver(t, "ann")
	st.export(true)
	st.must(exitOK, "", "migrate", "run", "--to", "verify")
	f := st.atVerify()
	if _, err := st.mock.Client.AddFault(t.Context(), mockapi.Rule{
		Match:  mockapi.Match{Endpoint: mockapi.V2FactorDelete, Method: "DELETE"},
		Effect: mockapi.Effect{Kind: mockapi.RawStatus, Status: 502},
	}); err != nil {
		t.Fatal(err)
	}
	_, out, errs := st.ctl("", "migrate", "rollback")
	contains(t, out+errs, f.SID, "delete it by hand")
}
