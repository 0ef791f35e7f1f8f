package tunnel

import (
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"http://proxy":                      "http://proxy:80",
		"https://proxy":                     "https://proxy:443",
		"http://proxy:3128/":                "http://proxy:3128",
		"http://[::1]:3128":                 "http://[::1]:3128",
		"http://u:the-password@proxy:3128":  "http://proxy:3128",
		"http://the-password@proxy":         "http://proxy:80",
		"http://u:the%2Fpassword@192.0.2.1": "http://192.0.2.1:80",
	} {
		p, err := Parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if shown := fmt.Sprintf("%v %+v %#v %s", p, p, p, p); p.String() != want || strings.Contains(shown, "the") {
			t.Errorf("%s: got %s, shown as %s, want %s", in, p, shown, want)
		}
	}
	for _, in := range []string{
		"", "proxy", "proxy:3128", "socks5://u:the-password@proxy", "http://", "http://u:the-password@", "http:proxy",
		"http://u:the-password@proxy/path", "http://u:the-password@proxy?q", "http://u:the-password@proxy#f",
		"http://u:the-password@%zz",
		"http://u:the-password@proxy:65536", "http://u:the-password@proxy:0",
	} {
		if p, err := Parse(in); err == nil || strings.Contains(err.Error(), "the-password") {
			t.Errorf("%q: got %v, %v, want an error without the password", in, p, err)
		}
	}
}
