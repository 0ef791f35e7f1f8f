package document_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"sftpgo-authy/mockauthy/internal/document"
	"sftpgo-authy/mockauthy/mockapi"
)

// box has a field of each kind that documents hold.
type box struct {
	Cellphone string   `json:"cellphone"`
	Text      string   `json:"text"`
	Number    int      `json:"number"`
	Chance    float64  `json:"chance"`
	Yes       bool     `json:"yes"`
	List      []string `json:"list"`
	Inner     *box     `json:"inner"`
}

func TestYAML(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		text string
		want box
	}{
		"JSON": {`{"text":"a","number":1}`, box{Text: "a", Number: 1}},
		"YAML": {"text: a\nnumber: 1\nyes: true\nlist: [a, b]\ninner:\n  chance: 0.5\n",
			box{Text: "a", Number: 1, Yes: true, List: []string{"a", "b"}, Inner: &box{Chance: 0.5}}},
		"nothing":                   {"# only a comment", box{}},
		"a phone without quotes":    {"cellphone: 0555123", box{Cellphone: "0555123"}},
		"a date is text":            {"text: 2024-05-01T10:00:00Z", box{Text: "2024-05-01T10:00:00Z"}},
		"text in quotes stays text": {`text: "12"`, box{Text: "12"}},
		"an anchor":                 {"text: &x a\ninner: {text: *x}", box{Text: "a", Inner: &box{Text: "a"}}},
		"null leaves the field":     {"text: null\nnumber: ~", box{}},
		"a control character":       {"text: \"\\x01\\u2028\"", box{Text: "\x01\u2028"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got box
			if err := document.YAML([]byte(row.text), &got); err != nil || !reflect.DeepEqual(got, row.want) {
				t.Errorf("got %+v and %v, want %+v", got, err, row.want)
			}
		})
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	bomb := "text: a\na: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'j'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+",", 20) + "]\n"
	}
	for name, row := range map[string]struct{ text, field string }{
		"an unknown field":        {"colour: red", "colour"},
		"a number for a text":     {"text: 1", "text"},
		"a text for a number":     {"number: a", "number"},
		"a fraction for a number": {"number: 1.5", "number"},
		"a text for yes":          {"yes: perhaps", "yes"},
		"a name twice in JSON":    {`{"number":1,"number":2}`, "number"},
		"a name twice below":      {`{"inner":{"list":["a"],"list":[]}}`, "inner.list"},
		"another spelling":        {`{"Number":1}`, "Number"},
		"not UTF-8":               {"{\"text\":\"\xff\"}", ""},
		"an inner field":          {"inner: {list: a}", "inner.list"},
		"a key twice":             {"text: a\ntext: b", ""},
		"two documents":           {"text: a\n---\ntext: b", ""},
		"a loop":                  {"inner: &a {inner: *a}", ""},
		"a bomb":                  {bomb, ""},
		"no YAML":                 {"text: [", ""},
		"a list":                  {"[]", ""},
		"something after JSON":    {`{"text":"a"} x`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := document.YAML([]byte(row.text), &box{})
			var refusal *mockapi.Error
			if !errors.As(err, &refusal) || row.field != "" && refusal.Field != row.field {
				t.Errorf("got %v, want a refusal about %q", err, row.field)
			}
		})
	}
}

// TestWhatIsWanted: the words say what to write instead.
func TestWhatIsWanted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"advance":90}`:        `advance: a number does not fit here, want a string, in quotes`,
		`{"skew":true}`:         `skew: a bool does not fit here, want a string, in quotes`,
		`{"freeze":"yes"}`:      `freeze: a string does not fit here, want true or false`,
		`{"advance":["90s"]}`:   `advance: an array does not fit here, want a string, in quotes`,
		`{"set":"yesterday"}`:   `set: "yesterday" is no time, want a time such as "2030-02-28T23:59:50Z"`,
		`{"set":5}`:             `set: what is there is no time, want a time such as "2030-02-28T23:59:50Z"`,
		`[]`:                    `an array does not fit here, want an object`,
		`{"sett":"x"}`:          `sett: there is no such field, want one of reset, freeze, set, skew, advance`,
		`{"sett":"x","sett":1}`: `sett: there is no such field, want one of reset, freeze, set, skew, advance`,
		`{"set":null,"set":1}`:  `set: is given twice, want each name once`,
	} {
		if err := document.JSON([]byte(text), &mockapi.ClockChange{}); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// TestMisfitsAreFound: a long document says where, and of whom.
func TestMisfitsAreFound(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"users: [{name: ann, cellphone: 1}, {name: bob, cellfone: 2}]": `users[1].cellfone: there is ` +
			`no such field (bob), want one of id, name, `,
		"users: [{email: bob@x.test, cellphone: 1, confirmed: perhaps}]": `users[0].confirmed: a string does not ` +
			`fit here (bob@x.test), want true or false`,
		"users: [{id: 77, country_code: abc, cellphone: '1'}]": `users[0].country_code: country_code ` +
			`"abc" is no country calling code`,
		"users: [{cellphone: '2015550123', history: {sent: [{codes: 1}]}}]": `users[0].history.sent[0].codes: there ` +
			`is no such field, want one of channel, code, `,
		"settings: {totp: {app: {digit: 7}}}": `settings.totp.app.digit: ` +
			`there is no such field, want one of digits, period, past, future`,
		"settings: {sms: false}": `settings.sms: there is no ` +
			`such field, want one of app_id, app_name, `,
		"settings: {delete_grace: 5}": `settings.delete_grace: a ` +
			`number does not fit here, want a string, in quotes`,
		"settings: {delete_grace: x}": `settings.delete_grace: duration "x": want a number and a unit`,
		"user: []":                    `user: there is no such field, want one of settings, users, seed, `,
		"faults: [{match: {endpoint: verify}, effect: {kind: status, status: many}}]": `faults[0].effect.status: a ` +
			`string does not fit here, want a whole number`,
		"users: {name: ann}": `users: an object does not ` +
			`fit here, want a list`,
	} {
		if err := document.YAML([]byte(text), &mockapi.State{}); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
}

func FuzzYAML(f *testing.F) {
	f.Add([]byte("text: a\ninner: &a {list: [x, y]}\n"))
	f.Add([]byte("inner: &a {inner: *a}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := document.YAML(data, &box{}); err != nil && err.Error() == "" {
			t.Fatal("an error without words")
		}
	})
}
