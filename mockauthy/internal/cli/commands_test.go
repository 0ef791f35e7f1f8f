package cli_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sftpgo-authy/mockauthy/mockapi"
)

// asks sends a request to Authy's API, as an application does, and returns the body of the reply.
func asks(t *testing.T, r running, method, path string, form url.Values) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Authy-API-Key", "mock-api-key")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// fromJSON runs a command with --json and decodes what it printed.
func fromJSON[T any](t *testing.T, r running, args ...string) T {
	t.Helper()
	var v T
	out := command(t, r, 0, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("mockauthy %v --json printed %q: %v", args, out, err)
	}
	return v
}

func TestClockCommand(t *testing.T) {
	t.Parallel()
	r := launch(t, nil)
	if got := command(t, r, 0, "clock", "--freeze", "--set",
		"2030-02-28T23:59:50Z"); got != "2030-02-28T23:59:50Z frozen" {
		t.Errorf("got %q", got)
	}
	if got := command(t, r, 0, "clock", "--advance", "-50s"); got != "2030-02-28T23:59:00Z frozen" {
		t.Errorf("got %q", got)
	}
	if got := fromJSON[mockapi.Clock](t, r, "clock"); !got.Frozen || got.Now.Year() != 2030 {
		t.Errorf("got %+v", got)
	}
	if got := fromJSON[mockapi.Clock](t, r, "clock", "--all"); got.Frozen || got.Now.Year() == 2030 {
		t.Errorf("the clock of all worlds: got %+v", got)
	}
	if got := fromJSON[mockapi.Clock](t, r, "clock", "--run"); got.Frozen || got.Now.Year() != 2030 {
		t.Errorf("after --run: %+v", got)
	}
	if got := fromJSON[mockapi.Clock](t, r, "clock", "--reset"); got.Now.Year() == 2030 {
		t.Errorf("after --reset: %+v", got)
	}
	for want, args := range map[string][]string{
		"--set: want a time": {"clock", "--set", "tomorrow"},
		"--freeze and --run": {"clock", "--freeze", "--run"},
		"--advance":          {"clock", "--advance", "soon"},
	} {
		if got := command(t, r, 2, args...); !strings.Contains(got, want) {
			t.Errorf("%v: got %s, want something about %s", args, got, want)
		}
	}
}

func TestOutboxAndJournalCommands(t *testing.T) {
	t.Parallel()
	r := launch(t, nil)
	id := command(t, r, 0, "user", "add", "bob", "--cellphone", "2015550123")
	if got := command(t, r, 0, "outbox"); got != "" {
		t.Errorf("an empty outbox prints %q", got)
	}
	if got := command(t, r, 1, "outbox", "wait", "--timeout", "1ms"); !strings.Contains(got, "there are 0 after 1ms") {
		t.Errorf("nothing came: %s", got)
	}
	asks(t, r, "GET", "/protected/json/sms/"+id+"?force=true", nil)
	code := command(t, r, 0, "outbox", "wait", "--user", "bob", "--channel", "sms", "--code")
	if got := asks(t, r, "GET", "/protected/json/verify/"+code+"/"+id, nil); !strings.Contains(got, "is valid") {
		t.Errorf("the code of the text: %s", got)
	}
	if sent := fromJSON[[]mockapi.Message](t, r, "outbox"); len(sent) != 1 || sent[0].Code != code {
		t.Errorf("outbox: %+v, want the text with %s", sent, code)
	}
	if got := command(t, r, 0, "outbox"); !strings.Contains(got, "\tsms\t+12015550123\t") ||
		!strings.Contains(got, code) {
		t.Errorf("outbox: %s", got)
	}
	asked := fromJSON[[]mockapi.Entry](t, r, "journal", "wait", "--endpoint", "verify", "--user", "bob")
	if len(asked) != 1 || asked[0].Decision != "accepted" {
		t.Errorf("journal: %+v", asked)
	}
	if got := command(t, r, 0, "journal", "--status", "200"); strings.Count(got, "\n") != 1 ||
		!strings.Contains(got, "GET /protected/json/sms/"+id) || strings.Contains(got, code) {
		t.Errorf("journal: %s", got)
	}
	command(t, r, 0, "journal", "clear")
	command(t, r, 0, "outbox", "clear")
	if got := command(t, r, 0, "journal", "--json") + command(t, r, 0, "outbox", "--json"); got != "[][]" {
		t.Errorf("after clear: %s", got)
	}
	if got := command(t, r, 2, "outbox", "weight"); !strings.Contains(got, `unknown command "weight"`) {
		t.Errorf("a command that is none: %s", got)
	}
}

func TestPushCommands(t *testing.T) {
	t.Parallel()
	r := launch(t, nil)
	id := command(t, r, 0, "user", "add", "bob", "--cellphone", "2015550123")
	push := func() string {
		t.Helper()
		var made struct {
			Request struct{ UUID string } `json:"approval_request"`
		}
		body := asks(t, r, "POST", "/onetouch/json/users/"+id+"/approval_requests", url.Values{"message": {"Log in?"}})
		if err := json.Unmarshal([]byte(body), &made); err != nil || made.Request.UUID == "" {
			t.Fatalf("%s: %v", body, err)
		}
		return made.Request.UUID
	}
	if got := command(t, r, 1, "push", "approve", "bob", "--wait", "1ms"); !strings.Contains(got, "no pending push") {
		t.Errorf("without a push: %s", got)
	}
	first := push()
	if got := command(t, r, 0, "push", "approve", "bob"); !strings.HasPrefix(got, first+"\t"+id+"\tapproved") {
		t.Errorf("approve: %s", got)
	}
	second, third := push(), push()
	if got := command(t, r, 2, "push", "deny", "bob"); !strings.Contains(got, "2 pending pushes") {
		t.Errorf("two at once: %s", got)
	}
	if got := fromJSON[mockapi.Approval](t, r, "push", "deny", second); got.Status != "denied" {
		t.Errorf("deny: %+v", got)
	}
	if got := command(t, r, 0, "push", "list", "--status", "pending"); !strings.HasPrefix(got, third) ||
		strings.Contains(got, "\n") {
		t.Errorf("pending: %s", got)
	}
	if got := command(t, r, 1, "push", "approve", first); !strings.Contains(got, "approved") {
		t.Errorf("a push that was answered: %s", got)
	}
	if got := command(t, r, 2, "push"); !strings.Contains(got, "want a command: approve, deny, list") {
		t.Errorf("push alone: %s", got)
	}
}

func TestWorldCommands(t *testing.T) {
	t.Parallel()
	r := launch(t, nil)
	id := command(t, r, 0, "user", "add", "bob", "--cellphone", "2015550123")
	verify := func() string { return asks(t, r, "GET", "/protected/json/verify/0000000/"+id, nil) }
	command(t, r, 0, "suspend", "bob")
	if got := verify(); !strings.Contains(got, "60017") {
		t.Errorf("suspended: %s", got)
	}
	if got := fromJSON[mockapi.User](t, r, "suspend", "bob", "--off"); got.Suspended ||
		strings.Contains(verify(), "60017") {
		t.Errorf("after --off: %+v", got)
	}
	file := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(file, []byte(command(t, r, 0, "state")), 0o600); err != nil {
		t.Fatal(err)
	}
	command(t, r, 0, "user", "remove", "bob")
	command(t, r, 1, "user", "show", "bob")
	command(t, r, 0, "state", "load", file)
	if got := fromJSON[mockapi.User](t, r, "user", "show", "bob"); got.Name != "bob" {
		t.Errorf("after state load: %+v", got)
	}
	command(t, r, 1, "state", "load", file+".gone")
	rule := command(t, r, 0, "fault", "add", "--status", "503")
	command(t, r, 0, "fault", "remove", rule)
	if got := fromJSON[[]mockapi.Rule](t, r, "fault", "list"); len(got) != 0 {
		t.Errorf("faults: %+v", got)
	}
	if got := fromJSON[mockapi.Settings](t, r, "settings", "onetouch.callback_url=http://127.0.0.1:9/authy",
		"include_device=false"); got.OneTouch.CallbackURL != "http://127.0.0.1:9/authy" || got.IncludeDevice {
		t.Errorf("settings: %+v", got)
	}
	if got := command(t, r, 2, "settings", "include_devise=false"); !strings.Contains(got, "no such field") {
		t.Errorf("a setting that is none: %s", got)
	}
	command(t, r, 0, "reset")
	if got := command(t, r, 0, "user", "list"); strings.Contains(got, "bob") || !strings.Contains(got, "alice") {
		t.Errorf("after reset: %s", got)
	}
	key := command(t, r, 0, "app", "add")
	command(t, r, 0, "user", "add", "bob", "--cellphone", "2015550123", "--key", key)
	if got := command(t, r, 0, "app", "list"); !strings.Contains(got, key+"\t") {
		t.Errorf("apps: %s", got)
	}
	command(t, r, 2, "app", "add", "one", "two")
	command(t, r, 0, "app", "remove", key)
	command(t, r, 1, "user", "list", "--key", key)
	if got := strings.TrimSpace(asks(t, r, "GET", "/_mock/users/alice/code", nil)); got != command(t, r, 0, "code",
		"alice") && got != command(t, r, 0, "code", "alice", "--step", "-1") {
		t.Errorf("the plain code is %q", got)
	}
}
