package authyapi_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
)

// The rest of the API, as TestRepliesByteByByte. UUID, HEX and DEVICE stand for what is random.
func TestMoreRepliesByteByByte(t *testing.T) {
	t.Parallel()
	const start, number = "/protected/json/phones/verification/start", "country_code=1&phone_number=201-555-0123"
	migration := func(m *mock) { m.set(func(s *authy.Settings) { s.MigrationToolsEnabled = true }) }
	started := func(m *mock) { m.post(start, "via=sms&"+number) }
	sandbox := func(m *mock) { m.quirk("sandbox") }
	const activities = "You can only create the following activities: password_reset, banned, unbanned, cookie_login."
	for name, c := range map[string]struct {
		source  string
		prepare func(*mock)
		request request
		status  int
		want    string
	}{
		"app stats": {"capture of 2017", func(m *mock) {
			m.get(verifyPath(vectorCode, 1000))
			m.get("/protected/json/sms/1000?force=1")
			m.get("/protected/json/call/1000?force=1")
			m.post("/protected/json/users/new", "user[email]=a@x.test&user[cellphone]=2025550123&user[country_code]=1")
			m.Clock.Advance(31 * 24 * time.Hour)
		}, request{path: "/protected/json/app/stats"}, 200,
			`{"app_id":3,"count":2,"message":"Monthly statistics.","stats":[{"api_calls_count":4,"auths_count":1,` +
				`"calls_count":1,"month":"November","sms_count":1,"users_count":1,"year":2023},{"api_calls_count":1,` +
				`"auths_count":0,"calls_count":0,"month":"December","sms_count":0,"users_count":0,"year":2023}],` +
				`"success":true,"total_users":2}`},
		"update": {"authy-ruby", nil,
			request{method: "POST", path: "/protected/json/users/1000/update", body: "email=new@x.test"}, 200,
			`{"message":"User was updated successfully","success":true}`},
		"update with nonsense": {"as users/new", nil,
			request{method: "POST", path: "/protected/json/users/1000/update", body: "email=new"}, 400,
			`{"message":"User was not valid","success":false,"errors":{"email":"is invalid","message":"User was not ` +
				`valid"},"email":"is invalid","error_code":"60027"}`},
		"activity": {"documentation", nil,
			request{method: "POST", path: "/protected/json/users/1000/register_activity",
				contentType: "application/json",
				body:        `{"type":"password_reset","data":{"reason":"forgot"},"user_ip":"192.0.2.1"}`}, 200,
			`{"message":"Activity was created.","success":true}`},
		"unheard of activity": {"text recorded by authy-go, code documented", nil,
			request{method: "POST", path: "/protected/json/users/1000/register_activity", body: "type=dancing"}, 400,
			`{"message":"` + activities + `","success":false,"errors":{"message":"` + activities +
				`"},"error_code":"60029"}`},
		"e-mail": {"authy-ruby", nil, request{method: "POST", path: "/protected/json/email/1000"}, 200,
			`{"success":true,"message":"Email token was sent","email":"ann@x.test","email_id":"EMHEX"}`},
		"secret export": {"documentation", migration, request{path: "/protected/json/users/1000/secret/export"}, 200,
			`{"secret":"` + secret + `","otp":"398930","success":true}`},
		"secret export, switched off": {"documentation", nil,
			request{path: "/protected/json/users/1000/secret/export"}, 400,
			`{"message":"Migration tools disabled","success":false,"errors":{"message":"Migration tools disabled"},` +
				`"error_code":"60154"}`},
		"phone number": {"documentation, order ours", migration,
			request{path: "/protected/json/users/1000/phone_number"}, 200,
			`{"phone_number":"2015551118","country_code":1,"e164":"+12015551118","success":true}`},
		"approval request": {"capture", nil, request{method: "POST",
			path: "/onetouch/json/users/1000/approval_requests", contentType: "application/json",
			body: `{"message":"Log in?","details":{},"hidden_details":{},"logos":[],"seconds_to_expire":null}`}, 200,
			`{"approval_request":{"uuid":"UUID"},"success":true}`},
		"approval request, OneTouch off": {"documentation", func(m *mock) {
			m.set(func(s *authy.Settings) { s.OneTouchEnabled = false })
		},
			request{method: "POST", path: "/onetouch/json/users/1000/approval_requests", body: "message=x"}, 403,
			`{"message":"Needs to enable OneTouch first","success":false,"errors":{"message":"Needs to enable ` +
				`OneTouch first"},"error_code":"60065"}`},
		"no such approval request": {"capture", nil,
			request{path: "/onetouch/json/approval_requests/e1b0c3d0-0000-0134-1111-0e5d6a065904"}, 404,
			`{"message":"Approval request not found: e1b0c3d0-0000-0134-1111-0e5d6a065904","success":false,` +
				`"errors":{},"error_code":"60049"}`},
		"phone start": {"capture", nil, request{method: "POST", path: start, body: "via=sms&" + number}, 200,
			`{"carrier":"Mock Wireless","is_cellphone":true,"message":"Text message sent to +1 201-555-0123.",` +
				`"seconds_to_expire":599,"uuid":"UUID","success":true}`},
		"phone start by call": {"capture", nil, request{method: "POST", path: start, body: "via=call&" + number}, 200,
			`{"carrier":"Mock Wireless","is_cellphone":true,"message":"Call to +1 201-555-0123 initiated",` +
				`"seconds_to_expire":599,"uuid":"UUID","success":true}`},
		"phone start by call in Spanish": {"capture", nil,
			request{method: "POST", path: start, body: "via=call&locale=es&" + number}, 200,
			`{"carrier":"Mock Wireless","is_cellphone":true,"message":"Llamada a +1 201-555-0123 fue iniciada.",` +
				`"seconds_to_expire":599,"uuid":"UUID","success":true}`},
		"phone start without a country": {"capture", nil,
			request{method: "POST", path: start, body: "via=sms&phone_number=2015550123"}, 400,
			`{"error_code":"60004","message":"Invalid parameter: country_code - Parameter is required",` +
				`"errors":{"message":"Invalid parameter: country_code - Parameter is required"},"success":false}`},
		"phone start with a word as country": {"capture", nil,
			request{method: "POST", path: start, body: "via=sms&phone_number=2015550123&country_code=xyz"}, 400,
			`{"error_code":"60004","message":"Invalid parameter: country_code - 'xyz' is not a valid Integer",` +
				`"errors":{"message":"Invalid parameter: country_code - 'xyz' is not a valid Integer"},` +
				`"success":false}`},
		"phone start with a bad number": {"capture", nil,
			request{method: "POST", path: start, body: "via=sms&country_code=1&phone_number=12"}, 400,
			`{"error_code":"60033","message":"Phone number is invalid","errors":{"message":"Phone number is ` +
				`invalid"},"success":false}`},
		"phone start to a landline": {"capture", nil,
			request{method: "POST", path: start, body: "via=sms&country_code=44&phone_number=2083661177"}, 403,
			`{"message":"Cannot send SMS to landline phone numbers","success":false,"errors":{"message":"Cannot ` +
				`send SMS to landline phone numbers"},"error_code":"60082"}`},
		"phone start with a custom code": {"capture", nil,
			request{method: "POST", path: start, body: "via=sms&custom_code=1234&" + number}, 403,
			`{"message":"Phone verification couldn't be created: custom codes are not allowed.","success":false,` +
				`"errors":{"message":"Phone verification couldn't be created: custom codes are not allowed."},` +
				`"error_code":"60021"}`},
		"phone start in French": {"an issue of authy-client, 2018", nil,
			request{method: "POST", path: start, body: "via=sms&country_code=33&phone_number=612345678"}, 200,
			`{"carrier":"Mock Wireless","is_cellphone":true,"message":"SMS envoyé à +33 61-234-5678.",` +
				`"seconds_to_expire":599,"uuid":"UUID","success":true}`},
		"phone start in Italian": {"an issue of authy-client, 2018", nil,
			request{method: "POST", path: start, body: "via=sms&country_code=39&phone_number=3123456789"}, 200,
			`{"carrier":"Mock Wireless","is_cellphone":true,"message":"SMS inviato a +39 312-345-6789",` +
				`"seconds_to_expire":599,"uuid":"UUID","success":true}`},
		"phone start in Norwegian": {"capture", nil,
			request{method: "POST", path: start, body: "via=sms&country_code=47&phone_number=40612345"}, 200,
			`{"carrier":"Mock Wireless","is_cellphone":true,"message":"SMS sendt til +47 4-061-2345.",` +
				`"seconds_to_expire":599,"uuid":"UUID","success":true}`},
		"phone start to France in English": {"test of a Go program with locale en, 2018", nil,
			request{method: "POST", path: start, body: "via=sms&locale=en&country_code=33&phone_number=612345678"}, 200,
			`{"carrier":"Mock Wireless","is_cellphone":true,"message":"Text message sent to +33 61-234-5678.",` +
				`"seconds_to_expire":599,"uuid":"UUID","success":true}`},
		"phone start in the sandbox": {"live test of authy-rs", sandbox,
			request{method: "POST", path: start, body: "via=sms&country_code=54&phone_number=317-338-9302"}, 200,
			`{"carrier":"Google Voice","is_cellphone":true,"message":"Text message sent to +54 317-338-9302.",` +
				`"seconds_to_expire":599,"uuid":"UUID","success":true}`},
		"phone info in the sandbox": {"live test of authy-rs, order of a capture", sandbox,
			request{path: "/protected/json/phones/info?country_code=54&phone_number=1"}, 200,
			`{"message":"Phone number information as of 2023-11-14 22:15:50 UTC","type":"landline",` +
				`"provider":"Google Voice","ported":false,"success":true}`},
		"app details in the sandbox": {"live test of authy-rs, rest as elsewhere", sandbox,
			request{path: "/protected/json/app/details"}, 200,
			`{"message":"Application information.","app":{"app_id":3,"name":"Sandbox App 1","plan":"pay_as_you_go",` +
				`"sms_enabled":true,"onetouch_enabled":false,"phone_calls_enabled":true},"success":true}`},
		"phone start with a custom message": {"an issue of node-authy, 2020", nil,
			request{method: "POST", path: start, body: "via=sms&custom_message=hello&" + number}, 403,
			`{"message":"Phone verification couldn't be created: custom messages are not allowed.","success":false,` +
				`"errors":{"message":"Phone verification couldn't be created: custom messages are not allowed."},` +
				`"error_code":"60021"}`},
		"phone start with a number that needs its town": {"live test of authy-rs", nil,
			request{method: "POST", path: start, body: "via=call&country_code=54&phone_number=555-9302"}, 400,
			`{"error_code":"60033","message":"Phone number is invalid","errors":{"message":"Phone number is ` +
				`invalid"},"success":false}`},
		"phone check of a number that nobody can have": {"live test of authy-java", nil,
			request{path: "/protected/json/phones/verification/check?" +
				"verification_code=2061&country_code=1&phone_number=282-23"}, 404,
			`{"message":"No pending verifications for +1 2-8223 found.","success":false,"errors":{"message":"No ` +
				`pending verifications for +1 2-8223 found."},"error_code":"60023"}`},
		"phone check, wrong": {"capture", started,
			request{path: "/protected/json/phones/verification/check", body: "verification_code=00000&" + number}, 401,
			`{"error_code":"60022","message":"Verification code is incorrect","errors":{"message":"Verification ` +
				`code is incorrect"},"success":false}`},
		"phone check, none pending": {"capture", nil,
			request{path: "/protected/json/phones/verification/check?" +
				"verification_code=0000&country_code=34&phone_number=612345678"}, 404,
			`{"message":"No pending verifications for +34 61-234-5678 found.","success":false,` +
				`"errors":{"message":"No pending verifications for +34 61-234-5678 found."},"error_code":"60023"}`},
		"phone status": {"documentation", started,
			request{path: "/protected/json/phones/verification/status?" + number}, 200,
			`{"message":"Phone Verification status.","status":"pending","seconds_to_expire":599,"success":true}`},
		"phone status of nothing": {"capture", nil, request{path: "/protected/json/phones/verification/status"}, 400,
			`{"message":"Either uuid or country_code and phone number are required","success":false,` +
				`"errors":{"message":"Either uuid or country_code and phone number are required"},` +
				`"error_code":"60042"}`},
		"phone info": {"capture of 2017", nil, request{path: "/protected/json/phones/info", body: number}, 200,
			`{"message":"Phone number information as of 2023-11-14 22:15:50 UTC","type":"cellphone",` +
				`"provider":"Mock Wireless","ported":false,"success":true}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			m.ann()
			if c.prepare != nil {
				c.prepare(m)
			}
			got := m.do(c.request)
			body := regexp.MustCompile(`"uuid":"[0-9a-f-]{36}"`).ReplaceAllString(got.body, `"uuid":"UUID"`)
			body = regexp.MustCompile(`"EM[0-9a-f]{32}"`).ReplaceAllString(body, `"EMHEX"`)
			if got.status != c.status || body != c.want {
				t.Errorf("source: %s\n got %d %s\nwant %d %s", c.source, got.status, got.body, c.status, c.want)
			}
		})
	}
}

func TestPhoneVerificationFromStartToEnd(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	const number = "country_code=1&phone_number=201-555-0123"
	start := func() (code, uuid string) {
		t.Helper()
		var r struct{ UUID string }
		_ = json.Unmarshal(
			[]byte(m.post("/protected/json/phones/verification/start", "via=sms&code_length=6&"+number).body), &r)
		texts := m.Outbox.List(outboxAll)
		return texts[len(texts)-1].Code, r.UUID
	}
	check := func(code string) answer {
		return m.get("/protected/json/phones/verification/check?" + number + "&verification_code=" + code)
	}
	code, uuid := start()
	m.Clock.Advance(9 * time.Minute)
	if again, _ := start(); again != code || len(code) != 6 {
		t.Errorf("the code is %s, then %s", code, again)
	}
	m.expect(check(code+"0"), 401, "60022")
	m.expect(m.get("/protected/json/phones/verification/status?uuid="+uuid), 200,
		`"status":"pending","seconds_to_expire":59,`)
	m.expect(check(code), 200, `{"message":"Verification code is correct.","success":true}`)
	m.expect(check(code), 404, "60023")
	m.expect(m.get("/protected/json/phones/verification/status?"+number), 200, `"status":"verified"`)
	next, _ := start()
	m.Clock.Advance(10 * time.Minute)
	m.expect(check(next), 404, "60023")
	m.expect(m.get("/protected/json/phones/verification/status?"+number), 200,
		`"status":"expired","seconds_to_expire":0`)
	m.expect(m.get("/protected/json/phones/verification/status?uuid=11111111-2222-4333-8444-555555555555"), 404,
		"60023")
	m.set(func(s *authy.Settings) { s.Verification.CustomCodes, s.Verification.CustomMessages = true, true })
	m.expect(m.post("/protected/json/phones/verification/start",
		"via=sms&custom_code=777777&custom_message=use+{{code}}&"+number), 200, `"sms_id":"SM`)
	if texts := m.Outbox.List(outboxAll); texts[len(texts)-1].Text != "use 777777" {
		t.Errorf("text %+v", texts[len(texts)-1])
	}
	m.expect(check("777777"), 200, "correct")
}

func TestApprovalFromRequestToAnswer(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	request := func(form string) string {
		t.Helper()
		var r struct {
			Request struct{ UUID string } `json:"approval_request"`
		}
		got := m.post("/onetouch/json/users/1000/approval_requests", form)
		if err := json.Unmarshal([]byte(got.body), &r); err != nil || r.Request.UUID == "" {
			t.Fatalf("%s: %d %s", form, got.status, got.body)
		}
		return r.Request.UUID
	}
	id := request("message=Log+in%3F&details[From]=192.0.2.1&details[City]=Lyon&hidden_details[k]=v" +
		"&logos[][res]=default&logos[][url]=https://x.test/l.png" +
		"&logos[][res]=low&logos[][url]=https://x.test/s.png&seconds_to_expire=120")
	a, err := m.App.Approval(id)
	if err != nil || a.Message != "Log in?" || len(a.Details) != 2 || a.Details[1].Name != "City" ||
		len(a.Hidden) != 1 || len(a.Logos) != 2 || a.Logos[1][0].Value != "low" {
		t.Fatalf("%+v %v", a, err)
	}
	if pushes := m.Outbox.List(outboxAll); len(pushes) != 1 || pushes[0].Channel != "push" ||
		pushes[0].Text != "Log in?" {
		t.Errorf("outbox %+v", pushes)
	}
	get := "/onetouch/json/approval_requests/" + id
	got := m.get(get)
	want := regexp.MustCompile(`^{"approval_request":{"_app_name":"Demo App","_app_serial_id":3,"_authy_id":1000,` +
		`"_id":"[0-9a-f]{24}","_user_email":"ann@x.test","app_id":"[0-9a-f]{24}",` +
		`"created_at":"2023-11-14T22:15:50Z","notified":false,"processed_at":null,"seconds_to_expire":120,` +
		`"status":"pending","updated_at":"2023-11-14T22:15:50Z","user_id":"[0-9a-f]{24}","uuid":"` + id +
		`"},"success":true}$`)
	if !want.MatchString(got.body) {
		t.Errorf("got %s", got.body)
	}
	m.Clock.Advance(time.Minute)
	if _, err := m.App.AnswerApproval(id, true); err != nil {
		t.Fatal(err)
	}
	m.expect(m.get(get), 200,
		`"notified":false,"processed_at":"2023-11-14T22:16:50Z","seconds_to_expire":120,"status":"approved"`)
	m.App.Notified(id)
	m.expect(m.get(get), 200, `"notified":true,"processed_at":"2023-11-14T22:16:50Z"`)
	if _, err := m.App.AnswerApproval(id, false); err == nil {
		t.Error("answered twice")
	}
	late := request("message=x&seconds_to_expire=60")
	forever := request("message=x&seconds_to_expire=0")
	m.Clock.Advance(24 * time.Hour)
	m.expect(m.get("/onetouch/json/approval_requests/"+late), 200,
		`"notified":false,"processed_at":"2023-11-14T22:17:50Z","seconds_to_expire":60,"status":"expired",`+
			`"updated_at":"2023-11-14T22:17:50Z"`)
	m.expect(m.get("/onetouch/json/approval_requests/"+forever), 200, `"status":"pending"`)
	if _, err := m.App.AnswerApproval(late, true); err == nil {
		t.Error("an expired request was approved")
	}
	m.expect(m.do(asOther(get)), 404, "60049")
}

// asOther asks as another app.
func asOther(path string) request {
	return request{path: path, header: map[string]string{"X-Authy-API-Key": "other-key"}}
}

func TestApprovalRequestsAreChecked(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	const path = "/onetouch/json/users/1000/approval_requests"
	for form, part := range map[string]string{
		"":                                "Invalid parameter: message - Parameter is required",
		"message=x&seconds_to_expire=-1":  "'-1' is not a valid Integer",
		"message=x&seconds_to_expire=1e3": "'1e3' is not a valid Integer",
		"message=x&details[" + strings.Repeat("k", 21) + "]=v":                      "60080",
		"message=x&logos[][res]=low&logos[][url]=u":                                 "60080",
		"message=x&logos[][res]=huge&logos[][url]=u":                                "60080",
		"message=x&logos[0][res]=default":                                           "60080",
		"message=x&logos[0][res]=default&logos[0][url]=" + strings.Repeat("u", 501): "60080",
	} {
		m.expect(m.post(path, form), 400, part)
	}
	m.expect(m.post("/onetouch/json/users/1001/approval_requests", "message=x"), 404, "60026")
	m.expect(m.post(path, "message="+strings.Repeat("x", 1000)), 200, "uuid")
	if a := m.App.Approvals(1000); len(a) != 1 || len(a[0].Message) != 200 {
		t.Errorf("kept %+v", a)
	}
	if _, err := m.App.PatchUser(1000, authy.UserPatch{Registered: new(bool)}); err != nil {
		t.Fatal(err)
	}
	m.expect(m.post(path, "message=x"), 400, "60050")
}
