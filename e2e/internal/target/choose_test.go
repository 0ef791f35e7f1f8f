package target

import (
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	targets := []Target{NewBinary("/no/such/sftpgo", Programs{}), NewEmbedded(Programs{})}
	for _, row := range []struct{ name, want, problem string }{
		{"", "embedded", ""},
		{"embedded", "embedded", ""},
		{"binary", "", "/no/such/sftpgo"},
		{"moon", "", `"moon" is unknown, want one of binary, embedded`},
	} {
		got, err := Choose(t.Context(), row.name, targets...)
		switch {
		case row.problem == "" && (err != nil || got.Name() != row.want):
			t.Errorf("%q: got %v, %v, want %s", row.name, got, err, row.want)
		case row.problem != "" && (err == nil || !strings.Contains(err.Error(), row.problem)):
			t.Errorf("%q: got the error %v, want %s in it", row.name, err, row.problem)
		}
	}
}
