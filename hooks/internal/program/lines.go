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

// maxLine bounds an answer. SFTPGo hands one on in one write with its newline; Linux delivers up to
// 4096 bytes of a write whole, so a second line hidden in an answer is seen with the first.
const maxLine = 16 << 10

// lines reads answers, one line each, until a deadline over all of them.
type lines struct {
	file *os.File
	now  func() time.Time
	end  time.Time
}

// pending says whether input is there that nobody asked for. A closed input is not: reading will
// tell. SFTPGo's is a pipe; of anything else, such as /dev/null, the system always says that it may
// be read.
func (l *lines) pending() bool {
	info, err := l.file.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return false
	}
	ready, closed := poll(l.file, 0)
	return ready && !closed
}

// read returns the next line without its end, and without line ends before it: what was pasted may
// have such. More input behind it, or a line beyond bounds, is a forgery; the end of the input or
// of the time a timeout.
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
