package hooks_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// stored is an account as SFTPGo sends it, with fields that no version of SFTPGo has.
const stored = `{"id":7,"status":1,"username":"alice","expiration_date":0,"email":"a@x.test",` +
	`"password":"$2a$04$hash","filters":{"hooks":{"check_password_disabled":true}},"additional_info":"<&>\u00e9",` +
	`"big":123456789012345678901234567890,"later":[1.50,null]}`

const (
	no      = "no"      // the hook's denial
	yes     = "yes"     // the hook's yes
	whole   = "whole"   // checkpwd: SFTPGo judges the whole password
	unasked = "unasked" // keyint: a yes without a question for the code
	none    = ""        // the row does not concern the hook
	users   = "alice: 1000\n"
)

// row is a row of the table of verdicts in docs/reference.md: a situation, and what each hook says
// in it.
type row struct {
	name     string
	provider func(t *testing.T) string // default: answers with status and body
	status   int
	body     string
	users    string // default: alice is mapped
	settings string
	account  string   // default stored
	code     string   // default 1234567
	answers  []string // keyint; default "OK" and the code
	extra    []string // extauth
	ip       string   // default 192.0.2.7, "-" for none
	protocol string   // checkpwd and extauth; default FTP

	keyint, checkpwd, extauth string
	reason                    string
	outcome                   string // default: by the verdicts
	failure                   bool
	unseen                    bool // no request reaches the provider
}

func rows() []row {
	const valid = authytest.Valid
	failure := authytest.Error
	list := []row{
		{name: "right code", status: 200, body: valid, keyint: yes, checkpwd: yes, extauth: yes, reason: "code_right"},
		{name: "wrong code", status: 401, body: authytest.Invalid, keyint: no, checkpwd: no, extauth: no,
			reason: "code_wrong"},
		{name: "code used", status: 401, body: failure("60019"), keyint: no, checkpwd: no, extauth: no,
			reason: "code_reused"},
		{name: "429", status: 429, keyint: no, checkpwd: no, extauth: no, reason: "provider_limited"},
		{name: "other code", status: 400, body: failure("60031"), keyint: no, checkpwd: no, extauth: no,
			reason: "provider_refused"},
		{name: "4xx without authy's json", status: 404, body: "<html>", keyint: no, checkpwd: no, extauth: no,
			reason: "provider_protocol", failure: true},
		{name: "200 without a yes", status: 200, body: "{}", keyint: no, checkpwd: no, extauth: no,
			reason: "provider_protocol", failure: true},
		{name: "oversized", status: 200, body: valid + strings.Repeat(" ", 1<<20), keyint: no, checkpwd: no,
			extauth: no, reason: "provider_protocol", failure: true},
		{name: "redirect", provider: redirect, keyint: no, checkpwd: no, extauth: no, reason: "provider_protocol",
			failure: true},
		{name: "nobody listens", provider: func(t *testing.T) string { return authytest.Nobody(t) }, keyint: no,
			checkpwd: no, extauth: no, reason: "provider_unreachable"},
		{name: "503 html", status: 503, body: "<html>", keyint: no, checkpwd: no, extauth: no,
			reason: "provider_unreachable"},
		{name: "503 html, allowed", status: 503, body: "<html>", settings: "on_no_answer: allow", keyint: yes,
			checkpwd: yes, extauth: none, reason: "bypass_unreachable", outcome: "bypassed"},
		{name: "503 html, allowed, extauth", status: 503, body: "<html>", settings: "on_no_answer: allow", extauth: no,
			reason: "provider_unreachable"},
		{name: "unmapped", users: "bob: 1\n", keyint: no, checkpwd: no, extauth: no, reason: "user_unmapped",
			unseen: true},
		{name: "unmapped, password only", users: "bob: 1\n",
			settings: "unmapped: {keyint: password_only, checkpwd: password_only}", keyint: unasked, checkpwd: whole,
			extauth: none,
			reason:  "bypass_unmapped", outcome: "bypassed", unseen: true},
		{name: "unmapped, password only, extauth", users: "bob: 1\n",
			settings: "unmapped: {keyint: password_only, checkpwd: password_only}", extauth: no,
			reason: "user_unmapped", unseen: true},
		{name: "broken users file", users: "alice 1000\n",
			settings: "unmapped: {keyint: password_only, checkpwd: password_only}", keyint: no, checkpwd: no,
			extauth: no,
			reason:  "accounts_unavailable", unseen: true},
		{name: "sftpgo sent no account", account: "-", extauth: no, reason: "account_unknown", unseen: true},
		{name: "account of somebody else", account: strings.Replace(stored, `"alice"`, `"bob"`, 1), extauth: no,
			reason: "account_unknown", unseen: true},
		{name: "account without a name", account: strings.Replace(stored, `"alice"`, `""`, 1), extauth: no,
			reason: "account_unknown", unseen: true},
		{name: "account disabled", account: strings.Replace(stored, `"status":1`, `"status":0`, 1), extauth: no,
			reason: "account_disabled", unseen: true},
		{name: "account with an odd status", account: strings.Replace(stored, `"status":1`, `"status":2`, 1),
			extauth: no, reason: "account_disabled", unseen: true},
		{name: "account expired",
			account: strings.Replace(stored, `"expiration_date":0`, `"expiration_date":1600000000000`, 1), extauth: no,
			reason: "account_disabled", unseen: true},
		{name: "account expires later", status: 200, body: valid,
			account: strings.Replace(stored, `"expiration_date":0`, `"expiration_date":32503680000000`, 1),
			extauth: yes, reason: "code_right"},
		{name: "public key", extra: []string{"public_key=ssh-ed25519 AAAA\n"}, extauth: no,
			reason: "method_unsupported", unseen: true},
		{name: "keyboard-interactive", extra: []string{"keyboard_interactive=1"}, extauth: no,
			reason: "method_unsupported", unseen: true},
		{name: "certificate", extra: []string{"tls_cert=-----BEGIN"}, extauth: no, reason: "method_unsupported",
			unseen: true},
		{name: "empty password", code: "-", extauth: no, reason: "method_unsupported", unseen: true},
		{name: "key of an account without keys", account: denying("publickey"),
			extra: []string{"public_key=ssh-ed25519 AAAA\n"}, extauth: no, reason: "method_unsupported", unseen: true},
		{name: "password of an account of keyint", account: denying("password"), extauth: no, reason: "method_denied",
			unseen: true},
		{name: "empty password of an account of keyint", account: denying("password"), code: "-", extauth: no,
			reason: "method_unsupported", unseen: true},
		{name: "protocol denied",
			account: strings.Replace(stored, `"filters":{`, `"filters":{"denied_protocols":["FTP"],`, 1), extauth: no,
			reason: "method_denied", unseen: true},
		{name: "group that may deny",
			account: strings.Replace(stored, `"filters":{`, `"groups":[{"name":"g","type":1}],"filters":{`, 1),
			extauth: no, reason: "method_denied", unseen: true},
		{name: "answer that was not asked for", answers: []string{"alright"}, keyint: no, reason: "input_forged",
			unseen: true},
		{name: "audit cannot be written", status: 200, body: valid, settings: "audit: /dev/full", keyint: no,
			checkpwd: no, extauth: no, reason: "audit_failed", failure: true},
	}
	list = append(append(list, networks()...), references()...)
	for code, reason := range map[string]string{
		"60016": "provider_unknown_user", "60026": "provider_unknown_user",
		"60017": "provider_user_blocked", "60018": "provider_user_blocked", "60106": "provider_user_blocked",
		"60107": "provider_user_blocked",
		"60001": "provider_rejected_key", "60047": "provider_rejected_key", "60073": "provider_rejected_key",
		"60003": "provider_limited",
	} {
		for _, status := range []int{401, 503} {
			list = append(list, row{name: fmt.Sprintf("%s in a %d", code, status), status: status, body: failure(code),
				settings: "on_no_answer: allow",
				keyint:   no, checkpwd: no, extauth: no, reason: reason})
		}
	}
	return list
}

// denying is the stored account, which denies a login method.
func denying(method string) string {
	return strings.Replace(stored, `"filters":{`, `"filters":{"denied_login_methods":["`+method+`"],`, 1)
}

func redirect(t *testing.T) string {
	return authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/protected/") {
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
			return
		}
		t.Errorf("followed a redirect to %s", r.URL)
	}).URL
}

// TestVerdicts runs every row through both doors of every hook that it concerns.
func TestVerdicts(t *testing.T) {
	t.Parallel()
	for _, r := range rows() {
		for hook, want := range map[string]string{"keyint": r.keyint, "checkpwd": r.checkpwd, "extauth": r.extauth} {
			for through, door := range doors() {
				if want == none {
					continue
				}
				t.Run(r.name+"/"+hook+"/"+through, func(t *testing.T) {
					t.Parallel()
					r.check(t, hook, through, want, door)
				})
			}
		}
	}
}

func (r row) check(t *testing.T, hook, through, want string, enter door) {
	server := authytest.Says(t, max(r.status, 100), r.body)
	url := server.URL
	if r.provider != nil {
		url = r.provider(t)
	}
	s := newSetting(t, url, or(r.users, users), strings.Replace(r.settings, "audit: /dev/full", "", 1))
	if r.reason == "audit_failed" {
		s.env = append(s.env, "AUTHY_AUDIT=/dev/full")
	}
	code := or(r.code, "1234567")
	c := call{username: "alice", password: "sécret" + code, user: or(r.account, stored), extra: r.extra,
		answers: r.answers, ip: r.ip, protocol: r.protocol}
	if hook == "extauth" {
		c.password = code
	}
	if c.answers == nil {
		c.answers = []string{"OK", code}
	}
	if c.user == "-" {
		c.user = ""
	}
	if code == "-" || len(r.extra) > 0 {
		c.password = ""
	}
	got := enter(t, s, hook, c)
	wantReply := replies(hook, want, c)
	if got.reply != wantReply || got.failed() != r.failure {
		t.Errorf("got %s (exit %d, status %d), want %s, failure %v\nstderr: %s", got.reply, got.exit, got.status,
			wantReply, r.failure, got.stderr)
	}
	if hook == "keyint" {
		checkQuestions(t, got.asked, r, want)
	}
	if seen := server.Seen(); r.unseen && len(seen) > 0 || len(seen) > 1 {
		t.Errorf("the provider saw %v", seen)
	}
	if r.reason == "audit_failed" {
		return
	}
	outcome := or(r.outcome, map[string]string{no: "denied"}[want], "accepted")
	checkAudit(t, s, map[string]any{"hook": hook, "door": through, "account": "alice", "ip": c.address(),
		"outcome": outcome, "reason": r.reason})
}

// replies returns the document that stands for a verdict.
func replies(hook, want string, c call) string {
	switch hook + " " + want {
	case "keyint yes", "keyint unasked":
		return `{"auth_result":1}`
	case "keyint no":
		return `{"auth_result":-1}`
	case "checkpwd yes":
		return `{"status":2,"to_verify":"sécret"}`
	case "checkpwd whole":
		return `{"status":2,"to_verify":"` + c.password + `"}`
	case "checkpwd no":
		return `{"status":0,"to_verify":""}`
	case "extauth yes":
		return c.user
	}
	return `{"username":""}`
}

// checkQuestions holds the order: the password first and alone, then the code; the same for
// accounts that are mapped and those that are not.
func checkQuestions(t *testing.T, asked []string, r row, want string) {
	t.Helper()
	expect := []string{"(check) Password: ", "Authy code: "}
	if want == unasked || r.answers != nil {
		expect = expect[:1]
	}
	if fmt.Sprint(asked) != fmt.Sprint(expect) {
		t.Errorf("asked %q, want %q", asked, expect)
	}
}

func checkAudit(t *testing.T, s *setting, want map[string]any) {
	t.Helper()
	records := s.records()
	if len(records) != 1 {
		t.Fatalf("audit has %d lines, want 1: %v", len(records), records)
	}
	for key, value := range want {
		if records[0][key] != value {
			t.Errorf("audit: %s is %v, want %v", key, records[0][key], value)
		}
	}
	if len(records[0]) != 11 {
		t.Errorf("audit: fields %v, want the eleven", records[0])
	}
}

// or returns the first that is not empty.
func or(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
