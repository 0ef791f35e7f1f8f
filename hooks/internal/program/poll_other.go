//go:build !unix

package program

import (
	"os"
	"time"
)

// poll cannot look ahead here: a read waits, and SFTPGo's command timeout is the deadline.
func poll(_ *os.File, timeout time.Duration) (ready, closed bool) { return timeout > 0, false }
