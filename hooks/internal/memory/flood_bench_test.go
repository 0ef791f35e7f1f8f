package memory

import (
	"strconv"
	"testing"

	"sftpgo-authy/hooks/internal/gate"
)

// BenchmarkALogin is what the memory of failures costs a login of somebody else, while nobody
// attacks and when half a million networks have failed.
func BenchmarkALogin(b *testing.B) {
	for _, networks := range []int{0, 500_000} {
		b.Run(strconv.Itoa(networks)+" networks failed", func(b *testing.B) {
			s := crowd()
			for n := range networks {
				fail(b, s, "user"+strconv.Itoa(n), networkNumber(n))
			}
			b.ResetTimer()
			for n := range b.N {
				try(b, s, "ann"+strconv.Itoa(n%1000), "192.0.2.1",
					gate.Outcome{Result: gate.Accepted, Reason: gate.CodeRight})
			}
		})
	}
}
