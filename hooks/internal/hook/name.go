package hook

import "fmt"

// Name returns a function whose every call returns a fresh name for an attempt, of 16 hexadecimal
// digits from a random number that draw returns. A name need only be unique, not secret.
func Name(draw func() uint64) func() string {
	return func() string { return fmt.Sprintf("%016x", draw()) }
}
