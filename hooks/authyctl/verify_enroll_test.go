package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/mockapi"
)

// atVerify makes a desk where Twilio Verify judges the codes.
func atVerify(t *testing.T) *stage {
	t.Helper()
	st := newDesk(t, "# nobody\n")
	apps, err := st.mock.Client.Apps(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	delete(st.env, "AUTHY_API_KEY_FILE")
	delete(st.env, "AUTHY_API_URL")
	for _, app := range apps {
		if app.Key == st.mock.Key {
			st.env["AUTHY_VERIFY_ACCOUNT_SID"], st.env["AUTHY_VERIFY_SERVICE_SID"] = app.AccountSID, app.ServiceSID
			st.env["AUTHY_VERIFY_API_KEY_SID"] = app.APIKeySID
			st.env["AUTHY_VERIFY_SECRET_FILE"] = st.write("verify-secret", app.APIKeySecret)
		}
	}
	st.env["AUTHY_VERIFY_URL"] = st.mock.URL
	return st
}

// factors returns those that the mock has.
func (st *stage) factors() []mockapi.Factor {
	st.t.Helper()
	list, err := st.mock.Client.Factors(st.t.Context(), mockapi.FactorQuery{})
	if err != nil {
		st.t.Fatal(err)
	}
	return list.Items
}

// appShows is what the authenticator app shows of the newest factor, a step later each time.
func (st *stage) appShows(string) string {
	st.t.Helper()
	st.mock.Advance(30 * time.Second)
	all := st.factors()
	newest := all[0]
	for _, f := range all {
		if !f.Verified {
			newest = f
		}
	}
	token, err := st.mock.Client.FactorToken(st.t.Context(), newest.SID, 0)
	if err != nil {
		st.t.Fatal(err)
	}
	return token.Token
}

// TestEnrollAtTwilioVerify: a factor counts once a right code was typed, lets its owner in, is
// replaced and taken away; of a wrong code nothing is left.
func TestEnrollAtTwilioVerify(t *testing.T) {
	t.Parallel()
	st := atVerify(t)
	contains(t, st.must(exitOK, "", "app"), "the secret is good", st.env["AUTHY_VERIFY_SERVICE_SID"])
	contains(t, st.must(exitNo, "", "enroll", "ann"), "--sftpgo-url", "--force")
	contains(t, st.must(exitNo, "", "enroll", "--from", "x", "--provider", "verify"), "needs its owner at once")
	contains(
		t,
		st.scans(exitNo, func(string) string { return "000000" }, "enroll", "ann", "--force"),
		"nothing was changed",
	)
	if left := st.factors(); len(left) > 0 {
		t.Errorf("wrong codes left %+v", left)
	}

	contains(
		t,
		st.scans(exitOK, st.appShows, "enroll", "ann", "--force"),
		"▀",
		"otpauth://totp/",
		`account "ann" logs in`,
	)
	first := st.factors()[0]
	text, err := os.ReadFile(st.env["AUTHY_USERS_FILE"])
	if want := "ann: verify/" + first.Identity + "/" + first.SID + "  # since "; err != nil ||
		!strings.Contains(string(text), want) || len(st.factors()) != 1 {
		t.Fatalf("the file has %q, %v; want %q", text, err, want)
	}
	contains(t, st.must(exitNo, "", "enroll", "ann", "--force"), "already", "authyctl remove")
	contains(t, st.must(exitOK, "", "list", "--csv"), "ann,verify,"+first.Identity+"/"+first.SID)
	contains(t, st.must(exitOK, "", "status", "ann"), first.SID, "verified    yes", "digits      6")
	contains(t, st.must(exitNo, "", "qr", "ann"), "authyctl replace")
	contains(t, st.must(exitOK, st.appShows("")+"\n", "verify", "ann"), "the code is right")
	contains(t, st.must(exitNo, "000000\n", "verify", "ann"), "the code is wrong")

	_, report, _ := st.ctl("", "doctor")
	contains(t, report, "codes are judged by "+st.mock.URL+" and not by Twilio Verify",
		"factors that the users file does not name were not looked at")

	url := st.hookd()
	let := func(what, code string, want bool) {
		t.Helper()
		if got := st.checkpwd(url, "ann", "long password"+code); strings.Contains(got, `"status":2`) != want {
			t.Errorf("%s: %s, want let in: %v", what, got, want)
		}
	}
	let("a right code", st.appShows(""), true)
	contains(
		t,
		st.scans(exitOK, st.appShows, "replace", "ann"),
		"verify factor "+first.Identity+"/"+first.SID+" is removed",
	)
	if now := st.factors(); len(now) != 1 || now[0].SID == first.SID || now[0].Identity != first.Identity {
		t.Fatalf("after replace: %+v", now)
	}
	let("a code of the new phone", st.appShows(""), true)

	second := st.factors()[0]
	contains(t, st.must(exitOK, "", "remove", "--yes", "ann"), "is removed", "confirmed", second.SID)
	if left := st.factors(); len(left) > 0 {
		t.Errorf("after remove: %+v", left)
	}
	let("nobody", "123456", false)
}

// TestAFactorOfTwo: what another account uses too stays.
func TestAFactorOfTwo(t *testing.T) {
	t.Parallel()
	st := atVerify(t)
	f := st.mock.Factor("0123456789abcdef")
	line := ": verify/" + f.Identity + "/" + f.SID + "\n"
	st.env["AUTHY_USERS_FILE"] = st.write("users", "ann"+line+"bob"+line)
	_, _, errs := st.ctl("", "replace", "ann")
	contains(t, errs, `"bob" has the second factor of "ann" too`, "authyctl remove bob")
	if left := st.factors(); len(left) != 1 {
		t.Errorf("a replacement that is refused left %+v", left)
	}
	contains(t, st.must(exitUnknowns, "", "remove", "--yes", "ann"), "stays", `"bob"`)
	if left := st.factors(); len(left) != 1 {
		t.Errorf("left %+v", left)
	}
	contains(t, st.must(exitUnknowns, "", "remove", "--yes", "--keep-user", "bob"), "no second factor any more")
	if left := st.factors(); len(left) != 1 {
		t.Errorf("--keep-user left %+v", left)
	}
}
