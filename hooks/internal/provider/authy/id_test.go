package authy

import "testing"

func TestID(t *testing.T) {
	t.Parallel()
	for in, good := range map[string]bool{
		"1": true, "1000": true, "4294967295": true,
		"": false, "0": false, "007": false, "-1": false, "+1": false, " 1": false, "12345678901": false, "1/2": false,
		"１": false, "1e3": false,
	} {
		if _, err := ParseID(in); (err == nil) != good {
			t.Errorf("ParseID(%q): error %v, want none: %v", in, err, good)
		}
	}
}
