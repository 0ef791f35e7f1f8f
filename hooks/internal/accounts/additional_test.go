package accounts

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy"
)

func id(t *testing.T, digits string) authy.ID {
	t.Helper()
	got, err := authy.ParseID(digits)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// people returns the parser of persons that sources have where Authy is the only provider.
func people() provider.Set {
	client, err := authy.New(authy.Options{})
	if err != nil {
		panic(err)
	}
	set, err := provider.NewSet(authy.Name, client)
	if err != nil {
		panic(err)
	}
	return set
}

// said takes apart what a source said: the person's name at Authy, "" for nobody.
func said(found gate.Found, err error) (string, bool, error) {
	return idOf(found.Person), found.Mapped, err
}

func idOf(p provider.Person) string {
	if p == nil {
		return ""
	}
	return p.String()
}

func TestWhatAdditionalInfoSays(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		bare       bool
		want       string // "" is not here, "error" is an error
	}{
		{"JSON with a number", `{"authy_id":12345}`, false, "12345"},
		{"JSON with text", ` {"authy_id": "12345", "team": "ops"} `, false, "12345"},
		{"nothing", "", true, ""},
		{"a note", "works on Tuesdays", true, ""},
		{"a note in braces", "{VIP} customer", false, ""},
		{"JSON about something else", `{"team":"ops"}`, false, ""},
		{"JSON that is no object", `["authy"]`, false, ""},
		{"an id that is null", `{"authy_id":null}`, false, ""},
		{"a bare number, not configured", "12345", false, ""},
		{"a bare number, configured", " 12345\n", true, "12345"},
		{"a bare number with a leading zero", "012345", true, ""},
		{"full-width digits", "１２３４５", true, ""},
		{"a number with a sign", "+12345", true, ""},
		{"two ids", `{"authy_id":1,"authy_id":2}`, false, "error"},
		{"broken JSON that speaks of the id", `{"authy_id": 12345,}`, false, "error"},
		{"the id in no JSON", `authy_id=12345`, false, "error"},
		{"a name in other letters", `{"Authy_ID":12345}`, false, "error"},
		{"an id with other characters", `{"authy_id":"12345/sms"}`, false, "error"},
		{"an empty id", `{"authy_id":""}`, false, "error"},
		{"a fraction", `{"authy_id":1.5}`, false, "error"},
		{"an exponent", `{"authy_id":1e5}`, false, "error"},
		{"a list", `{"authy_id":[1]}`, false, "error"},
		{"an id with a provider", `{"authy_id":"authy/1"}`, false, "error"},
		{"a reference", `{"second_factor":"authy/12345","team":"ops"}`, false, "12345"},
		{"a bare reference", `{"second_factor":"12345"}`, false, "12345"},
		{"a reference that is null", `{"second_factor":null,"authy_id":12345}`, false, "12345"},
		{"a reference of nobody here", `{"second_factor":"verify/ann/YF1"}`, true, "error"},
		{"a reference and an id", `{"second_factor":"12345","authy_id":12345}`, false, "error"},
		{"an empty reference", `{"second_factor":""}`, false, "error"},
		{"a reference in other letters", `{"SECOND_FACTOR":"12345"}`, false, "error"},
		{"a reference in no JSON", `Second_Factor: authy/1`, false, "error"},
		{"a reference with an escape", `{"second_factor":"authy\u002f12345"}`, false, "error"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParseAdditional(row.text, people(), "ann", row.bare)
			switch {
			case row.want == "error":
				if err == nil || got != nil {
					t.Errorf("got %v; want an error", got)
				}
			case err != nil, idOf(got) != row.want:
				t.Errorf("got %v, %v; want %q", got, err, row.want)
			}
		})
	}
}

// users is SFTPGo as a test wants it.
type users struct {
	info  map[string]string
	err   error
	asked int
}

func (u *users) AdditionalInfo(_ context.Context, name string) (string, error) {
	u.asked++
	return u.info[name], u.err
}

func TestTheSentAccountCountsAndOthersAreFetched(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	api := &users{info: map[string]string{"ann": `{"authy_id":2}`}}
	source := Additional{People: people(), Users: api}

	sent := gate.Account{Name: "ann", User: json.RawMessage(`{"username":"ann","additional_info":"{\"authy_id\":1}"}`)}
	if got, found, err := said(source.Lookup(ctx, sent)); err != nil || !found || got != "1" || api.asked != 0 {
		t.Errorf("the account that sftpgo sent: %v %v %v, asked %d times", got, found, err, api.asked)
	}
	if got, found, err := said(source.Lookup(ctx, gate.Account{Name: "ann"})); err != nil || !found || got != "2" {
		t.Errorf("fetched: %v %v %v", got, found, err)
	}
	if _, found, err := said(source.Lookup(ctx, gate.Account{Name: "bob"})); err != nil || found {
		t.Errorf("an account without: %v %v", found, err)
	}
	api.err = errors.New("down")
	if _, found, err := said(source.Lookup(ctx, gate.Account{Name: "ann"})); err == nil || found {
		t.Error("a server that is down is no answer")
	}
	if _, found, err := said((Additional{}).Lookup(ctx, gate.Account{Name: "ann"})); err == nil || found {
		t.Error("without an account and without a server there is no answer")
	}
	if _, found, err := said(source.Lookup(ctx,
		gate.Account{Name: "ann", User: json.RawMessage(`{"additional_info":7}`)})); err == nil || found {
		t.Error("an account that cannot be read is no answer")
	}
}

func TestChainAsksInOrderAndStopsAtSilence(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	one := Additional{People: people(), Users: &users{info: map[string]string{"ann": `{"authy_id":1}`}}}
	two := Additional{People: people(),
		Users: &users{info: map[string]string{"ann": `{"authy_id":2}`, "bob": `{"authy_id":3}`}}}
	down := Additional{People: people(), Users: &users{err: errors.New("down")}}
	for _, row := range []struct {
		name  string
		chain Chain
		who   string
		want  string
		fails bool
	}{
		{"the first that knows counts", Chain{one, two}, "ann", "1", false},
		{"the second is asked", Chain{one, two}, "bob", "3", false},
		{"all say no", Chain{one, two}, "eve", "", false},
		{"silence before a yes", Chain{down, two}, "bob", "", true},
		{"silence after a no", Chain{one, down}, "bob", "", true},
		{"a yes before silence", Chain{one, down}, "ann", "1", false},
	} {
		got, found, err := said(row.chain.Lookup(ctx, gate.Account{Name: row.who}))
		if (err != nil) != row.fails || found != (row.want != "") || got != row.want {
			t.Errorf("%s: %v %v %v", row.name, got, found, err)
		}
	}
}

func TestIDsGoInAndOutOfJSONAndNothingElseIsLost(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ before, with, without string }{
		{"", `{"authy_id":77}`, ""},
		{`{}`, `{"authy_id":77}`, ""},
		{`{"team":"ops","n":12345678901234567890}`, `{"authy_id":77,"n":12345678901234567890,"team":"ops"}`,
			`{"n":12345678901234567890,"team":"ops"}`},
		{`{"authy_id":null}`, `{"authy_id":77}`, ""},
	} {
		with, err := WithReference(row.before, "authy/77")
		if err != nil || with != row.with {
			t.Errorf("with: %q, %v; want %q", with, err, row.with)
		}
		if without, err := WithoutReference(with); err != nil || without != row.without {
			t.Errorf("without: %q, %v; want %q", without, err, row.without)
		}
	}
	for _, refused := range []string{"a note", `{"authy_id":5}`, `[1]`, `{"a":1,"a":2}`} {
		if got, err := WithReference(refused, "authy/77"); err == nil {
			t.Errorf("%q was overwritten with %q", refused, got)
		}
	}
	if _, err := WithoutReference("a note"); err == nil {
		t.Error("a note was changed")
	}
}

// TestReferencesGoIntoJSON: as the field that they belong to, and only where there is none.
func TestReferencesGoIntoJSON(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ before, reference, with string }{
		{"", "totp", `{"second_factor":"totp"}`},
		{`{"team":"ops"}`, "verify/a\"b/YF1", `{"second_factor":"verify/a\"b/YF1","team":"ops"}`},
		{`{"authy_id":null}`, "totp", `{"authy_id":null,"second_factor":"totp"}`},
		{`{"authy_id":1}`, "totp", ""},
		{`{"second_factor":"totp"}`, "authy/77", ""},
	} {
		with, err := WithReference(row.before, row.reference)
		if with != row.with || (err == nil) != (row.with != "") {
			t.Errorf("%s with %s: %q, %v; want %q", row.before, row.reference, with, err, row.with)
		}
		if row.with == "" {
			continue
		}
		without, err := WithoutReference(row.with)
		if err != nil || strings.Contains(without, "totp") || strings.Contains(without, "YF1") {
			t.Errorf("%s without: %q, %v", row.with, without, err)
		}
	}
}

func FuzzAdditionalInfo(f *testing.F) {
	for _, text := range []string{"", "1", `{"authy_id":1}`, `{"authy_id":"１"}`, "{", `{"authy_id":1}x`} {
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, bare bool) {
		got, err := ParseAdditional(text, people(), "ann", bare)
		if got != nil && err != nil {
			t.Errorf("%q: %v %v", text, got, err)
		}
		if with, err := WithReference(text, "authy/77"); err == nil {
			if again, err := ParseAdditional(with, people(), "ann", false); err != nil || idOf(again) != "77" {
				t.Errorf("%q became %q, which says %v, %v", text, with, again, err)
			}
		}
	})
}
