package hookhost

import (
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"
)

// TestMain plays a scripted hook when a server under test started this binary as one; otherwise it
// runs the tests.
func TestMain(m *testing.M) {
	if dir := os.Getenv(scriptDirVariable); dir != "" {
		os.Exit(playProgram(dir, filepath.Base(os.Args[0])))
	}
	goleak.VerifyTestMain(m)
}
