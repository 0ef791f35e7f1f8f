package totp_test

import (
	"testing"

	"sftpgo-authy/mockauthy/internal/totp"
)

const vector = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func TestParseSecret(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		vector: vector,
		"gezd gnbv gy3t qojq-gezdgnbvgy3tqojq====": vector,
		"":                       "",
		"GEZDGNBV":               "",
		"GEZDGNBVGY3TQOJ1GEZDGN": "",
	} {
		got, err := totp.ParseSecret(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseSecret(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
}
