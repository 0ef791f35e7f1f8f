package api_test

import (
	"testing"

	"sftpgo-authy/mockauthy/internal/authy"
)

func TestStrictModeNamesWhatIsCareless(t *testing.T) {
	t.Parallel()
	m := newMock(t)
	m.ann()
	good := verifyPath("1234567", 1000) + "?force=true"
	for name, c := range map[string]struct {
		request request
		status  int
		part    string
	}{
		"careful":                    {request{path: good}, 401, "60020"},
		"key in the query":           {request{path: good + "&api_key=" + key, noKey: true}, 400, "strict mode: the API key is a parameter"},
		"nobody":                     {request{path: good, header: map[string]string{"User-Agent": ""}}, 400, "no User-Agent"},
		"body on a GET":              {request{path: good, body: "x=1"}, 400, "body on a GET"},
		"two slashes":                {request{path: "/" + good}, 400, "two slashes"},
		"no force":                   {request{path: verifyPath("1234567", 1000)}, 400, "without force=true"},
		"a token with letters":       {request{path: verifyPath("12345x7", 1000) + "?force=true"}, 400, "not made of 6 to 12 digits"},
		"a token that brought its ?": {request{path: "/protected/json/verify/1234567/1000?/2000&force=true"}, 400, "question mark"},
		"details have any name":      {request{method: "POST", path: "/onetouch/json/users/1000/approval_requests", body: "message=x&details[a]=b"}, 200, "uuid"},
		"nonsense for SMS":           {request{path: "/protected/json/sms/1000?speed=9"}, 400, "a parameter that this call does not have"},
	} {
		m.set(func(s *authy.Settings) { s.Strict = false })
		if got := m.do(c.request); got.status == 400 {
			t.Errorf("%s: %s, though not strict", name, got.body)
		}
		m.set(func(s *authy.Settings) { s.Strict = true })
		got := m.do(c.request)
		m.expect(got, c.status, c.part)
	}
	if got := m.raw("HEAD", good); got.status != 400 {
		t.Errorf("HEAD: %d, want 400", got.status)
	}
}
