package otp

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestCode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in           string
		exact, typed bool
	}{
		"seven digits":             {"1234567", true, true},
		"six digits":               {"123456", true, true},
		"ten digits":               {"1234567890", true, true},
		"leading zeros":            {"0000001", true, true},
		"blank between digits":     {"123 4567", false, true},
		"dash between digits":      {"123-4567", false, true},
		"empty":                    {"", false, false},
		"five digits":              {"12345", false, false},
		"eleven digits":            {"12345678901", false, false},
		"five digits and blanks":   {"1 2 3 4 5", false, false},
		"blank in front":           {" 1234567", false, true},
		"blank behind":             {"1234567 ", false, true},
		"dash in front":            {"-1234567", false, false},
		"plus":                     {"+1234567", false, false},
		"exponent":                 {"1234e567", false, false},
		"newline":                  {"1234567\n", false, true},
		"line end of Windows":      {"1234567\r\n", false, true},
		"newline in front":         {"\n1234567", false, true},
		"tabs around":              {"\t1234567\t", false, true},
		"no-break spaces around":   {"\u00a0123 4567\u00a0", false, true},
		"marks without a width":    {"\ufeff\u202a1234567\u202c", false, true},
		"ten thousand blanks":      {strings.Repeat(" ", 10_000) + "1234567", false, true},
		"blanks alone":             {" \t\r\n", false, false},
		"a dash behind a blank":    {"1234567 -", false, false},
		"newline and OK":           {"1234567\nOK", false, false},
		"newline between digits":   {"123\n4567", false, false},
		"tab between digits":       {"123\t4567", false, false},
		"no-break space":           {"123\u00a04567", false, false},
		"full-width digits":        {"１２３４５６７", false, false},
		"arabic digits":            {"١٢٣٤٥٦٧", false, false},
		"other path":               {"../sms", false, false},
		"other path, escaped":      {"..%2fsms", false, false},
		"other path, more escaped": {"%2e%2e/sms", false, false},
		"somebody else's id":       {"1234567/999", false, false},
		"with fragment":            {"1234567/999#", false, false},
		"with query":               {"1234567/999?x=", false, false},
		"force":                    {"1234567?force=true", false, false},
		"nul":                      {"1234567\x00", false, false},
		"escape sequence":          {"\x1b[2J1234567", false, false},
		"word":                     {"sms", false, false},
		"ten thousand digits":      {strings.Repeat("1", 10_000), false, false},
		"as long as can be typed":  {"123" + strings.Repeat("-", 25) + "4567", false, true},
		"one dash more":            {"123" + strings.Repeat("-", 26) + "4567", false, false},
		"ten thousand dashes":      {"123" + strings.Repeat("-", 10_000) + "4567", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := ParseCode(c.in); (err == nil) != c.exact {
				t.Errorf("ParseCode: error %v, want none: %v", err, c.exact)
			}
			if _, err := ParseTypedCode(c.in); (err == nil) != c.typed {
				t.Errorf("ParseTypedCode: error %v, want none: %v", err, c.typed)
			}
		})
	}
}

func TestCodeNeverPrints(t *testing.T) {
	t.Parallel()
	code, err := ParseCode("1234567")
	if err != nil {
		t.Fatal(err)
	}
	holder := struct{ C Code }{code}
	asJSON, _ := json.Marshal(holder)
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "code", code, "holder", holder)
	for _, text := range []string{
		fmt.Sprint(code), fmt.Sprintf("%s %v %+v %#v %q %x %d", code, code, code, code, code, code, code),
		fmt.Sprintf("%v %+v", holder, holder), string(asJSON), log.String(),
	} {
		if strings.Contains(text, "1234567") || strings.Contains(text, "31323334") {
			t.Errorf("shows the code: %s", text)
		}
	}
}

// FuzzCode holds the promise of the type: whatever goes in, nothing but 6 to 10 ASCII digits comes
// out.
func FuzzCode(f *testing.F) {
	for _, seed := range []string{"1234567", "123 4567", "1234567/999#", "../sms", "１２３４５６７", "1234567\nOK"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for _, parse := range []func(string) (Code, error){ParseCode, ParseTypedCode} {
			code, err := parse(typed)
			if err != nil {
				if code != (Code{}) {
					t.Fatalf("%q: an error and a code", typed)
				}
				continue
			}
			if n := len(code.digits); n < 6 || n > 10 || strings.Trim(code.digits, "0123456789") != "" {
				t.Fatalf("%q gave the code %q", typed, code.digits)
			}
		}
	})
}
