package hooks_test

import (
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// malformed are codes that somebody might type to be let in without one. None of them may reach the
// provider, which says yes to everything here.
var malformed = map[string]string{
	"empty":                    "",
	"blanks":                   " \t ",
	"five digits":              "12345",
	"thirteen digits":          "1234567890123",
	"full-width digits":        "１２３４５６７",
	"arabic digits":            "١٢٣٤٥٦٧",
	"other path":               "../sms",
	"other path, escaped":      "..%2fsms",
	"other path, more escaped": "%2e%2e/sms",
	"somebody else's id":       "1234567/999",
	"with fragment":            "1234567/999#",
	"with query":               "1234567/999?x=",
	"force":                    "1234567?force=true",
	"newline and OK":           "1234567\nOK",
	"carriage return between":  "123\r4567",
	"carriage return and OK":   "1234567\r\nOK",
	"ten thousand digits":      strings.Repeat("1234567890", 1000),
	"ten thousand blanks":      "1234" + strings.Repeat(" ", 10_000) + "567",
	"escape sequence":          "\x1b[2K1234567",
	"sign":                     "+1234567",
	"exponent":                 "12345e7",
	"decimal":                  "1234.567",
	"hexadecimal":              "0x12345",
	"sms":                      "sms",
	"call":                     "call",
	"quote":                    `1234567","x":"`,
	"the answer itself":        `{"auth_result":1}`,
}

// typed is a code that somebody typed at a hook, through a door, and what came of it. The provider
// says yes to any.
type typed struct {
	code, hook, through string
	call                call
	got                 verdict
	setting             *setting
	seen                []string // what the provider was asked
}

// typeEach types each code, by its name, at every hook and through every door.
func typeEach(t *testing.T, codes map[string]string, judge func(t *testing.T, it typed)) {
	t.Helper()
	for name, code := range codes {
		for _, hook := range []string{"keyint", "checkpwd", "extauth"} {
			for through, enter := range doors() {
				t.Run(name+"/"+hook+"/"+through, func(t *testing.T) {
					t.Parallel()
					server := authytest.Says(t, 200, authytest.Valid)
					// A separator, so that checkpwd too gets the whole of it.
					s := newSetting(t, server.URL, users, "checkpwd: {separator: '|'}")
					c := call{username: "alice", password: "sécret|" + code, user: stored,
						answers: []string{"OK", code}}
					if hook == "extauth" {
						c.password = code
					}
					got := enter(t, s, hook, c)
					judge(t, typed{code, hook, through, c, got, s, server.Seen()})
				})
			}
		}
	}
}

// TestMalformedCodes sends each through every hook and door: denied, and nobody was asked.
func TestMalformedCodes(t *testing.T) {
	t.Parallel()
	typeEach(t, malformed, func(t *testing.T, it typed) {
		if it.got.reply != replies(it.hook, no, it.call) || it.got.failed() {
			t.Errorf("got %s (exit %d, status %d)", it.got.reply, it.got.exit, it.got.status)
		}
		if len(it.seen) > 0 {
			t.Errorf("the provider saw %q", it.seen)
		}
		reason := "code_malformed"
		switch {
		case it.hook == "extauth" && it.code == "":
			reason = "method_unsupported"
		case it.hook == "keyint" && it.through == "program" && strings.Contains(it.code, "\n"):
			reason = "input_forged"
		}
		checkAudit(t, it.setting, map[string]any{"outcome": "denied", "reason": reason})
	})
}

// TestCutByLength is checkpwd without a separator: the last seven bytes are the code or nothing is.
func TestCutByLength(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ password, part string }{
		"password and code":        {"secret1234567", "secret"},
		"digits in front":          {"pw1234567890", "pw123"},
		"one character":            {"x1234567", "x"},
		"blank at the end of it":   {"secret 1234567", "secret "},
		"quotes and backslashes":   {`a"b\c<&>1234567`, `a"b\\c`},
		"newline in the password":  {"a\nb1234567", "a"},
		"other scripts":            {"пароль✓1234567", "пароль✓"},
		"no password":              {"1234567", ""},
		"nothing":                  {"", ""},
		"too short":                {"123456", ""},
		"six digits":               {"secret123456", ""},
		"blank behind the code":    {"secret1234567 ", "secret"},
		"line end behind the code": {"secret1234567\r\n", "secret"},
		"blanks on both sides":     {" secret 1234567\u00a0", " secret "},
		"blanks alone":             {"           ", ""},
		"blank in the code":        {"secret123 4567", ""},
		"dash in the code":         {"secret123-4567", ""},
		"cut through a character":  {"secreté234567", ""},
		"the path of 2015":         {"secret../sms", ""},
		"full-width":               {"secret１２３４５６７", ""},
		"bytes that are not utf-8": {"secr\xff\xfet1234567", ""},
	} {
		for through, enter := range doors() {
			if strings.Contains(name, "not utf-8") && through == "http" {
				continue // SFTPGo sends U+FFFD there
			}
			t.Run(name+"/"+through, func(t *testing.T) {
				t.Parallel()
				server := authytest.Says(t, 200, authytest.Valid)
				s := newSetting(t, server.URL, users, "")
				got := enter(t, s, "checkpwd", call{username: "alice", password: c.password})
				if c.part == "" {
					if got.reply != `{"status":0,"to_verify":""}` || len(server.Seen()) > 0 {
						t.Errorf("got %s, and the provider saw %q", got.reply, server.Seen())
					}
					return
				}
				if !strings.HasPrefix(got.reply, `{"status":2,"to_verify":"`+strings.ReplaceAll(c.part, `"`, `\"`)) {
					t.Errorf("got %s, want status 2 with %q", got.reply, c.part)
				}
			})
		}
	}
}

// TestUsers looks for accounts by names that are not what they seem.
func TestUsers(t *testing.T) {
	t.Parallel()
	const file = "alice: 1000\nBob Smith: 1001\nжанна: 1002\na:b: 1003\n../x: 1004\n"
	for name, found := range map[string]bool{
		"alice": true, "Bob Smith": true, "жанна": true, "a:b": true, "../x": true,
		"Alice": false, "alice ": false, "alice: 1000": false, "bob smith": false, "nobody": false, "": false,
		"a":                         false,
		strings.Repeat("x", 20_000): false, "alice\n": false, "al\x1b[2Kice": false,
	} {
		for through, enter := range doors() {
			t.Run(name[:min(len(name), 20)]+"/"+through, func(t *testing.T) {
				t.Parallel()
				s := newSetting(t, authytest.Says(t, 200, authytest.Valid).URL, file, "")
				got := enter(t, s, "checkpwd", call{username: name, password: "secret1234567"})
				if in := strings.Contains(got.reply, `"status":2`); in != found {
					t.Errorf("got %s, want in: %v", got.reply, found)
				}
			})
		}
	}
}

// TestForgedConversations types what SFTPGo says.
func TestForgedConversations(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []string
		reason  string
	}{
		"a password that SFTPGo did not check": {[]string{"secret", "1234567"}, "input_forged"},
		"ok in small letters":                  {[]string{"ok", "1234567"}, "input_forged"},
		"OK with a blank":                      {[]string{"OK ", "1234567"}, "input_forged"},
		"nothing":                              {[]string{"", "1234567"}, "input_forged"},
		"OK and the code at once":              {[]string{"OK\n1234567"}, "input_forged"},
		"OK twice at once":                     {[]string{"OK\nOK"}, "input_forged"},
		"code and OK at once":                  {[]string{"OK", "1234567\nOK"}, "input_forged"},
		"code, blank line and OK":              {[]string{"OK", "1234567\n\nOK"}, "input_forged"},
		"code and a blank line":                {[]string{"OK", "1234567\n "}, "input_forged"},
		"an endless line":                      {[]string{"OK", strings.Repeat("1", 40_000)}, "input_forged"},
		"gone before the password":             {nil, "input_timeout"},
		"gone before the code":                 {[]string{"OK"}, "input_timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := authytest.Says(t, 200, authytest.Valid)
			s := newSetting(t, server.URL, users, "")
			got := viaProgram(t, s, "keyint", call{username: "alice", answers: c.answers})
			if got.reply != `{"auth_result":-1}` || len(server.Seen()) > 0 {
				t.Errorf("got %s, and the provider saw %q", got.reply, server.Seen())
			}
			checkAudit(t, s, map[string]any{"outcome": "denied", "reason": c.reason})
		})
	}
}
