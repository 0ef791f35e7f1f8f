package cli

import (
	"fmt"
	"strings"

	"sftpgo-authy/mockauthy/internal/server"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// alice is the ready-made user. Her number is one of those kept for fiction; neither it nor her id
// is the tutorial's.
func alice() mockapi.NewUser {
	return mockapi.NewUser{ID: 4815162, Name: "alice", Email: "alice@example.com", Cellphone: "6625550148",
		CountryCode: 1}
}

// banner is what a person needs to copy, with the first user of the first world.
func banner(srv *server.Server) string {
	var b strings.Builder
	fmt.Fprintf(&b, "mockauthy stands in for Twilio's Authy API and Verify in tests. It protects nothing.\n\n")
	fmt.Fprintf(&b, "  base URL  %s\n", srv.URL())
	fmt.Fprintf(&b, "  phone     %s/ shows in a browser what every user's phone would\n", srv.URL())
	if srv.TLSURL() != "" {
		fmt.Fprintf(&b, "  https     %s\n", srv.TLSURL())
	}
	if srv.ProxyURL() != "" {
		fmt.Fprintf(&b, "  proxy     HTTPS_PROXY=%[1]s HTTP_PROXY=%[1]s\n", srv.ProxyURL())
	}
	w, ok := srv.Worlds().First()
	if !ok {
		return b.String() + "\n"
	}
	fmt.Fprintf(&b, "  API key   %s\n", w.Key)
	own := w.Verify.Credentials()
	fmt.Fprintf(&b, "  Verify    %s/v2, account %s, token %s, service %s\n", srv.URL(), own.AccountSID, own.AuthToken,
		own.ServiceSID)
	users, _ := w.App.Users("", 0, 1)
	if len(users) == 0 {
		return b.String() + "\n"
	}
	user := users[0]
	name := user.Name
	if name == "" {
		name = user.Email
	}
	fmt.Fprintf(&b, "  user      %s, Authy id %d\n", name, user.ID)
	code, err := w.App.Code(user.ID, "", 0)
	if err != nil { // never without a device: the family is chosen by what the user has
		return b.String() + "\n"
	}
	fmt.Fprintf(&b, "  otpauth   %s\n", world.OTPAuth(w.App.Settings().AppName, user, code))
	// The line asks for the code itself, so that it stays right however long it stands on the
	// screen.
	fmt.Fprintf(&b, "  codes     %s/_mock/users/%d/code\n\n", srv.URL(), user.ID)
	fmt.Fprintf(&b, "  curl -i -H %s \"%s/protected/json/verify/$(curl -s %s/_mock/users/%d/code)/%d?force=true\"\n\n",
		quoted("X-Authy-API-Key: "+w.Key), srv.URL(), srv.URL(), user.ID, user.ID)
	return b.String()
}

// quoted makes one word of s for a POSIX shell.
func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
