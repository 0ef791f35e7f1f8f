package callback

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Sign returns the value of X-Authy-Signature: HMAC-SHA256 with the app's API key over nonce,
// method, URL without its query and parameters (see Params), joined by pipes; in base64.
func Sign(key, nonce, method, url, params string) string {
	url, _, _ = strings.Cut(url, "?")
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(nonce + "|" + method + "|" + url + "|" + params))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}
