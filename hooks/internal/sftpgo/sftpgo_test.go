package sftpgo

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
)

const account = `{"id":7,"status":1,"username":"ann","big":123456789012345678901234567890,"x":[1.50,{"a":null}]}`

// TestBothDoorsDecodeAlike takes the same call by environment and by JSON, as SFTPGo 2.7.5 writes
// them.
func TestBothDoorsDecodeAlike(t *testing.T) {
	t.Parallel()
	var check CheckPassword
	err := FromJSON([]byte(`{"username":"ann","ip":"::1","password":"p\u003cw","protocol":"DAV"}`), &check)
	env := CheckPasswordFromEnv(Env{"SFTPGO_AUTHD_USERNAME=bob", "SFTPGO_AUTHD_USERNAME=ann",
		"SFTPGO_AUTHD_PASSWORD=p<w", "SFTPGO_AUTHD_IP=::1", "SFTPGO_AUTHD_PROTOCOL=DAV"})
	if err != nil || check != env || env.Username != "ann" {
		t.Errorf("json %+v (%v), env %+v", check, err, env)
	}

	var ext ExternalAuth
	err = FromJSON(
		[]byte(`{"ip":"1.2.3.4","keyboard_interactive":"","password":"a=b","protocol":"SSH","public_key":"k\n",`+
			`"tls_cert":"","user":`+account+`,"username":"ann"}`), &ext)
	fromEnv := ExternalAuthFromEnv(Env{"SFTPGO_AUTHD_USERNAME=ann", "SFTPGO_AUTHD_USER=" + account,
		"SFTPGO_AUTHD_IP=1.2.3.4", "SFTPGO_AUTHD_PASSWORD=a=b",
		"SFTPGO_AUTHD_PUBLIC_KEY=k\n", "SFTPGO_AUTHD_PROTOCOL=SSH", "SFTPGO_AUTHD_TLS_CERT=",
		"SFTPGO_AUTHD_KEYBOARD_INTERACTIVE="})
	if err != nil || !reflect.DeepEqual(ext, fromEnv) || string(ext.User) != account {
		t.Errorf("json %+v (%v), env %+v", ext, err, fromEnv)
	}

	var key Keyint
	err = FromJSON(
		[]byte(`{"request_id":"dc12ntpksduaer4g09dg","step":2,"username":"h1","password":"$2a$04$...",`+
			`"answers":["OK"],"questions":["Password: "]}`), &key)
	want := Keyint{RequestID: "dc12ntpksduaer4g09dg", Step: 2, Username: "h1", Answers: []string{"OK"},
		Questions: []string{"Password: "}}
	if err != nil || !reflect.DeepEqual(key, want) {
		t.Errorf("got %+v, %v", key, err)
	}
}

func TestBadBodies(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", " ", "null", "[]", `"x"`, "{", "{}{}", `{"username":1}`,
		`{"username":"secret"} x`, `{"password":["secret"]}`} {
		err := FromJSON([]byte(body), new(CheckPassword))
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v, want one without values", body, err)
		}
	}
}

func TestStored(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(1_700_000_000_000)
	for user, want := range map[string]string{
		account:                         "enabled",
		`{"username":"ann","status":0}`: "disabled",
		`{"username":"ann"}`:            "disabled",
		`{"username":"ann","status":2}`: "disabled",
		`{"username":"ann","status":1,"expiration_date":1700000000000}`: "disabled",
		`{"username":"ann","status":1,"expiration_date":1700000000001}`: "enabled",
		`{"username":"ann","status":1,"Status":0}`:                      "refused",
		`{"username":"ann","Status":1}`:                                 "disabled",
		`{"username":"ann","status":1,"USERNAME":"bob"}`:                "refused",
		`{"username":"bob","status":1}`:                                 "refused",
		`{"username":"Ann","status":1}`:                                 "refused",
		`{"username":"","status":1}`:                                    "refused",
		`{"username":"ann","status":"1"}`:                               "refused",
		`{"username":"ann","status":1.0}`:                               "refused",
		`{"username":"ann","status":1}{}`:                               "refused",
		`null`:                                                          "refused", ``: "refused", `[]`: "refused",
		`{`: "refused",
	} {
		got := "refused"
		if stored, err := (ExternalAuth{Username: "ann", User: json.RawMessage(user)}).ReadStored(); err == nil {
			got = map[bool]string{true: "enabled", false: "disabled"}[stored.Enabled(now)]
		}
		if got != want {
			t.Errorf("%s is %s, want %s", user, got, want)
		}
	}
	if _, err := (ExternalAuth{Username: "", User: json.RawMessage(`{"status":1}`)}).ReadStored(); err == nil {
		t.Error("nobody's account is somebody's")
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	for want, reply := range map[string]Reply{
		`{"questions":["Password: "],"echos":[false],"check_password":1}`: AskPassword("Password: "),
		`{"instruction":"i","questions":["q"],"echos":[false]}`:           Ask("i", "q"),
		`{"auth_result":1}`:                         KeyintAccepted(),
		`{"auth_result":-1}`:                        KeyintDenied(),
		`{"status":0,"to_verify":""}`:               PasswordDenied(),
		`{"status":2,"to_verify":"a<\"\\\n\u007f"}`: PasswordLeft("a<\"\\\n\x7f"),
		account:           SameAccount(json.RawMessage(account)),
		`{"username":""}`: AccountDenied(),
	} {
		body, found := strings.CutSuffix(string(reply.Body), "\n")
		var a, b any
		if !found || strings.Contains(body, "\n") || json.Unmarshal([]byte(body), &a) != nil ||
			json.Unmarshal([]byte(want), &b) != nil || !reflect.DeepEqual(a, b) {
			t.Errorf("got %q, want %s on one line", reply.Body, want)
		}
	}
	for _, part := range []string{"\x00\x1f\t", "\u2028\u2029\u0085", "жанна 😀", `\u0041`, "</script>&",
		strings.Repeat("x", 1000), "a\xffb"} {
		var back struct {
			Status   int    `json:"status"`
			ToVerify string `json:"to_verify"`
		}
		err := json.Unmarshal(PasswordLeft(part).Body, &back)
		if err != nil || back.Status != 2 || back.ToVerify != strings.ToValidUTF8(part, "\ufffd") {
			t.Errorf("%q came back as %+v, %v", part, back, err)
		}
	}
	if string(PasswordLeft("").Body) != string(PasswordDenied().Body) ||
		string(SameAccount(nil).Body) != string(AccountDenied().Body) {
		t.Error("a yes without content is not a no")
	}
}
