//go:build !unix

package program

import (
	"os"
	"time"
)

// poll cannot look ahead on this system: a read waits, and SFTPGo's command timeout ends it.
func poll(_ *os.File, timeout time.Duration) (ready, closed bool) { return timeout > 0, false }
