package program

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"
)

// Errors of reading an answer.
var (
	errForged  = errors.New("input: more than the one line that was asked for")
	errTimeout = errors.New("input: closed or too late")
)

// maxLine bounds an answer. SFTPGo passes one on in a single write with its newline, and Linux
// delivers up to 4096 bytes of a write whole. So a second line hidden in an answer is seen with the
// first.
const maxLine = 16 << 10

// lines reads answers of one line each, with one deadline for all of them.
type lines struct {
	file *os.File
	now  func() time.Time
	end  time.Time
}

// pending reports whether there is input that nobody asked for. A closed input does not count:
// reading will find it. Only a pipe is looked at, as SFTPGo's is: the system always reports
// anything else, such as /dev/null, as readable.
func (l *lines) pending() bool {
	info, err := l.file.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return false
	}
	ready, closed := poll(l.file, 0)
	return ready && !closed
}

// read returns the next line without its end, and without line ends before it, which pasted text
// may have. It returns errForged if there is more input behind the line or the line is too long,
// and errTimeout if the input or the time ends.
func (l *lines) read() (string, error) {
	var got []byte
	buf := make([]byte, maxLine+1)
	for {
		left := l.end.Sub(l.now())
		if left <= 0 {
			return "", errTimeout
		}
		if ready, _ := poll(l.file, left); !ready {
			return "", errTimeout
		}
		n, err := l.file.Read(buf)
		got = append(got, buf[:n]...)
		line := bytes.Trim(got, "\r\n")
		whole := bytes.HasSuffix(got, []byte("\n"))
		switch {
		case bytes.ContainsRune(line, '\n'), len(got) > maxLine+1, whole && l.pending():
			return "", errForged
		case whole:
			return string(line), nil
		case err == io.EOF, err != nil, n == 0:
			return "", errTimeout // also an unfinished line: its writer is gone
		}
	}
}
