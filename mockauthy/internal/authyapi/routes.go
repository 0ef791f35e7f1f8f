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
	path     string // segments in braces may hold anything but a slash, and may be empty
	handle   func(*call) (reply, error)
	open     bool // answered without a key
}

// routes lists every call. The router tries them in order, so verify comes first, which is called
// most.
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
	// A wrong key is reported before an unknown path (an issue of authy-devise, 2015, about
	// verify/?api_key=…).
	for _, family := range []string{"/protected/", "/onetouch/"} {
		m.PathPrefix(family).Name("ANY " + family).Handler(serve(route{endpoint: mockapi.Unknown, handle: unknownPath}))
	}
	unknown := serve(route{endpoint: mockapi.Unknown, handle: unknownPath, open: true})
	m.NotFoundHandler, m.MethodNotAllowedHandler = unknown, unknown
	return m
}

// methods returns the methods that a route answers. As in Rack, HEAD does all that GET does; an
// early WordPress plugin calls verify with it.
func methods(r route) []string {
	if r.method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{r.method}
}
