package authyapi

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/mockapi"
)

// documented says whether a call has a parameter of that name. Only strict mode rejects others.
func documented(endpoint, name string) bool {
	return slices.ContainsFunc(known(endpoint), func(k string) bool {
		return name == k || strings.HasSuffix(k, "[") && strings.HasPrefix(name, k)
	})
}

// known are the documented parameters of each call; a name that ends in [ stands for a whole hash
// or list.
func known(endpoint string) []string {
	switch endpoint {
	case mockapi.Verify:
		return []string{"force", "action", "ip", "user_ip"}
	case mockapi.UserNew:
		return []string{"user[email]", "user[cellphone]", "user[country_code]", "user[send_install_link_via_sms]",
			"send_install_link_via_sms", "user_ip"}
	case mockapi.UserUpdate:
		return []string{"email", "user_ip"}
	case mockapi.UserActivity:
		return []string{"type", "data[", "user_ip"}
	case mockapi.UserSecret:
		return []string{"label", "qr_size", "user_ip"}
	case mockapi.SMS, mockapi.Call, mockapi.Email:
		return []string{"force", "action", "action_message", "locale", "user_ip"}
	case mockapi.ApprovalNew:
		return []string{"message", "details[", "hidden_details[", "logos[", "seconds_to_expire", "user_ip"}
	case mockapi.PhoneStart:
		return []string{"via", "country_code", "phone_number", "locale", "code_length", "custom_code", "custom_message"}
	case mockapi.PhoneCheck:
		return []string{"country_code", "phone_number", "verification_code"}
	case mockapi.PhoneStatus:
		return []string{"uuid", "country_code", "phone_number"}
	case mockapi.PhoneInfo:
		return []string{"country_code", "phone_number", "user_ip"}
	case mockapi.QR:
		return []string{"size", "label"}
	}
	return []string{"user_ip"}
}

// strict refuses what the real API tolerates and a careful client does not do. Each rule is about a
// mistake that real clients made.
func (c *call) strict() error {
	switch {
	case !c.settings.Strict || c.route.endpoint == mockapi.QR:
		return nil
	case c.http.Header.Get("X-Authy-API-Key") == "":
		return careless(
			"the API key is a parameter, where logs and proxies keep it; send it in the header X-Authy-API-Key")
	case c.http.Header.Get("User-Agent") == "":
		return careless("there is no User-Agent; say who is asking")
	case doubled(c.http.RequestURI):
		return careless("the path begins with two slashes; end the base URL without one")
	case c.http.Method == http.MethodHead:
		return careless("HEAD tells a status alone, and the words in the body decide; use GET")
	case c.http.Method == http.MethodGet && c.http.ContentLength != 0:
		return careless("there is a body on a GET, which proxies may drop; use the query")
	case c.route.endpoint == mockapi.Verify && !c.params.truth("force"):
		return careless("verify is asked without force=true, so that any code is right for a user who never registered")
	case c.route.endpoint == mockapi.Verify && !plausible(c.path("token")):
		return careless("the token is not made of 6 to 12 digits; check it before it gets into a URL")
	}
	for _, p := range c.params {
		if !documented(c.route.endpoint, p.name) {
			return careless(
				"there is a parameter that this call does not have; did a token bring its own question mark?")
		}
	}
	return nil
}

// doubled says whether the path of a request line begins with two slashes. Through a proxy the line
// begins with the host.
func doubled(line string) bool {
	u, err := url.ParseRequestURI(line)
	return err == nil && strings.HasPrefix(u.Path, "//")
}

func plausible(token string) bool {
	return len(token) >= 6 && len(token) <= 12 && strings.Trim(token, "0123456789") == ""
}

// careless returns 60002 with the reason in the message, so that nobody has to look into the
// journal.
func careless(why string) error {
	e, _ := authy.ByCode("60002")
	e.Message = "Invalid request: strict mode: " + why + " (see GET /_mock/quirks)"
	return e.Because("strict mode: " + why)
}
