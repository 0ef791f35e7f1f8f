package mockauthytest

import (
	"fmt"
	"strconv"

	"sftpgo-authy/mockauthy/mockapi"
)

// User is a user of a [Mock], as it was when it was added or looked up.
type User struct {
	mockapi.User
	m *Mock
}

// Ref is the Authy id as text, for paths and user files.
func (u *User) Ref() string { return strconv.FormatInt(u.ID, 10) }

// Code is what the phone shows now: 7 digits of the Authy app, or 6 where there is only another
// authenticator.
func (u *User) Code() string {
	u.m.t.Helper()
	return u.CodeAt(0)
}

// CodeAt is the code of the step that is step steps from now: -1 is the previous one.
func (u *User) CodeAt(step int) string {
	u.m.t.Helper()
	return u.token("", step)
}

// GenericCode is what another authenticator app with the QR code's secret shows now: 6 digits.
func (u *User) GenericCode() string {
	u.m.t.Helper()
	return u.token("generic", 0)
}

func (u *User) token(family string, step int) string {
	u.m.t.Helper()
	token, err := u.m.Client.Token(u.m.t.Context(), u.Ref(), family, step)
	u.m.must(err)
	return token.Token
}

// WrongCode has as many digits as Code and is not one of the codes that pass now.
func (u *User) WrongCode() string {
	u.m.t.Helper()
	return wrongCode(u.CodeAt)
}

// wrongCode is none of the codes around now, and has their length.
func wrongCode(codeAt func(step int) string) string {
	taken := map[string]bool{}
	for step := -10; step <= 10; step++ {
		taken[codeAt(step)] = true
	}
	for n := 1; ; n++ {
		if code := fmt.Sprintf("%0*d", len(codeAt(0)), n); !taken[code] {
			return code
		}
	}
}

// Suspend makes Authy refuse all codes of the user, with HTTP 503.
func (u *User) Suspend() {
	u.m.t.Helper()
	u.Patch(mockapi.UserPatch{Suspended: mockapi.Ptr(true)})
}

// Patch changes the user, here and on the server.
func (u *User) Patch(patch mockapi.UserPatch) {
	u.m.t.Helper()
	changed, err := u.m.Client.PatchUser(u.m.t.Context(), u.Ref(), patch)
	u.m.must(err)
	u.User = changed
}

// Remove removes the user from the app.
func (u *User) Remove() {
	u.m.t.Helper()
	u.m.must(u.m.Client.RemoveUser(u.m.t.Context(), u.Ref()))
}

// Outbox returns what would have been sent to the user, oldest first.
func (u *User) Outbox() []mockapi.Message {
	u.m.t.Helper()
	return u.m.Outbox(mockapi.OutboxQuery{User: u.Ref()})
}
