package control

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/authy"
	"sftpgo-authy/mockauthy/internal/clock"
	"sftpgo-authy/mockauthy/internal/verify"
	"sftpgo-authy/mockauthy/internal/world"
	"sftpgo-authy/mockauthy/mockapi"
)

// fill gives every field of a value something of its own, so that a field which a conversion
// forgets, or takes for another one, is seen.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(int64(*n), 0).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Map:
		v.Set(reflect.ValueOf(map[string]string{"name": fmt.Sprint("text ", *n)}))
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(float64(*n))
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n))
	default:
		v.SetInt(int64(*n))
	}
}

func filled[T any]() (v T) {
	n := 0
	fill(reflect.ValueOf(&v).Elem(), &n)
	return v
}

// TestNothingIsLostBetweenEngineAndShape: a whole state there and back is what it was, and what is
// only shown has every field.
func TestNothingIsLostBetweenEngineAndShape(t *testing.T) {
	t.Parallel()
	want := filled[mockapi.State]()
	if got := StateOf(WorldState(want)); !reflect.DeepEqual(got, want) {
		t.Errorf("state:\n got %+v\nwant %+v", got, want)
	}
	sameFields(t, filled[authy.User](), userOf(filled[authy.User]()))
	sameFields(t, filled[mockapi.UserPatch](), userPatch(filled[mockapi.UserPatch]()))
	settings := world.NewState()
	both := world.Settings{App: settings.App.Settings, Verify: settings.Verify.Settings}
	if got := WorldSettings(SettingsOf(both)); got != both {
		t.Errorf("settings: got %+v", got)
	}
}

// sameFields says whether two structs of different types print the same.
func sameFields(t *testing.T, one, two any) {
	t.Helper()
	print := func(v any) string {
		var b strings.Builder
		for i, v := 0, reflect.ValueOf(v); i < v.NumField(); i++ {
			f := v.Field(i)
			if f.Kind() == reflect.Pointer {
				f = f.Elem()
			}
			fmt.Fprintf(&b, "%s:%v ", v.Type().Field(i).Name, f)
		}
		return b.String()
	}
	if a, b := print(one), print(two); a != b {
		t.Errorf("%T and %T:\n%s\n%s", one, two, a, b)
	}
}

// TestWhatAnErrorIsAnswered: the text of an error that nobody expected may tell what is nobody's
// business.
func TestWhatAnErrorIsAnswered(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		err    error
		status int
		text   string
	}{
		{errors.New("open /etc/secret: no"), 500, "internal error"},
		{fmt.Errorf("user 5: %w", authy.ErrNoUser), 404, "user 5: there is no such user"},
		{fmt.Errorf("user 5: %w", authy.ErrNoDevice), 409, "user 5: the user has no app device"},
		{fmt.Errorf("user x: %w", authy.ErrSeveral), 409, "means several users"},
		{&authy.FieldProblem{Field: "name", Err: authy.ErrTaken}, 409, `"field":"name"`},
		{authy.Settings{}.Validate(), 400, "setting app_name"},
		{verify.Settings{}.Validate(), 400, "setting verify.wrong_code"},
		{&verify.Problem{Field: "verify.services[0].sid", Err: errors.New("odd")}, 400,
			`"field":"verify.services[0].sid"`},
		{errors.Join(clock.ErrRange, nil), 400, "1970 to 2199"},
		{&mockapi.Error{Message: "m"}, 400, `"error":"m"`},
	} {
		rec := httptest.NewRecorder()
		(&Handler{}).writeError(rec, row.err)
		if body := rec.Body.String(); rec.Code != row.status || !strings.Contains(body, row.text) ||
			row.status == http.StatusInternalServerError && strings.Contains(body, "secret") {
			t.Errorf("%v: got %d %s, want %d and %q", row.err, rec.Code, body, row.status, row.text)
		}
	}
}
