package authyapi

import (
	"net/http"

	"github.com/gorilla/mux"

	"sftpgo-authy/mockauthy/mockapi"
)

// route is one call of the Authy API.
type route struct {
	endpoint string // its name in fault rules and in the journal
	method   string
	path     string // segments in braces may hold anything but a slash, also nothing
	handle   func(*call) (reply, error)
	open     bool // answered without a key
}

// routes is the whole surface. Verify stands first because it is asked most; the router tries them
// in order.
func routes() []route {
	return []route{
		{mockapi.Verify, "GET", "/protected/json/verify/{token}/{id}", verify, false},
		{mockapi.AppDetails, "GET", "/protected/json/app/details", appDetails, false},
		{mockapi.AppStats, "GET", "/protected/json/app/stats", appStats, false},
		{mockapi.UserNew, "POST", "/protected/json/users/new", userNew, false},
		{mockapi.UserDelete, "POST", "/protected/json/users/delete/{id}",
			userDelete("User removed from application"), false},
		{mockapi.UserDelete, "POST", "/protected/json/users/{id}/delete",
			userDelete("User removed from application"), false},
		{mockapi.UserDelete, "POST", "/protected/json/users/{id}/remove",
			userDelete("User was added to remove."), false},
		{mockapi.UserStatus, "GET", "/protected/json/users/{id}/status", userStatus, false},
		{mockapi.UserUpdate, "POST", "/protected/json/users/{id}/update", userUpdate, false},
		{mockapi.UserActivity, "POST", "/protected/json/users/{id}/register_activity", userActivity, false},
		{mockapi.UserSecretExport, "GET", "/protected/json/users/{id}/secret/export", secretExport, false},
		{mockapi.UserPhoneNumber, "GET", "/protected/json/users/{id}/phone_number", phoneNumber, false},
		{mockapi.UserSecret, "POST", "/protected/json/users/{id}/secret", userSecret, false},
		{mockapi.SMS, "GET", "/protected/json/sms/{id}", sendSMS, false},
		{mockapi.Call, "GET", "/protected/json/call/{id}", startCall, false},
		{mockapi.Email, "POST", "/protected/json/email/{id}", sendEmail, false},
		{mockapi.ApprovalNew, "POST", "/onetouch/json/users/{id}/approval_requests", approvalNew, false},
		{mockapi.ApprovalGet, "GET", "/onetouch/json/approval_requests/{uuid}", approvalGet, false},
		{mockapi.PhoneStart, "POST", "/protected/json/phones/verification/start", phoneStart, false},
		{mockapi.PhoneCheck, "GET", "/protected/json/phones/verification/check", phoneCheck, false},
		{mockapi.PhoneStatus, "GET", "/protected/json/phones/verification/status", phoneStatus, false},
		{mockapi.PhoneInfo, "GET", "/protected/json/phones/info", phoneInfo, false},
		{mockapi.QR, "GET", "/qr/{ticket}/{id}.png", qrPicture, true},
	}
}

// newRouter puts the routes on a gorilla/mux. Its defaults would clean paths and redirect, which
// re-creates the bypass of 2015 (verify/../sms/1 becomes sms/1): SkipClean and UseEncodedPath leave
// every byte where it is.
func newRouter(all []route, serve func(route) http.Handler) *mux.Router {
	m := mux.NewRouter().SkipClean(true).UseEncodedPath()
	for _, r := range all {
		m.Methods(methods(r)...).Path(pattern(r.path)).Name(r.method + " " + r.path).Handler(serve(r))
	}
	for _, family := range []string{"/protected/xml/", "/onetouch/xml/"} {
		m.PathPrefix(family).Name("ANY " + family).Handler(serve(route{endpoint: mockapi.Unknown, handle: noXML}))
	}
	// The key is judged before the path where one is needed (an issue of authy-devise, 2015:
	// verify/?api_key=… of a wrong key is that key's fault).
	for _, family := range []string{"/protected/", "/onetouch/"} {
		m.PathPrefix(family).Name("ANY " + family).Handler(serve(route{endpoint: mockapi.Unknown, handle: unknownPath}))
	}
	unknown := serve(route{endpoint: mockapi.Unknown, handle: unknownPath, open: true})
	m.NotFoundHandler, m.MethodNotAllowedHandler = unknown, unknown
	return m
}

// methods are those that a route answers to: HEAD does all that GET does, which Rack makes of it
// too. An early WordPress plugin asks verify so.
func methods(r route) []string {
	if r.method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{r.method}
}
