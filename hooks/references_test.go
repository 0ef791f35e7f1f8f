package hooks_test

import (
	"strings"

	"sftpgo-authy/hooks/internal/provider/authy/authytest"
)

// references are the rows about how a source of accounts names a person: a bare number or one with
// its provider's name, and never one that nobody here knows.
func references() []row {
	const (
		open = "unmapped: {keyint: password_only, checkpwd: password_only}"
		info = "account_sources: [additional_info, file]"
	)
	right := func(r row) row {
		r.status, r.body, r.reason = 200, authytest.Valid, "code_right"
		return r
	}
	denied := func(r row) row { // by a line or field that cannot be used, whatever else is configured
		r.keyint, r.checkpwd, r.extauth, r.reason, r.unseen = or(r.keyint, no), or(r.checkpwd, no), no,
			"accounts_unavailable", true
		r.settings = or(r.settings, open)
		return r
	}
	holds := func(text string) string { // the account as SFTPGo sends it, with text in additional_info
		return strings.Replace(stored, `"<&>\u00e9"`, `"`+strings.ReplaceAll(text, `"`, `\"`)+`"`, 1)
	}
	return []row{
		right(row{name: "reference with its provider", users: "alice: authy/1000\n", keyint: yes, checkpwd: yes,
			extauth: yes}),
		right(row{name: "reference, blanks around it", users: "alice :  authy/1000  # phone\n", keyint: yes,
			checkpwd: yes, extauth: yes}),
		right(row{name: "reference behind a colon in the name", users: "x:alice: authy/7\nalice: authy/1000\n",
			keyint: yes, checkpwd: yes, extauth: yes}),
		denied(row{name: "reference of a provider that is not configured", users: "alice: verify/ann/YF1\nbob: 1\n"}),
		denied(row{name: "reference of local TOTP, which is not configured", users: "alice: totp\nbob: 1\n"}),
		denied(row{name: "reference of a provider alone", users: "alice: authy\nbob: 1\n"}),
		denied(row{name: "reference with more than an id", users: "alice: authy/1000/sms\nbob: 1\n"}),
		denied(row{name: "reference of a provider in capitals", users: "alice: Authy/1000\nbob: 1\n"}),
		right(row{name: "second_factor", settings: info, account: holds(`{"second_factor":"authy/1000"}`),
			users: "bob: 1\n", extauth: yes}),
		right(row{name: "second_factor, a bare number", settings: info, account: holds(`{"second_factor":"1000"}`),
			users: "bob: 1\n", extauth: yes}),
		right(row{name: "no second_factor", settings: info, account: holds(`{"second_factor":null}`), extauth: yes}),
		denied(row{name: "second_factor that nobody here knows", settings: info,
			account: holds(`{"second_factor":"verify/ann/YF1"}`)}),
		denied(row{name: "second_factor and authy_id", settings: info,
			account: holds(`{"second_factor":"authy/1","authy_id":1}`)}),
		denied(row{name: "second_factor in no JSON", settings: info, account: holds(`second_factor=totp`)}),
		denied(row{name: "second_factor in capitals", settings: info, account: holds(`{"Second_Factor":"authy/1"}`)}),
		denied(row{name: "second_factor that is no text", settings: info,
			account: holds(`{"second_factor":["authy/1"]}`)}),
	}
}
