//go:build !lasting

package verify

// keep remembers nothing.
func keep(string, string) error { return nil }
