package totp

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/provider"
)

// BenchmarkLogin is a login in hookd, which has read the file before, and in a program, which has
// not, with few secrets and with many, each sealed.
func BenchmarkLogin(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		keys, err := ParseKeys(someKey(1))
		if err != nil {
			b.Fatal(err)
		}
		var text strings.Builder
		for i := range n {
			name := fmt.Sprintf("user%06d", i)
			sealed, err := keys.Seal(rand.Reader, name, "otpauth://totp/SFTPGo:"+name+"?issuer=SFTPGo&secret="+good)
			if err != nil {
				b.Fatal(err)
			}
			fmt.Fprintf(&text, "%s: %s\n", name, sealed)
		}
		for _, indexed := range []bool{true, false} {
			b.Run(fmt.Sprintf("secrets=%d/hookd=%v", n, indexed), func(b *testing.B) {
				w := newWorld(b, text.String(), someKey(1), func(o *Options) { o.Indexed = indexed })
				// the file is older than the moment in which it is read again
				w.now.Store(time.Now().Add(time.Hour).Unix())
				person, wrong := w.person(fmt.Sprintf("user%06d", n-1)), w.parse("000000")
				for b.Loop() {
					p := w.Provider
					if !indexed {
						o := w.o
						if p, err = New(o); err != nil {
							b.Fatal(err)
						}
					}
					if got := p.Verify(b.Context(), person, wrong).Result; got != provider.Wrong &&
						got != provider.Limited {
						b.Fatal(got)
					}
				}
			})
		}
	}
}
