package hooks_test

import (
	"testing"

	"sftpgo-authy/mockauthy/mockapi"
	"sftpgo-authy/mockauthy/mockauthytest"
)

// TestRealCodes has well-formed codes judged by an Authy with a clock, secrets and a memory, and
// proves by its journal who was asked how often.
func TestRealCodes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code   func(m *mockauthytest.Mock, alice *mockauthytest.User) string
		settle func(m *mockauthytest.Mock, alice *mockauthytest.User) // after the code was made
		in     bool
		reason string
		asked  int
	}{
		"of this moment": {func(_ *mockauthytest.Mock, u *mockauthytest.User) string { return u.Code() }, nil,
			true, "code_right", 1},
		"of the previous step": {func(_ *mockauthytest.Mock, u *mockauthytest.User) string { return u.CodeAt(-1) }, nil,
			true, "code_right", 1},
		"of the next step": {func(_ *mockauthytest.Mock, u *mockauthytest.User) string { return u.CodeAt(1) }, nil,
			true, "code_right", 1},
		"wrong": {func(_ *mockauthytest.Mock, u *mockauthytest.User) string { return u.WrongCode() },
			nil, false, "code_wrong", 1},
		"of an hour ago": {func(_ *mockauthytest.Mock, u *mockauthytest.User) string { return u.CodeAt(-360) },
			nil, false, "code_wrong", 1},
		"of somebody else": {func(m *mockauthytest.Mock,
			_ *mockauthytest.User) string {
			return m.User("mallory").Code()
		}, nil, false, "code_wrong", 1},
		"somebody else's, with the id": {func(m *mockauthytest.Mock, _ *mockauthytest.User) string {
			u := m.User("mallory")
			return u.Code() + "/" + u.Ref() + "#"
		}, nil, false, "code_malformed", 0},
		"garbage of one who never confirmed": {func(_ *mockauthytest.Mock, u *mockauthytest.User) string {
			no := false
			u.Patch(mockapi.UserPatch{Confirmed: &no, Registered: &no})
			return "0000000"
		}, nil, false, "code_wrong", 1},
		"of a suspended one": {func(_ *mockauthytest.Mock, u *mockauthytest.User) string { return u.Code() },
			func(_ *mockauthytest.Mock, u *mockauthytest.User) { u.Suspend() }, false, "provider_user_blocked", 1},
		"of a deleted one": {func(_ *mockauthytest.Mock, u *mockauthytest.User) string { return u.Code() },
			func(_ *mockauthytest.Mock, u *mockauthytest.User) { u.Remove() }, false, "provider_unknown_user", 1},
		"used elsewhere": {func(_ *mockauthytest.Mock, u *mockauthytest.User) string { return u.Code() }, nil, false,
			"code_reused", 2},
	} {
		for _, hook := range []string{"keyint", "checkpwd", "extauth"} {
			for through, enter := range doors() {
				t.Run(name+"/"+hook+"/"+through, func(t *testing.T) {
					t.Parallel()
					m := mockauthytest.New(t)
					m.Freeze()
					alice := m.User("alice")
					code := c.code(m, alice)
					if c.settle != nil {
						c.settle(m, alice)
					}
					s := newSetting(t, m.URL, "alice: "+alice.Ref()+"\n", "on_no_answer: allow")
					s.write("key", m.Key, 0o600)
					login := call{username: "alice", password: "sécret" + code, user: stored,
						answers: []string{"OK", code}}
					if hook == "extauth" {
						login.password = code
					}
					if name == "used elsewhere" {
						before := newSetting(t, m.URL, "alice: "+alice.Ref()+"\n", "")
						before.write("key", m.Key, 0o600)
						enter(t, before, hook, login)
					}
					got := enter(t, s, hook, login)
					if in := got.reply == replies(hook, yes, login); in != c.in ||
						!in && got.reply != replies(hook, no, login) {
						t.Errorf("got %s, want in: %v\nstderr: %s", got.reply, c.in, got.stderr)
					}
					reason := c.reason
					checkAudit(t, s, map[string]any{"reason": reason})
					m.ExpectCalls(mockauthytest.Verify, c.asked)
				})
			}
		}
	}
}
