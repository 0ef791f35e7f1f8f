package authyapi_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
)

// Each reply is compared byte by byte: some clients grep, and one is a parser of twenty tokens.
// Sources: "capture" is a body seen from the production service (2015 to 2019), "documentation" is
// Twilio's, "fixture" is a client's own test data, "ours" is where nothing was found.
func TestRepliesByteByByte(t *testing.T) {
	t.Parallel()
	const notFound = `{"message":"User not found.","success":false,"errors":{"message":"User not found."},` +
		`"error_code":"60026"}`
	for name, c := range map[string]struct {
		source  string
		prepare func(*mock)
		request request
		status  int
		want    string
	}{
		"wrong key": {"capture", nil, request{path: "/protected/json/app/details", noKey: true}, 401,
			`{"error_code":"60001","message":"Invalid API key","errors":{"message":"Invalid API key"},` +
				`"success":false}`},
		"app details": {"capture of 2017", nil, request{path: "/protected/json/app/details?user_ip=192.0.2.1"}, 200,
			`{"message":"Application information.","app":{"app_id":3,"name":"Demo App","plan":"pay_as_you_go",` +
				`"sms_enabled":true,"onetouch_enabled":true,"phone_calls_enabled":true},"success":true}`},
		"user invalid": {"capture", nil,
			request{method: "POST", path: "/protected/json/users/new",
				body: "user[email]=a@x.test&user[country_code]=1&user[cellphone]=abc"}, 400,
			`{"message":"User was not valid","success":false,"errors":{"cellphone":"is invalid","message":"User was ` +
				`not valid"},"cellphone":"is invalid","error_code":"60027"}`},
		"no user at all": {"code from an issue of authy-php, text ours", nil,
			request{method: "POST", path: "/protected/json/users/new"}, 400,
			`{"message":"User was created with incorrect parameters","success":false,"errors":{"message":"User was ` +
				`created with incorrect parameters"},"error_code":"60030"}`},
		"status": {"capture, documentation", nil, request{path: "/protected/json/users/1000/status"}, 200,
			`{"status":{"authy_id":1000,"confirmed":false,"registered":true,"country_code":1,` +
				`"phone_number":"XXX-XXX-1118","email":"ann@x.test","devices":["android"],"has_hard_token":false,` +
				`"account_disabled":false,"detailed_devices":[{"device_type":"authy","os_type":"android",` +
				`"registration_device_id":null,"registration_method":null,"device_id":DEVICE,"last_sync_date":0,` +
				`"creation_date":1700000150}],"deleted_devices":[]},"message":"User status.","success":true}`},
		"status of a stranger": {"capture", nil, request{path: "/protected/json/users/1001/status"}, 404, notFound},
		"status of a word":     {"capture", nil, request{path: "/protected/json/users/ann/status"}, 404, notFound},
		"remove": {"documentation of 2019", nil,
			request{method: "POST", path: "/protected/json/users/1000/remove"}, 200,
			`{"message":"User was added to remove.","success":true}`},
		"delete": {"fixtures of 2018", nil,
			request{method: "POST", path: "/protected/json/users/1000/delete", contentType: "application/json",
				body: "{}"}, 200,
			`{"message":"User removed from application","success":true}`},
		"delete, older spelling": {"fixtures of 2018", nil,
			request{method: "POST", path: "/protected/json/users/delete/1000"}, 200,
			`{"message":"User removed from application","success":true}`},
		"delete a stranger": {"documentation", nil, request{method: "POST", path: "/protected/json/users/1001/remove"},
			404, notFound},
		"right code": {"documentation, capture of 2017", nil,
			request{path: verifyPath(vectorCode, 1000) + "?force=true"}, 200,
			`{"message":"Token is valid.","token":"is valid","success":"true","device":{"city":"Lyon",` +
				`"country":"France","ip":"192.0.2.10","region":"Rhone","registration_city":"Lyon",` +
				`"registration_country":"France","registration_ip":"192.0.2.10","registration_method":"push",` +
				`"registration_region":"Rhone","os_type":"android","last_account_recovery_at":null,"id":DEVICE,` +
				`"registration_date":1700000150,"last_sync_date":1700000150}}`},
		"right code without a device": {"capture of 2017", func(m *mock) {
			m.set(func(s *authy.Settings) { s.IncludeDevice = false })
		},
			request{path: verifyPath(vectorCode, 1000)}, 200,
			`{"message":"Token is valid.","token":"is valid","success":"true"}`},
		"right code, boolean": {"article of 2015", func(m *mock) {
			m.set(func(s *authy.Settings) { s.IncludeDevice, s.VerifySuccessType = false, "boolean" })
		}, request{path: verifyPath(vectorCode, 1000)}, 200,
			`{"message":"Token is valid.","token":"is valid","success":true}`},
		"wrong code": {"capture", nil, request{path: verifyPath("0000000", 1000)}, 401,
			`{"message":"Token is invalid","token":"is invalid","success":false,"errors":{"message":"Token is ` +
				`invalid"},"error_code":"60020"}`},
		"used code": {"capture of 2015", func(m *mock) { m.get(verifyPath(vectorCode, 1000)) },
			request{path: verifyPath(vectorCode, 1000)}, 401,
			`{"message":"Token is invalid. Token was used recently.","success":false,"errors":{"message":"Token is ` +
				`invalid. Token was used recently."},"error_code":"60019"}`},
		"code for a stranger": {"fixture of authy-php", nil, request{path: verifyPath(vectorCode, 1001)}, 404,
			`{"message":"User doesn't exist","success":false,"errors":{"message":"User doesn't exist"},` +
				`"error_code":"60016"}`},
		"SMS": {"capture", nil, request{path: "/protected/json/sms/1000?force=true"}, 200,
			`{"success":true,"message":"SMS token was sent","cellphone":"+1-XXX-XXX-XX18"}`},
		"SMS ignored": {"capture", nil, request{path: "/protected/json/sms/1000"}, 200,
			`{"message":"Ignored: SMS is not needed for smartphones. Pass force=true if you want to actually send ` +
				`it anyway.","cellphone":"+1-XXX-XXX-XX18","device":"android","ignored":true,"success":true}`},
		"call": {"capture", nil, request{path: "/protected/json/call/1000?force=1"}, 200,
			`{"success":true,"message":"Call started...","cellphone":"+1-XXX-XXX-XX18"}`},
		"call ignored": {"capture", nil, request{path: "/protected/json/call/1000"}, 200,
			`{"message":"Call ignored. User is using  App Tokens and this call is not necessary. Pass force=true if ` +
				`you still want to call users that are using the App.","cellphone":"+1-XXX-XXX-XX18",` +
				`"device":"android","ignored":true,"success":true}`},
		"SMS switched off": {"message documented, status inferred", func(m *mock) {
			m.set(func(s *authy.Settings) { s.SMSEnabled = false })
		},
			request{path: "/protected/json/sms/1000"}, 503,
			`{"message":"SMS is not enabled","success":false,"errors":{"message":"SMS is not enabled"},` +
				`"error_code":"60007"}`},
		"too many": {"capture", func(m *mock) {
			m.set(func(s *authy.Settings) { s.RateLimits.SMS = authy.Rate{Count: 1, Per: time.Hour} })
			m.get("/protected/json/sms/1000?force=true")
		}, request{path: "/protected/json/sms/1000?force=true"}, 429,
			`{"error_code":"60003","message":"DoS protection: User has requested too many tokens in the last hour.",` +
				`"errors":{"message":"DoS protection: User has requested too many tokens in the last hour."},` +
				`"success":false}`},
		"suspended": {"report of 2016", func(m *mock) {
			yes := true
			_, _ = m.App.PatchUser(1000, authy.UserPatch{Suspended: &yes})
		}, request{path: verifyPath(vectorCode, 1000)}, 503,
			`{"message":"User has been suspended.","success":false,"errors":{"message":"User has been suspended."},` +
				`"error_code":"60017"}`},
		"unknown path": {"text of 2016, envelope ours", nil, request{path: "/protected/json/nothing"}, 404,
			`{"message":"Requested URL was not found. Please check http://docs.authy.com/ to see the valid URLs",` +
				`"success":false,"errors":{},"error_code":"60000"}`},
		"unknown path as in 2016": {"report of 2016", func(m *mock) {
			m.set(func(s *authy.Settings) { s.UnknownPath = "text" })
		},
			request{path: "/protected/json/nothing"}, 401,
			`Requested URL was not found. Please check http://docs.authy.com/ to see the valid URLs`},
		"XML": {"ours", nil, request{path: "/protected/xml/verify/" + vectorCode + "/1000"}, 400,
			`{"message":"Invalid request","success":false,"errors":{"message":"Invalid request"},` +
				`"error_code":"60002"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			ann := m.ann()
			if c.prepare != nil {
				c.prepare(m)
			}
			got := m.do(c.request)
			if want := withDevice(c.want, ann); got.status != c.status || got.body != want {
				t.Errorf("source: %s\n got %d %s\nwant %d %s", c.source, got.status, got.body, c.status, want)
			}
		})
	}
}

// withDevice puts the id of the user's device into an expected reply.
func withDevice(want string, u authy.User) string {
	return strings.ReplaceAll(want, "DEVICE", strconv.FormatInt(u.Devices[0].ID, 10))
}
