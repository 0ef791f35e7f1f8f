package authy

import (
	"testing"
	"time"
)

// vectorSecret is the secret of the vectors: the ASCII text 12345678901234567890 of RFC 6238.
const vectorSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// Secret and most times are those of RFC 6238, appendix B; codes of 6 digits at 59 and after are
// its own, cut to length.
func TestCodesAreThoseOfTheVectors(t *testing.T) {
	t.Parallel()
	s := DefaultSettings()
	for _, v := range []struct {
		unix         int64
		app, generic string
	}{
		{59, "8254676", "287082"},
		{1111111109, "2476215", "081804"},
		{1111111111, "7544934", "050471"},
		{1234567890, "1398914", "005924"},
		{1700000000, "1139900", "921300"},
		{1700000150, "0391515", ""},
		{1700000490, "", "047164"},
		{2000000000, "6231360", "279037"},
	} {
		at := time.Unix(v.unix, 0)
		for f, want := range map[Family]string{AppFamily: v.app, GenericFamily: v.generic} {
			w := s.window(f)
			if got := w.Code(vectorSecret, w.Step(at)); want != "" && got != want {
				t.Errorf("%s code at %d: got %s, want %s", f, v.unix, got, want)
			}
		}
	}
}
