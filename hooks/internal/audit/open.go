package audit

import (
	"fmt"
	"io"
	"os"
)

// Destinations of the audit that are not paths.
const (
	Stderr = "stderr"
	Syslog = "syslog"
)

// Destination is where audit lines go. System says that it is the system's log, which takes other lines as well.
type Destination struct {
	io.Writer
	System bool
}

// Open opens a destination: "stderr", "syslog", or the path of a file, which is made with mode 0600 and appended to. An
// empty one means the hook's default, and cannot fail: the system's log where preferSystem is set and there is one, else
// stderr. Where there is an error, writing to the destination gives that error.
func Open(to string, preferSystem bool, stderr io.Writer) (Destination, error) {
	switch to {
	case "":
		if preferSystem {
			if w, err := openSyslog(); err == nil {
				return Destination{w, true}, nil
			}
		}
		return Destination{stderr, false}, nil
	case Stderr:
		return Destination{stderr, false}, nil
	case Syslog:
		w, err := openSyslog()
		if err != nil {
			err = fmt.Errorf("no system log to write to: %w; name a file instead", err)
			return Destination{broken{err}, false}, err
		}
		return Destination{w, true}, nil
	}
	f, err := os.OpenFile(to, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return Destination{broken{err}, false}, err
	}
	return Destination{f, false}, nil
}

// broken is a destination that could not be opened.
type broken struct{ err error }

// Write fails.
func (b broken) Write([]byte) (int, error) { return 0, b.err }
