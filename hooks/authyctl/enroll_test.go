package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/accounts"
	"sftpgo-authy/hooks/internal/safefile"
	"sftpgo-authy/hooks/internal/sftpgoapi"
	"sftpgo-authy/internal/sftpgotest"
	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// person are the flags of somebody to enroll.
var person = []string{"--email", "ann@example.test", "--cellphone", "212-555-0142", "--country-code", "+1"}

// must runs authyctl and is fatal unless it ends with code; it returns what was printed.
func (st *stage) must(code int, stdin string, args ...string) string {
	st.t.Helper()
	got, out, errs := st.ctl(stdin, args...)
	if got != code {
		st.t.Fatalf("authyctl %v: exit %d, want %d\n%s%s", args, got, code, out, errs)
	}
	return out + errs
}

func (st *stage) calls(endpoint string) int {
	return len(st.mock.Journal(mockapi.JournalQuery{Endpoint: endpoint}))
}

func contains(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("got %q; want it to have %q", got, w)
		}
	}
}

func TestAnAccountLivesInTheUsersFile(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "# staff\n")
	contains(t, st.must(exitOK, "", "app"), "the key is good", "sms on")
	contains(t, st.must(exitOK, "", append([]string{"enroll", "ann"}, person...)...), `"ann"`,
		st.env["AUTHY_USERS_FILE"])
	text, err := os.ReadFile(st.env["AUTHY_USERS_FILE"])
	if err != nil {
		t.Fatal(err)
	}
	id, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(string(text)), "# staff\nann: "), " ")
	user, err := st.mock.Client.User(t.Context(), id)
	if err != nil || !strings.HasSuffix(user.Cellphone, "0142") {
		t.Fatalf("the file has %q, authy has %+v, %v", text, user, err)
	}

	made := st.calls(mockauthytest.UserNew)
	contains(t, st.must(exitNo, "", append([]string{"enroll", "ann"}, person...)...), "already", "authyctl remove")
	if again := st.calls(mockauthytest.UserNew); again != made {
		t.Errorf("authy was asked %d times more for an account that is enrolled", again-made)
	}

	contains(t, st.must(exitOK, "", "status", "ann"), id, "0142", "confirmed   no")
	code, err := st.mock.Client.Token(t.Context(), id, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, st.must(exitOK, code.Token[:3]+" "+code.Token[3:]+"\n", "verify", "ann"), "the code is right")
	contains(t, st.must(exitNo, code.Token+"\n", "verify", "ann"), "used before")
	contains(t, st.must(exitNo, "../sms\n", "verify", "ann"), "6 to 10 digits")
	contains(t, st.must(exitNo, "", "verify", "ann"), "no answer")
	contains(t, st.must(exitOK, "", "sms", "--force", "ann"), "sent by sms")
	contains(t, st.must(exitOK, "", "sms", "ann", "--call", "--force"), "sent by call")
	contains(t, st.must(exitNo, "", "sms", "ann"), "--force")
	contains(t, st.must(exitOK, "", "qr", "ann", "--label", "files"), "http")

	contains(
		t,
		st.must(exitUnknowns, "", "remove", "--yes", "ann"),
		"no second factor any more",
		"authy user "+id+" is removed",
	)
	if text, _ := os.ReadFile(st.env["AUTHY_USERS_FILE"]); string(text) != "# staff\n"+accounts.Nobody+"\n" {
		t.Errorf("the file has %q", text)
	}
	contains(t, st.must(exitNo, "", "status", "ann"), "has no second factor")
	contains(t, st.must(exitNo, "", "remove", "--yes", "ann"), "has no second factor")
}

func TestAUserThatAnotherAccountHasStays(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "")
	st.must(exitOK, "", append([]string{"enroll", "ann"}, person...)...)
	st.must(exitOK, "", append([]string{"enroll", "bob"}, person...)...) // the same phone: the same user
	contains(t, st.must(exitUnknowns, "", "remove", "--yes", "ann"), "stays", `"bob"`)
	contains(t, st.must(exitOK, "", "status", "bob"), "0142")
	contains(t, st.must(exitUnknowns, "", "remove", "--yes", "--keep-user", "bob"), "no second factor any more")
	if n := st.calls(mockauthytest.UserDelete); n != 0 {
		t.Errorf("authy was asked %d times to remove a user", n)
	}
}

func TestWhatIsRefusedBeforeAuthyIsAsked(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		change func(*stage)
		args   []string
		want   string
	}{
		"no phone": {nil, []string{"enroll", "ann", "--email", "a@b.c"}, "--cellphone"},
		"a country by name": {nil,
			[]string{"enroll", "ann", "--email", "a@b.c", "--cellphone", "1", "--country-code", "us"}, "1 to 3 digits"},
		"another source": {nil,
			append([]string{"enroll", "ann", "--save", "additional_info"}, person...), "do not look there"},
		"a broken users file": {func(st *stage) { st.write("users", "ann\n") },
			append([]string{"enroll", "ann"}, person...), "line 1"},
		"a name that the file cannot hold": {nil, append([]string{"enroll", "a\nb"}, person...), "cannot hold"},
		"additional_info without SFTPGo": {func(st *stage) { st.env["AUTHY_ACCOUNT_SOURCES"] = "additional_info" },
			append([]string{"enroll", "ann"}, person...), "--sftpgo-url"},
		"an id that opens the account when it goes": {func(st *stage) {
			st.env["AUTHY_HOOKS_CONFIG"] = st.write("config", "unmapped: {keyint: password_only}\n")
			st.write("users", "ann: 1\n")
		}, []string{"remove", "--yes", "ann"}, "password alone"},
		"plain http to SFTPGo": {nil,
			[]string{"status", "ann", "--sftpgo-url", "http://sftpgo.example", "--sftpgo-admin", "x"}, "plain http"},
		"half an administrator": {nil,
			[]string{"status", "ann", "--sftpgo-url", "http://127.0.0.1:1", "--sftpgo-admin", "x"}, "belong together"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := newDesk(t, "")
			if row.change != nil {
				row.change(st)
			}
			contains(t, st.must(exitNo, "", row.args...), row.want)
			if n := len(st.mock.Journal(mockapi.JournalQuery{})); n != 0 {
				t.Errorf("authy was asked %d times", n)
			}
		})
	}
}

func TestAnIDThatCannotBeSavedIsNamed(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "")
	unlock, err := safefile.Lock(filepath.Join(st.dir, "users.lock"), false) // another authyctl is at it
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	contains(t, st.must(exitNo, "", append([]string{"enroll", "ann"}, person...)...), "authy user ", "is not saved",
		"users.lock", "same id for the same phone")
}

func TestAWrongKeySaysWhatToDo(t *testing.T) {
	t.Parallel()
	st := newDesk(t, "")
	st.write("key", "another-key")
	got := st.must(exitNo, "", "app")
	contains(t, got, "60001", "console")
	if strings.Contains(got, "another-key") {
		t.Error("the key is shown")
	}
}

// inSFTPGo has the ids in additional_info of a real SFTPGo, where an administrator's password opens
// the REST API.
func inSFTPGo(t *testing.T) *stage {
	t.Helper()
	st := newDesk(t, "")
	st.s = sftpgotest.Start(t, nil)
	st.env["AUTHY_ACCOUNT_SOURCES"] = "additional_info file"
	st.s.AddUser(t, "ann", static, map[string]any{
		"additional_info": `{"team":"ops","since":2019}`, "email": "ann@example.test", "description": "<&> ü",
		"quota_size": int64(9007199254740993), "permissions": map[string][]string{"/": {"*"}, "/ro": {"list"}},
		"filters": map[string]any{"denied_login_methods": []string{"publickey"},
			"web_client": []string{"shares-disabled"},
			"hooks":      map[string]any{"check_password_disabled": true}, "max_upload_file_size": 12345},
	})
	return st
}

// whole returns the account as SFTPGo keeps it, hash included.
func (st *stage) whole(name string) sftpgoapi.Document {
	st.t.Helper()
	var dump struct{ Users []sftpgoapi.Document }
	if err := json.Unmarshal(st.s.Call(st.t, http.MethodGet, "/dumpdata?output-data=1&scopes=users", nil),
		&dump); err != nil {
		st.t.Fatal(err)
	}
	for _, user := range dump.Users {
		if user.Text("username") == name {
			return user
		}
	}
	st.t.Fatalf("no account %s", name)
	return nil
}

func TestAnAccountLivesInSFTPGoAndLosesNothing(t *testing.T) {
	t.Parallel()
	st := inSFTPGo(t)
	before := st.whole("ann")
	access := []string{"--sftpgo-url", "http://" + st.s.HTTP, "--sftpgo-admin", sftpgotest.Admin,
		"--sftpgo-password-file", st.write("password", sftpgotest.Password+"\n")}

	st.must(exitOK, "", append(append([]string{"enroll", "ann"}, person...), access...)...)
	after := st.whole("ann")
	var info map[string]any
	if err := json.Unmarshal([]byte(after.Text("additional_info")), &info); err != nil || info["authy_id"] == nil ||
		info["team"] != "ops" {
		t.Fatalf("additional_info is %s, %v", after["additional_info"], err)
	}
	unchanged := func(now sftpgoapi.Document, but ...string) {
		t.Helper()
		for _, field := range sftpgoapi.Difference(before, now) {
			if !strings.Contains(strings.Join(append(but, "updated_at"), " "), field) {
				t.Errorf("field %s was %s and is %s", field, before[field], now[field])
			}
		}
	}
	unchanged(after, "additional_info")
	contains(t, st.must(exitOK, "", append([]string{"status", "ann"}, access...)...), "0142")
	contains(t, st.must(exitNo, "", append(append([]string{"enroll", "ann"}, person...), access...)...), "already")
	contains(t, st.must(exitNo, "", append(append([]string{"enroll", "nobody"}, person...), access...)...), "404")

	contains(t, st.must(exitUnknowns, "", append([]string{"remove", "--yes", "ann"}, access...)...), "is removed")
	now := st.whole("ann")
	unchanged(now, "additional_info")
	if got := now.Text("additional_info"); got != `{"since":2019,"team":"ops"}` {
		t.Errorf("additional_info is %s", got)
	}
}

func TestANoteInSFTPGoIsNotOverwritten(t *testing.T) {
	t.Parallel()
	st := inSFTPGo(t)
	st.s.AddUser(t, "bob", static, map[string]any{"additional_info": "ask his boss"})
	st.env["AUTHY_SFTPGO_URL"] = "http://" + st.s.HTTP
	st.env["AUTHY_SFTPGO_API_KEY_FILE"] = st.write("apikey", st.s.APIKey(t))
	contains(t, st.must(exitNo, "", append([]string{"enroll", "bob"}, person...)...), "would be lost", `{"note":`)
	if n := st.calls(mockauthytest.UserNew); n != 0 {
		t.Error("authy was asked all the same")
	}
	if got := st.whole("bob").Text("additional_info"); got != "ask his boss" {
		t.Errorf("additional_info is %q", got)
	}
	// The key may look and not write: no user is left behind without saying so.
	st.s.Call(t, http.MethodPost, "/admins", map[string]any{"username": "viewer", "password": "viewer-pw", "status": 1,
		"permissions": []string{"view_users"}, "filters": map[string]any{"allow_api_key_auth": true}})
	st.write("apikey", st.s.NewKey(t, map[string]any{"name": "v", "scope": 1, "admin": "viewer"}))
	contains(t, st.must(exitNo, "", append([]string{"enroll", "ann"}, person...)...), "is not saved", "403",
		"lacks a permission")
}
