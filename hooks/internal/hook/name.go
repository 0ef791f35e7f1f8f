package hook

import (
	"fmt"
	"io"
)

// Name returns a function whose every call returns a fresh name for an attempt, of 16 hexadecimal
// digits from a source of randomness.
func Name(random io.Reader) func() string {
	return func() string {
		var b [8]byte
		_, _ = random.Read(b[:]) // a name that is not unique harms nobody
		return fmt.Sprintf("%x", b)
	}
}
