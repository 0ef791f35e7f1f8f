package store

import "testing"

func TestParseKey(t *testing.T) {
	t.Parallel()
	for kind := range Kinds {
		want := Key{kind, [16]byte{0: 1, 15: 0xfe}}
		if got, err := ParseKey(want.String()); got != want || err != nil {
			t.Errorf("%s: got %s, %v", want, got, err)
		}
	}
	const digest = "010000000000000000000000000000fe"
	for _, text := range []string{
		"", "code", "code:", "code:01", "code:" + digest + "00", "code:01000000000000000000000000000FE0",
		"nothing:" + digest,
		"code:x10000000000000000000000000000fe", "code: " + digest, ":" + digest,
	} {
		if got, err := ParseKey(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}
