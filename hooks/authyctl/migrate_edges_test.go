package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/provider/totp"
	"sftpgo-authy/hooks/internal/safefile"
	"sftpgo-authy/mockauthy/mockapi"
)

// atVerify returns the only factor that Verify has.
func (st *stage) atVerify() mockapi.Factor {
	st.t.Helper()
	list, err := st.mock.Client.Factors(st.t.Context(), mockapi.FactorQuery{})
	if err != nil || list.Total != 1 {
		st.t.Fatalf("Verify has %d factors, %v, want 1", list.Total, err)
	}
	return list.Items[0]
}

// TestAPersonMovesToVerifyAndBack: with all accounts, one that is added later included, and with
// nothing left over there after the way back.
func TestAPersonMovesToVerifyAndBack(t *testing.T) {
	t.Parallel()
	st := leaver(t, "ann")
	st.export(true)
	url, users := st.hookd(), st.env["AUTHY_USERS_FILE"]
	sealed := filepath.Join(t.TempDir(), "sealed")
	contains(t, st.must(exitOK, "", "migrate", "run", "--to", "verify", "--save-sealed", sealed),
		"1 person moved to verify")
	f := st.atVerify()
	id := st.users["ann"].Ref()
	if !f.Verified || f.Secret != st.users["ann"].Secret || f.Identity != "authy-user-"+id ||
		f.FriendlyName != f.Identity {
		t.Errorf("the factor is %+v", f)
	}
	if text := read(t, sealed); !strings.HasPrefix(text, "ann: sealed:") || strings.Contains(text, f.Secret) {
		t.Errorf("--save-sealed wrote %q", text)
	}
	if got := st.checkpwd(url, "ann", "pw#"+codeOf(t, st.users["ann"], 1)); !strings.Contains(got, `"status":2`) {
		t.Errorf("ann is not in: %s", got)
	}

	before := read(t, users)
	st.write("users", before+"ann-backup: "+id+"\n")
	contains(t, st.must(exitOK, "", "migrate", "run", "--to", "totp"), "1 person moved")
	if got := read(t, users); got != before+"ann-backup: verify/"+f.Identity+"/"+f.SID+"  # was "+id+"\n" {
		t.Errorf("the users file is %s", got)
	}
	contains(t, st.must(exitOK, "", "migrate", "report"), "1 person moved to verify")

	if err := st.mock.Client.RemoveFactor(t.Context(), f.SID); err != nil {
		t.Fatal(err)
	}
	contains(t, st.must(exitNo, "", "migrate", "report", "--csv"), "ann,"+id+",broken,", "no factor",
		"1 person moved and cannot log in there")
	contains(t, st.must(exitOK, "", "migrate", "rollback"), "1 person at Authy again")
	if got := read(t, users); got != "# staff\nann: "+id+"\nann-backup: "+id+"\n" {
		t.Errorf("after the way back the users file is %s", got)
	}

	st.must(exitOK, "", "migrate", "run", "--to", "verify")
	st.atVerify()
	st.must(exitOK, "", "migrate", "rollback")
	if list, err := st.mock.Client.Factors(t.Context(), mockapi.FactorQuery{}); err != nil || list.Total != 0 {
		t.Errorf("%d factors are left, %v", list.Total, err)
	}
}

// TestTheCodeOfTheExportRanOut: where its step ends before Verify has seen it, the same factor is
// shown the next one.
func TestTheCodeOfTheExportRanOut(t *testing.T) {
	t.Parallel()
	st := leaver(t, "ann")
	st.export(true)
	target, err := url.Parse(st.mock.URL)
	if err != nil {
		t.Fatal(err)
	}
	late := 0
	pass := httputil.NewSingleHostReverseProxy(target)
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Factors") {
			late++
			st.mock.Advance(2 * time.Minute)
		}
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(slow.Close)
	st.env["AUTHY_VERIFY_URL"] = slow.URL
	contains(t, st.must(exitOK, "", "migrate", "run", "--to", "verify"), "1 person moved")
	if n := st.calls(mockapi.UserSecretExport); n != 2 || late != 1 || !st.atVerify().Verified {
		t.Errorf("%d exports and %d factors, want 2 and 1", n, late)
	}
}

// TestNobodyMovesWhereTheyWouldBeDenied: a running hookd that does not know the destination, a
// service that is not there, and another run at the same time.
func TestNobodyMovesWhereTheyWouldBeDenied(t *testing.T) {
	t.Parallel()
	st := leaver(t, "ann")
	st.export(true)
	before := read(t, st.env["AUTHY_USERS_FILE"])
	whole := read(t, st.env["AUTHY_HOOKS_CONFIG"])
	without, _, _ := strings.Cut(whole, "verify:")
	st.write("hooks.yaml", without)
	st.hookd()
	st.write("hooks.yaml", whole)
	contains(t, st.must(exitNo, "", "migrate", "run", "--to", "verify"), "the running hookd has another verify.",
		"reload or restart")
	st.stop()
	st.env["AUTHY_VERIFY_SERVICE_SID"] = "VA" + strings.Repeat("0", 32)
	contains(t, st.must(exitNo, "", "migrate", "run", "--to", "verify"), "nobody was moved", "404")
	delete(st.env, "AUTHY_VERIFY_SERVICE_SID")
	unlock, err := safefile.Lock(st.env["AUTHY_USERS_FILE"]+".migration.lock", false)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, st.must(exitNo, "", "migrate", "run", "--to", "verify"), "locked by somebody else")
	unlock()
	if n := st.calls(mockapi.UserSecretExport); n != 0 || read(t, st.env["AUTHY_USERS_FILE"]) != before {
		t.Errorf("%d secrets were exported", n)
	}
	for want, args := range map[string][]string{
		"unknown action":    {"migrate", "dance"},
		"--rate 40":         {"migrate", "run", "--to", "totp", "--rate", "40"},
		"two forms":         {"migrate", "plan", "--json", "--csv"},
		`--to "moon"`:       {"migrate", "run", "--to", "moon"},
		"want --out":        {"migrate", "run", "--to", "loaddata"},
		"want one action":   {"migrate"},
		"1 person moved to": {"migrate", "run", "--to", "verify"},
	} {
		if _, out, errs := st.ctl("", args...); !strings.Contains(out+errs, want) {
			t.Errorf("%v: %s%s, want %s", args, out, errs, want)
		}
	}
}

// TestALostPhoneDoesNotComeBack: somebody who got a new secret since the move stays where they are,
// unless that is wanted.
func TestALostPhoneDoesNotComeBack(t *testing.T) {
	t.Parallel()
	st := leaver(t, "ann", "bob")
	st.export(true)
	st.must(exitOK, "", "migrate", "run", "--to", "totp")
	st.scans(exitOK, same, "replace", "ann")
	contains(t, st.must(exitNo, "", "migrate", "rollback"), "1 person at Authy again", "another phone", "--force")
	if got := read(t, st.env["AUTHY_USERS_FILE"]); !strings.Contains(got, "ann: totp  # was ") ||
		!strings.Contains(got, "bob: "+st.users["bob"].Ref()+"\n") {
		t.Errorf("the users file is %s", got)
	}
	st.users["ann"].Remove()
	contains(t, st.must(exitNo, "", "migrate", "rollback", "--force"), "0 people", "did not work", "60026")

	// Somebody else has the secret of the name already: it must not be overwritten.
	st.users["eve"] = st.phoneOf("eve", 9, false)
	eve := st.users["eve"].Ref()
	text, err := totp.ParseSecret(st.users["bob"].Secret, totp.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(st.secretsFile(), []byte("eve: "+text.Base32()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	st.write("users", "eve: "+eve+"\nother: totp/eve\n")
	contains(t, st.must(exitNo, "", "migrate", "run", "--to", "totp"), `"other" uses another secret of "eve"`)
	if got := read(t, st.secretsFile()); got != "eve: "+text.Base32()+"\n" {
		t.Errorf("the secrets file is %s", got)
	}
}
