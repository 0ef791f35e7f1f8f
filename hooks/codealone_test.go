package hooks_test

import (
	"fmt"
	"slices"
	"testing"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/mockauthy/mockauthytest"
)

const codeAlone = "trusted_networks: [192.0.2.0/24]\n" +
	"keyint: {code_alone: [alice], send_codes: [sms], retries: 1}\nunmapped: {keyint: password_only}\n"

// TestCodeAlone talks to keyint about an account that is asked for its code and no password:
// nothing holds for it that rests on a password somebody judged.
func TestCodeAlone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers func(u *mockauthytest.User) []string
		users   string // default: alice is mapped
		asked   []string
		in      bool
		reasons string
	}{
		"right": {func(u *mockauthytest.User) []string { return []string{u.Code()} }, "",
			[]string{code}, true, "[code_right]"},
		"wrong, then right": {func(u *mockauthytest.User) []string { return []string{u.WrongCode(), u.Code()} }, "",
			[]string{code, retry}, true, "[code_wrong code_right]"},
		"the word of SFTPGo": {func(*mockauthytest.User) []string { return []string{"OK", "OK"} }, "",
			[]string{code, retry}, false, "[code_malformed code_malformed]"},
		"a text is not sent": {func(*mockauthytest.User) []string { return []string{"sms", "sms"} }, "",
			[]string{code, retry}, false, "[code_malformed code_malformed]"},
		"nowhere, where a password would do": {func(u *mockauthytest.User) []string {
			return []string{u.Code(), u.Code()}
		},
			"bob: 1\n", []string{code, retry}, false, "[user_unmapped user_unmapped]"},
	} {
		for through, enter := range doors() {
			t.Run(name+"/"+through, func(t *testing.T) {
				t.Parallel()
				m := mockauthytest.New(t)
				m.Freeze()
				alice := m.User("alice")
				s := newSetting(t, m.URL, or(c.users, "alice: "+alice.Ref()+"\n"), codeAlone)
				s.write("key", m.Key, 0o600)
				got := enter(t, s, "keyint", call{username: "alice", answers: c.answers(alice)})
				if (got.reply == `{"auth_result":1}`) != c.in || !slices.Equal(got.asked, c.asked) {
					t.Errorf("got %s after %q, want in %v after %q", got.reply, got.asked, c.in, c.asked)
				}
				checkReasons(t, s, c.reasons)
			})
		}
	}
}

// TestCodeAloneTakesNoSilence: on_no_answer rests on the password that SFTPGo judged; here there is
// none.
func TestCodeAloneTakesNoSilence(t *testing.T) {
	t.Parallel()
	for through, enter := range doors() {
		t.Run(through, func(t *testing.T) {
			t.Parallel()
			s := newSetting(t, authytest.Nobody(t), "alice: 1000\n",
				"on_no_answer: allow\nkeyint: {code_alone: [alice]}\n")
			got := enter(t, s, "keyint", call{username: "alice", answers: []string{"1234567"}})
			if got.reply != `{"auth_result":-1}` {
				t.Errorf("got %s, want a denial", got.reply)
			}
			checkReasons(t, s, "[provider_unreachable]")
		})
	}
}

// checkReasons compares the reasons in the audit, in their order.
func checkReasons(t *testing.T, s *setting, want string) {
	t.Helper()
	var reasons []string
	for _, r := range s.records() {
		reasons = append(reasons, fmt.Sprint(r["reason"]))
	}
	if fmt.Sprint(reasons) != want {
		t.Errorf("the audit says %v, want %s", reasons, want)
	}
}
