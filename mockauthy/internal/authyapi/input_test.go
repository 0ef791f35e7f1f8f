package authyapi_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"regexp"
	"strings"
	"testing"
)

func TestKeyIsFoundWhereverClientsPutIt(t *testing.T) {
	t.Parallel()
	const form, json = "application/x-www-form-urlencoded", "application/json"
	for name, c := range map[string]struct {
		request request
		status  int
	}{
		"header":                         {request{header: map[string]string{"X-Authy-API-Key": key}}, 200},
		"header of the WordPress plugin": {request{header: map[string]string{"x-authy-api-key": key}}, 200},
		"query":                          {request{path: "?api_key=" + key}, 200},
		"form on a GET":                  {request{contentType: form, body: "api_key=" + key}, 200},
		"JSON on a GET":                  {request{contentType: json, body: `{"api_key":"` + key + `"}`}, 200},
		"nowhere":                        {request{}, 401},
		"wrong":                          {request{path: "?api_key=nope"}, 401},
		"empty header, right query": {
			request{path: "?api_key=" + key, header: map[string]string{"X-Authy-API-Key": ""}}, 200},
		"wrong header wins over a query": {
			request{path: "?api_key=" + key, header: map[string]string{"X-Authy-API-Key": "nope"}}, 401},
		"right header wins over a query": {
			request{path: "?api_key=nope", header: map[string]string{"X-Authy-API-Key": key}}, 200},
		"body wins over a query": {request{path: "?api_key=nope", contentType: form, body: "api_key=" + key},
			200},
		"with a blank":  {request{header: map[string]string{"X-Authy-API-Key": key + " x"}}, 401},
		"another app's": {request{header: map[string]string{"X-Authy-API-Key": "other-key"}}, 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			c.request.noKey, c.request.path = true, "/protected/json/app/details"+c.request.path
			got := m.do(c.request)
			if got.status != c.status {
				t.Errorf("got %d %s, want %d", got.status, got.body, c.status)
			}
			if c.status == 401 && m.last().Reason != "the API key is missing or no app's" {
				t.Errorf("journal: %+v", m.last())
			}
		})
	}
}

func TestUserOfOneAppIsUnknownToAnother(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	got := m.do(request{path: verifyPath(vectorCode, 1000), header: map[string]string{"X-Authy-API-Key": "other-key"}})
	m.expect(got, 404, "60016")
}

func TestUserNewUnderstandsEveryClient(t *testing.T) {
	t.Parallel()
	const path, form, json = "/protected/json/users/new", "application/x-www-form-urlencoded", "application/json"
	var multi bytes.Buffer
	w := multipart.NewWriter(&multi)
	for k, v := range map[string]string{"user[email]": "b@x.test", "user[cellphone]": "317-338-9302",
		"user[country_code]": "54"} {
		_ = w.WriteField(k, v)
	}
	_ = w.Close()
	created := regexp.MustCompile(
		`^{"message":"User created successfully\.","user":{"id":[1-9][0-9]*},"success":true}$`)
	for name, r := range map[string]request{
		"curl of the tutorial": {contentType: form,
			body: "user%5Bemail%5D=b%40x.test&user[cellphone]=317-338-9302&user[country_code]=54"},
		"query of a POST, as PHP": {
			path: "?user%5Bemail%5D=b%40x.test&user%5Bcellphone%5D=317-338-9302" +
				"&user%5Bcountry_code%5D=54&send_install_link_via_sms=1"},
		"JSON, as Python": {contentType: json,
			body: `{"user":{"email":"b@x.test","cellphone":"317-338-9302","country_code":54},` +
				`"send_install_link_via_sms":false}`},
		"JSON with text and nulls": {contentType: json,
			body: `{"user":{"email":"b@x.test","cellphone":"317.338.9302","country_code":"+54","x":null,` +
				`"y":[1,[2],{"z":3}]}}`},
		"JSON under a wrong type": {contentType: form,
			body: ` {"user":{"email":"b@x.test","cellphone":3173389302,"country_code":54}}`},
		"JSON without a type": {
			body: `{"user":{"email":"b@x.test","cellphone":"(317) 338 9302","country_code":54}}`},
		"form under a wrong type": {contentType: "text/plain",
			body: "user[email]=b@x.test&user[cellphone]=3173389302&user[country_code]=54"},
		"multipart, as curl -F": {contentType: w.FormDataContentType(), body: multi.String()},
		"the last duplicate counts": {contentType: form,
			body: "user[email]=nonsense&user[email]=b@x.test&user[cellphone]=3173389302&user[country_code]=54"},
		"half in query, half in body": {path: "?user[email]=b@x.test&user[country_code]=nonsense", contentType: form,
			body: "user[cellphone]=3173389302&user[country_code]=54"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			r.method, r.path = "POST", path+r.path
			got := m.do(r)
			if got.status != 200 || !created.MatchString(got.body) {
				t.Fatalf("got %d %s", got.status, got.body)
			}
			if u, err := m.App.FindUser("+543173389302"); err != nil || u.Email != "b@x.test" || !u.Registered {
				t.Errorf("user %+v, %v", u, err)
			}
			if again := m.do(r); again.body != got.body {
				t.Errorf("the same phone again: %s, want %s", again.body, got.body)
			}
		})
	}
}

func TestUserNewRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, part string }{
		"no e-mail": {"user[cellphone]=2025550123&user[country_code]=1",
			`"errors":{"email":"is invalid","message"`},
		"bad e-mail": {"user[email]=a@b@c&user[cellphone]=2025550123&user[country_code]=1",
			`"email":"is invalid","error_code":"60027"`},
		"no phone": {"user[email]=a@x.test&user[country_code]=1",
			`"cellphone":"is invalid","error_code":"60027"`},
		"no country": {"user[email]=a@x.test&user[cellphone]=2025550123",
			`"country_code":"is invalid","error_code":"60027"`},
		"country of 4 digits": {"user[email]=a@x.test&user[cellphone]=2025550123&user[country_code]=1234",
			`"country_code":"is invalid"`},
		"unicode digits": {"user[email]=a@x.test&user[cellphone]=٢٠٢٥٥٥٠١٢٣&user[country_code]=1",
			`"cellphone":"is invalid"`},
		"a number as the user": {"user=1", `60030`},
		"16 digits": {"user[email]=a@x.test&user[cellphone]=1234567890123456&user[country_code]=1",
			`"cellphone":"is invalid"`},
		"everything": {"user[x]=1",
			`"errors":{"email":"is invalid","country_code":"is invalid","cellphone":"is invalid","message":"User ` +
				`was not valid"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			m.expect(m.post("/protected/json/users/new", c.body), 400, c.part)
		})
	}
}

func TestForceIsReadLiberally(t *testing.T) {
	t.Parallel()
	for query, forced := range map[string]bool{
		"": false, "?force": false, "?force=": false, "?force=0": false, "?force=false": false, "?force=yes": false,
		"?force=true": true, "?force=1": true, "?force=false&force=true": true,
		"?force=True": true, // what authy-python 2.2.6 sends for {"force": True}, run against this mock
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			m.ann(unregistered)
			want, part := 200, `{"message":"Token is valid.","token":"is valid","success":"true"}`
			if forced {
				want, part = 401, "60020"
			}
			m.expect(m.get(verifyPath("garbage", 1000)+query), want, part)
			if u, _ := m.App.User(1000); u.Confirmed {
				t.Error("garbage confirmed the user")
			}
		})
	}
	m := newMock(t)
	m.ann(unregistered)
	for _, body := range []string{`{"force":true}`, `{"force":"true"}`, `{"force":1}`} {
		m.expect(m.do(request{path: verifyPath("garbage", 1000), contentType: "application/json", body: body}), 401,
			"60020")
	}
}

func TestGarbageIsAnswered(t *testing.T) {
	t.Parallel()
	const path, json = "/protected/json/users/new", "application/json"
	for name, c := range map[string]struct {
		request request
		status  int
		part    string
	}{
		"JSON cut short":   {request{contentType: json, body: `{"user":{"email":`}, 400, "60002"},
		"JSON list":        {request{contentType: json, body: `[1,2]`}, 400, "60002"},
		"JSON number":      {request{contentType: json, body: `7`}, 400, "60002"},
		"JSON null":        {request{contentType: json, body: `null`}, 400, "60002"},
		"two JSON objects": {request{contentType: json, body: `{}{}`}, 400, "60002"},
		"deep JSON": {request{contentType: json,
			body: strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)}, 400, "60002"},
		"deep list": {request{contentType: json,
			body: `{"a":` + strings.Repeat(`[`, 5000) + strings.Repeat("]", 5000) + "}"}, 400, "60002"},
		"too many parameters": {request{body: strings.Repeat("a=1&", 2000)}, 400, "60002"},
		"huge":                {request{body: strings.Repeat("x", 300<<10)}, 400, "60002"},
		"XML":                 {request{contentType: "application/xml", body: "<user/>"}, 400, "60002"},
		"broken multipart": {request{contentType: "multipart/form-data; boundary=b", body: "--b\r\nnonsense"},
			400, "60002"},
		"multipart, no boundary": {request{contentType: "multipart/form-data", body: "x"}, 400, "60002"},
		"not UTF-8 in a form":    {request{body: "user[email]=%ff"}, 400, "60005"},
		"not UTF-8 in JSON":      {request{contentType: json, body: "{\"user\":\"\xff\"}"}, 400, "60005"},
		"not UTF-8 in the query": {request{path: "?user[email]=%ff"}, 400, "60005"},
		"NUL bytes": {request{body: "user[email]=a%00@x.test&user[cellphone]=1&user[country_code]=1"}, 400,
			"60027"},
		"a type that is none": {request{contentType: ";;;", body: "%%%=%%%"}, 400, "60030"},
		"brackets":            {request{body: "user]=1&[user=2&user[[]]=3&[]=4&=5"}, 400, "60027"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMock(t)
			c.request.method, c.request.path = "POST", path+c.request.path
			m.expect(m.do(c.request), c.status, c.part)
		})
	}
}

func TestWrongKeyComesFirst(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	for _, r := range []request{
		{path: verifyPath(vectorCode, 77)}, {method: "POST", path: "/protected/json/users/new", body: "{"},
		{path: "/protected/json/sms/77?x=%ff"}, {path: "/protected/xml/sms/77"},
	} {
		r.noKey = true
		m.expect(m.do(r), 401, `{"error_code":"60001"`)
	}
}

func TestCodeWithAnActionNeedsTheAction(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann(unregistered)
	m.expect(m.get("/protected/json/sms/1000?action=login&action_message=hello"), 200, "SMS token was sent")
	texts := m.Outbox.List(outboxAll)
	if len(texts) != 1 || texts[0].To != "+12015551118" || !strings.Contains(texts[0].Text, texts[0].Code) ||
		len(texts[0].Code) != 7 {
		t.Fatalf("outbox: %+v", texts)
	}
	code := texts[0].Code
	m.expect(m.get(verifyPath(code, 1000)+"?force=true"), 401, "60020")
	m.expect(m.get(verifyPath(code, 1000)+"?force=true&action=pay"), 401, "60020")
	m.expect(m.get(verifyPath(code, 1000)+"?force=true&action=login"), 200,
		`"device":{"id":null,"os_type":"sms","registration_date":null,"registration_method":null,`+
			`"registration_country":null,"registration_region":null,"registration_city":null,"country":null,`+
			`"region":null,"city":null,"ip":null,"last_account_recovery_at":null,"last_sync_date":null}}`)
	m.expect(m.get(verifyPath(code, 1000)+"?force=true&action=login"), 401, "60019")
	m.expect(m.get("/protected/json/sms/1000?action="), 400, "Invalid parameter: action - ")
	m.expect(m.get("/protected/json/sms/1000?action="+strings.Repeat("x", 256)), 400, "60004")
}

func TestStatusWithJSONOnGET(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	m.expect(m.do(request{path: "/protected/json/users/1000/status", contentType: "application/json",
		body: `{"user_ip":"192.0.2.1"}`}), 200, `"authy_id":1000`)
}

func TestHundredsOfUsersAtOnce(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	ids := make(chan int64, 100)
	for i := range 100 {
		go func() {
			got, err := m.try(request{method: "POST", path: "/protected/json/users/new",
				body: fmt.Sprintf("user[email]=u%d@x.test&user[cellphone]=202555%04d&user[country_code]=1", i/2, i/2)})
			var id int64
			if err == nil {
				_, _ = fmt.Sscanf(got.body, `{"message":"User created successfully.","user":{"id":%d}`, &id)
			}
			ids <- id
		}()
	}
	distinct := map[int64]int{}
	for range 100 {
		distinct[<-ids]++
	}
	if len(distinct) != 50 || distinct[0] != 0 {
		t.Fatalf("got %d ids for 50 phones: %v", len(distinct), distinct)
	}
	if _, total := m.App.Users("", 0, 1); total != 50 {
		t.Errorf("%d users, want 50", total)
	}
}
