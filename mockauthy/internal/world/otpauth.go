package world

import (
	"net/url"
	"strconv"
	"strings"

	"sftpgo-authy/mockauthy/internal/authy"
)

// OTPAuth is the address that makes an authenticator app show a code (the Key Uri Format of Google
// Authenticator).
func OTPAuth(issuer string, user authy.User, code authy.Code) string {
	account := user.Name
	if account == "" {
		account = user.Email
	}
	if account == "" {
		account = strconv.FormatInt(user.ID, 10)
	}
	query := url.Values{
		"secret": {code.Secret}, "issuer": {issuer}, "algorithm": {"SHA1"},
		"digits": {strconv.Itoa(code.Digits)}, "period": {strconv.Itoa(code.Period)},
	}
	// Authenticators want a blank as %20; they show a plus as it is.
	return "otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(account) + "?" +
		strings.ReplaceAll(query.Encode(), "+", "%20")
}
