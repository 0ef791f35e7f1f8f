package verifyapi

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"sftpgo-authy/mockauthy/internal/verify"
)

// form reads typed parameters of a call; the first one that cannot be is kept in err.
type form struct {
	c    *call
	code int // 60200 or, for entities, factors and challenges, 60300
	err  error
}

func (f *form) fail(name, format string, args ...any) {
	if f.err == nil {
		f.err = verify.Invalid(f.code, name, format, args...)
	}
}

// given says whether a parameter was sent with a value.
func (f *form) given(name string) bool { return f.c.form.Get(name) != "" }

// text changes a text, where the parameter is given at all.
func (f *form) text(name string, into *string) {
	if f.c.form.Has(name) {
		*into = f.c.form.Get(name)
	}
}

func (f *form) number(name string, into *int) {
	if !f.given(name) {
		return
	}
	n, err := strconv.Atoi(f.c.form.Get(name))
	if err != nil {
		f.fail(name, "it is no number")
		return
	}
	*into = n
}

func (f *form) truth(name string, into *bool) {
	if !f.given(name) {
		return
	}
	b, err := strconv.ParseBool(f.c.form.Get(name))
	if err != nil {
		f.fail(name, "want true or false")
		return
	}
	*into = b
}

// choice refuses every value but these.
func (f *form) choice(name string, values ...string) {
	if !slices.Contains(values, f.c.form.Get(name)) {
		f.fail(name, "want one of %s", strings.Join(values, ", "))
	}
}

func (f *form) time(name string) (t time.Time) {
	if !f.given(name) {
		return t
	}
	t, err := time.Parse(time.RFC3339, f.c.form.Get(name))
	if err != nil {
		f.fail(name, "want a date such as 2026-11-26T20:55:00Z")
	}
	return t
}

// object reads a JSON object of texts, at most 1024 characters long, and returns its compact form.
func (f *form) object(name string) string {
	if !f.given(name) {
		return ""
	}
	text := f.c.form.Get(name)
	values := map[string]string{}
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		f.fail(name, "want a JSON object whose values are texts")
		return ""
	}
	if len([]rune(text)) > 1024 {
		f.fail(name, "more than 1024 characters")
		return ""
	}
	var b bytes.Buffer
	if json.Compact(&b, []byte(text)) != nil || values == nil {
		return ""
	}
	return b.String()
}
