package hook

import (
	"context"
	"errors"
	"testing"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// length is what a provider says of how long codes are.
type length struct {
	digits int
	err    error
}

func (l length) CodeLength(context.Context, provider.Person) (int, error) {
	if l.digits < 0 {
		panic("secret1234567")
	}
	return l.digits, l.err
}

// TestCheckpwdCutsByThePersonsCode: where somebody's codes have a length of their own, so much is
// cut off; else what the configuration says.
func TestCheckpwdCutsByThePersonsCode(t *testing.T) {
	t.Parallel()
	cut := func(part string) string { return `{"status":2,"to_verify":"` + part + `"}` }
	for name, c := range map[string]struct {
		lengths   provider.CodeLengths
		missing   bool
		separator string
		typed     string
		want      string
	}{
		"none has a length":     {nil, false, "", "secret12345678", cut("secret1")},
		"eight":                 {length{digits: 8}, false, "", "secret12345678", cut("secret")},
		"six":                   {length{digits: 6}, false, "", "secret12345678", cut("secret12")},
		"left to us":            {length{}, false, "", "secret12345678", cut("secret1")},
		"not known":             {length{8, errors.New("gone")}, false, "", "secret12345678", cut("secret1")},
		"a panic":               {length{digits: -1}, false, "", "secret12345678", cut("secret1")},
		"a separator says more": {length{digits: 8}, false, ",", "secret,1234567", cut("secret")},
		"nobody":                {length{digits: 6}, true, "", "secret12345678", `{"status":0,"to_verify":""}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, _ := login(stub{found: !c.missing, result: provider.Right}, gate.Policy{})
			l.Lengths, l.Settings.Separator = c.lengths, c.separator
			got := l.CheckPassword(t.Context(), sftpgo.CheckPassword{Username: "ann", Password: c.typed})
			if string(got.Body) != c.want+"\n" {
				t.Errorf("got %s, want %s", got.Body, c.want)
			}
		})
	}
}
