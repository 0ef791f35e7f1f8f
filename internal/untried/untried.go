// Package untried is for tests that need something of the machine: a program, the right to use it,
// or a network. Without it they are skipped, and a run that wants everything tried (CI_STRICT=1)
// fails.
package untried

import (
	"os"
	"os/exec"
	"testing"
)

// Strict says whether whatever cannot be tried is a failure.
func Strict() bool { return os.Getenv("CI_STRICT") == "1" }

// Skip ends the test as skipped, with the reason; where CI_STRICT is 1 it ends it as failed. It is
// for what the machine lacks. A test that is skipped on purpose (-short, a target that was not
// chosen) calls t.Skip, and says so in a comment.
func Skip(t testing.TB, format string, args ...any) {
	t.Helper()
	if Strict() {
		t.Fatalf("not tried, and CI_STRICT=1 wants everything tried: "+format, args...)
		return
	}
	t.Skipf(format, args...)
}

// Program returns the path of the first of the programs that is on PATH. Where there is none it
// calls [Skip], naming the Debian package that has it.
func Program(t testing.TB, debian string, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	Skip(t, "none of %q is on PATH (Debian: apt-get install %s)", names, debian)
	return ""
}
