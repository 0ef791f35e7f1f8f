package authyapi_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/callback"
	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/internal/world"
)

// Each quirk is shown by one request whose answer it changes.
func TestEveryQuirkChangesWhatItSays(t *testing.T) {
	t.Parallel()
	twice := func(path string) func(*mock) answer {
		return func(m *mock) answer { m.get(path); return m.get(path) }
	}
	get := func(path string) func(*mock) answer { return func(m *mock) answer { return m.get(path) } }
	register := func(phone string) func(*mock) answer {
		return func(m *mock) answer {
			return m.post("/protected/json/users/new",
				"user[email]=q@x.test&user[country_code]=1&user[cellphone]="+phone)
		}
	}
	right := get(verifyPath(vectorCode, 1000))
	examples := map[string]struct {
		ask          func(*mock) answer
		plain, quirk string // parts of "status body"
	}{
		"boolean-success": {right, `"success":"true"`, `"success":true`},
		"callback-2016": {func(m *mock) answer {
			m.set(func(s *authy.Settings) { s.OneTouch.CallbackURL = "http://app.test/" })
			m.post("/onetouch/json/users/1000/approval_requests", "message=x")
			a, _ := m.App.AnswerApproval(m.App.Approvals(0)[0].UUID, true)
			text, _ := json.Marshal(callback.Body(authy.Answer{Approval: a,
				Form: m.App.Settings().OneTouch.CallbackForm}))
			return answer{body: string(text)}
		}, `"device_uuid":0,`, `"device_uuid":"`},
		"calls-off": {get("/protected/json/call/1000"), "200 ", "503 "},
		"enforce-unconfirmed": {func(m *mock) answer {
			_, _ = m.App.PatchUser(1000, authy.UserPatch{Registered: new(bool)})
			return m.get(verifyPath("garbage", 1000))
		}, "200 ", `"error_code":"60020"`},
		"faithful-deletion": {func(m *mock) answer {
			m.post("/protected/json/users/1000/remove", "")
			m.Clock.Advance(23 * time.Hour)
			c, _ := m.App.Code(1000, "", 0)
			return m.get(verifyPath(c.Token, 1000))
		}, "60016", "200 "},
		"limits": {func(m *mock) answer {
			for range 5 {
				m.get("/protected/json/sms/1000?force=1")
			}
			return m.get("/protected/json/sms/1000?force=1")
		}, "200 ", "429 "},
		"migration": {get("/protected/json/users/1000/phone_number"), "60154",
			`200 {"phone_number":"2015551118","country_code":1,"e164":"+12015551118","success":true}`},
		"no-app": {func(m *mock) answer {
			register("2025550123")(m)
			u, _ := m.App.FindUser("+12025550123")
			return m.get(verifyPath("garbage", u.ID))
		}, "60020", "200 "},
		"no-device": {right, `"device":{`, `"success":"true"}`},
		"rate-limit-503": {func(m *mock) answer {
			m.set(func(s *authy.Settings) { s.RateLimits.Verify = authy.Rate{Count: 1, Per: time.Minute} })
			return twice(verifyPath("1234567", 1000))(m)
		}, "429 ", "503 "},
		"sandbox": {get(verifyPath("0000000", 1000)), "60020", "200 "},
		"secret-regenerate": {func(m *mock) answer {
			m.post("/protected/json/users/1000/secret", "")
			c, _ := m.App.Code(1000, authy.GenericFamily, 0)
			m.post("/protected/json/users/1000/secret", "")
			return m.get(verifyPath(c.Token, 1000))
		}, "200 ", "60020"},
		"shared-ids": {func(m *mock) answer {
			other, _ := m.worlds.Lookup("other-key")
			_ = other.App.UpdateSettings(func(s *authy.Settings) error { *s = m.App.Settings(); return nil })
			register("2025550123")(m)
			u, _ := m.App.FindUser("+12025550123")
			got := m.do(request{method: "POST", path: "/protected/json/users/new",
				header: map[string]string{"X-Authy-API-Key": "other-key"},
				body:   "user[email]=q@x.test&user[country_code]=1&user[cellphone]=2025550123"})
			return answer{body: fmt.Sprint(strings.Contains(got.body, fmt.Sprint(u.ID)))}
		}, "false", "true"},
		"sms-off":           {get("/protected/json/sms/1000"), "200 ", "503 "},
		"strict":            {right, "200 ", "strict mode"},
		"unknown-path-2016": {get("/nowhere"), "404 {", "401 Requested URL"},
		"unknown-user-401":  {get(verifyPath(vectorCode, 1001)), "404 ", "401 "},
		"valid-phones":      {register("1234567890"), "200 ", "60027"},
		"vulnerable-2015":   {get("/protected/json/verify/..%2Fsms/1000"), "401 ", "Ignored: SMS"},
	}
	for _, q := range authy.Quirks() {
		t.Run(q.Name, func(t *testing.T) {
			t.Parallel()
			e, ok := examples[q.Name]
			if !ok {
				t.Fatal("no example")
			}
			for want, apply := range map[string]bool{e.plain: false, e.quirk: true} {
				m := newMock(t)
				m.ann()
				if apply {
					m.quirk(q.Name)
				}
				got := e.ask(m)
				if text := fmt.Sprintf("%d %s", got.status, got.body); !strings.Contains(text, want) {
					t.Errorf("applied %v: got %s, want %s", apply, text, want)
				}
			}
		})
	}
}

func TestMagicNumbersAndEmails(t *testing.T) {
	t.Parallel()
	const sms, verify, call, push = "/protected/json/sms/ID?force=1", "/protected/json/verify/1234567/ID?force=true",
		"/protected/json/call/ID?force=1", "/onetouch/json/users/ID/approval_requests"
	examples := map[string]map[string]string{
		"invalid":   {"register": "60027"},
		"suspended": {verify: "60017", sms: "60017", call: "60017"},
		"limited":   {verify: "60003", sms: "60003"},
		"undeliverable": {sms: "60015", call: "60014", "/protected/json/sms/ID": "60015",
			"/protected/json/call/ID": "60014", verify: "60020"},
		"disabled":     {verify: "60018", sms: "60018"},
		"unregistered": {"/protected/json/users/ID/status": `"registered":false`, verify: "60020"},
		"broken":       {verify: `500 {"message":"An error occurred"`, sms: "500 "},
		"landline":     {"info": `"type":"landline"`, "start": "60082"},
		"approves":     {push: `"status":"approved"`},
		"denies":       {push: `"status":"denied"`},
	}
	for _, magic := range authy.Magics() {
		for by, who := range map[string]string{
			"phone":  "user[email]=m@x.test&user[country_code]=1&user[cellphone]=" + magic.Phone,
			"e-mail": "user[email]=m%2Bmock-" + magic.Name + "@x.test&user[country_code]=1&user[cellphone]=2025550199",
		} {
			t.Run(magic.Name+" by "+by, func(t *testing.T) {
				t.Parallel()
				m := newMock(t)
				made := m.post("/protected/json/users/new", who)
				var created struct{ User struct{ ID int64 } }
				_ = json.Unmarshal([]byte(made.body), &created)
				if len(examples[magic.Name]) == 0 {
					t.Fatal("no example")
				}
				for path, want := range examples[magic.Name] {
					var got answer
					number := "country_code=1&phone_number=" + magic.Phone
					switch {
					case path == "register":
						got = made
					case (path == "info" || path == "start") && by == "e-mail":
						continue // numbers only: there is no e-mail in these calls
					case path == "info":
						got = m.get("/protected/json/phones/info?" + number)
					case path == "start":
						got = m.post("/protected/json/phones/verification/start", "via=sms&"+number)
					case path == push:
						var asked struct {
							Request struct{ UUID string } `json:"approval_request"`
						}
						_ = json.Unmarshal(
							[]byte(m.post(strings.ReplaceAll(path, "ID", fmt.Sprint(created.User.ID)),
								"message=Hello").body), &asked)
						got = m.get("/onetouch/json/approval_requests/" + asked.Request.UUID)
					default:
						got = m.get(strings.ReplaceAll(path, "ID", fmt.Sprint(created.User.ID)))
					}
					if text := fmt.Sprintf("%d %s", got.status, got.body); !strings.Contains(text, want) {
						t.Errorf("%s: got %s, want %s", path, text, want)
					}
				}
			})
		}
	}
}

func TestMagicCanBeOff(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*authy.Settings){
		"off":    func(s *authy.Settings) { s.Magic = false },
		"strict": func(s *authy.Settings) { s.Strict = true },
	} {
		m := newMock(t)
		m.set(change)
		u, err := m.App.AddUser(authy.UserSpec{Cellphone: "5005550002"})
		if err != nil {
			t.Fatal(err)
		}
		c, _ := m.App.Code(u.ID, "", 0)
		if got := m.get(verifyPath(c.Token, u.ID) + "?force=true"); got.status != 200 {
			t.Errorf("%s: %s", name, got.body)
		}
	}
}

var update = flag.Bool("update", false, "write docs/quirks.md")

// docs/quirks.md lists what the code says, so it cannot say anything else.
func TestQuirksAreDocumented(t *testing.T) {
	t.Parallel()
	const file, begin = "../../../docs/quirks.md",
		"<!-- from here on written by go test ./mockauthy/internal/authyapi -run Documented -update -->\n"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, got, ok := strings.Cut(string(text), begin)
	if !ok {
		t.Fatalf("%s has no line %q", file, begin)
	}
	var b strings.Builder
	b.WriteString("\n## Quirks\n\n| name | what differs, and where it was seen |\n| --- | --- |\n")
	for _, q := range world.Quirks() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", q.Name, q.Doc)
	}
	b.WriteString("\n## Magic numbers and e-mails\n\n| telephone | e-mail tag | what it does |\n| --- | --- | --- |\n")
	for _, m := range authy.Magics() {
		fmt.Fprintf(&b, "| +1 %s-%s-%s | `+mock-%s` | %s |\n", m.Phone[:3], m.Phone[3:6], m.Phone[6:], m.Name, m.Doc)
	}
	b.WriteString("\n## Errors\n\nNames are ours, for fault rules; codes and messages are Authy's where the first " +
		"part of this page\nsays so.\n\n")
	b.WriteString("| code | name | status | message |\n| --- | --- | --- | --- |\n")
	for _, e := range authy.Errors() {
		fmt.Fprintf(&b, "| %s | `%s` | %d | %s |\n", e.Code, e.Name, e.Status, e.Message)
	}
	b.WriteString(
		"\n## Errors of Verify v2\n\nNames are ours, for fault rules; codes, statuses and titles are those of " +
			"Twilio's error dictionary.\n\n| code | name | status | message |\n| --- | --- | --- | --- |\n",
	)
	for _, e := range verify.Errors() {
		fmt.Fprintf(&b, "| %d | `%s` | %d | %s |\n", e.Code, e.Name, e.Status, e.Message)
	}
	if want := b.String(); got != want {
		if *update {
			if err := os.WriteFile(file, []byte(head+begin+want), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		t.Errorf("%s is not what the code says; run the command in it", file)
	}
}
