package audit

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Destinations of the audit that are not paths.
const (
	Stderr = "stderr"
	Syslog = "syslog"
)

// Destination is where audit lines go. System says that it is the system's log, which takes other
// lines as well.
type Destination struct {
	io.Writer
	System bool
}

// Streams are the standard streams of a process. Out is nil if the audit must not use it, because a
// program's reply goes there.
type Streams struct{ Out, Err io.Writer }

// Paths of the standard streams. They are not opened, because that fails if they are sockets.
const (
	devStdout = "/dev/stdout"
	devStderr = "/dev/stderr"
)

// Open opens a destination: "stderr", "syslog", or the path of a file as of [OpenFile]. /dev/stderr
// is stderr, and /dev/stdout is std.Out where there is one. Other character devices, such as
// /dev/null, are written as they are; a named pipe, a folder, a socket and a disk are errors. An
// empty destination means the hook's default, and cannot fail: the system's log where preferSystem
// is set and there is one, else stderr. Where there is an error, writing to the destination returns
// that error.
func Open(to string, preferSystem bool, std Streams) (Destination, error) {
	switch to {
	case "":
		if preferSystem {
			if w, err := openSyslog(); err == nil {
				return Destination{w, true}, nil
			}
		}
		return Destination{std.Err, false}, nil
	case Stderr, devStderr:
		return Destination{std.Err, false}, nil
	case devStdout:
		if std.Out == nil {
			return fail(errors.New(devStdout + ": the hook's reply goes there; want " + Stderr))
		}
		return Destination{std.Out, false}, nil
	case Syslog:
		w, err := openSyslog()
		if err != nil {
			return fail(fmt.Errorf("no system log to write to: %w; name a file instead", err))
		}
		return Destination{w, true}, nil
	}
	if isDevice(to) {
		f, err := os.OpenFile(to, os.O_WRONLY|deviceFlags, 0)
		if err != nil {
			return fail(err)
		}
		return Destination{f, false}, nil
	}
	f, err := OpenFile(to)
	if err != nil {
		return fail(err)
	}
	return Destination{f, false}, nil
}

// isDevice says whether a character device stands at path.
func isDevice(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// fail returns a destination that cannot be written.
func fail(err error) (Destination, error) { return Destination{broken{err}, false}, err }

// broken is a destination that could not be opened.
type broken struct{ err error }

// Write fails.
func (b broken) Write([]byte) (int, error) { return 0, b.err }
