//go:build !unix

package harden

// Process does nothing: this system offers nothing of the kind.
func Process() error { return nil }
