package audit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"sftpgo-authy/hooks/internal/safefile"
)

// File is an audit file, to which several processes may append at once. Each line is written
// completely or not at all: what a full disk leaves of one is removed. If the file was moved or
// deleted, the next line creates it again, so a log can be rotated without telling anybody. Make
// one with [OpenFile]; it is safe for concurrent use.
type File struct {
	path  string
	write func(*os.File, []byte) (int, error) // one call of the system
	pause func(time.Duration)

	mu   sync.Mutex
	f    *os.File
	info os.FileInfo // of f
	torn bool        // the last line of f has no end
}

// maxMoves bounds how often one line follows a file that is deleted again and again.
const maxMoves = 10

// OpenFile opens an audit file, and creates it with mode 0600 if there is none. It returns an error
// if others may write the file, if it belongs to somebody else, or if it is not a regular file.
func OpenFile(path string) (*File, error) {
	f := &File{path: path, write: writeOnce, pause: time.Sleep}
	return f, f.open()
}

// open opens the file that is at the path now, and closes the previous one.
func (f *File) open() error {
	file, err := safefile.Append(f.path)
	if err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	info, err := file.Stat()
	if err == nil {
		f.torn, err = endsOpen(file, info.Size())
	}
	if err != nil {
		_ = file.Close()
		return err
	}
	if f.f != nil {
		_ = f.f.Close()
	}
	f.f, f.info = file, info
	return nil
}

// endsOpen says whether the last line of a file lacks its end, because its writer did not finish.
func endsOpen(file *os.File, size int64) (bool, error) {
	if size == 0 {
		return false, nil
	}
	var last [1]byte
	_, err := file.ReadAt(last[:], size-1)
	if errors.Is(err, io.EOF) { // cut since then
		return false, nil
	}
	return last[0] != '\n', err
}

// Write appends one line, which ends with a newline. An error means that the line is not in the
// file.
func (f *File) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range maxMoves {
		if err := f.follow(); err != nil {
			return 0, err
		}
		if err := f.append(line); err != nil {
			return 0, err
		}
		if linked(f.f) {
			return len(line), nil
		} // else it was deleted in between, and the line with it
	}
	return 0, fmt.Errorf("%s: is deleted again and again", f.path)
}

// follow makes sure that f is the file at the path, and one that only we may write.
func (f *File) follow() error {
	now, err := os.Stat(f.path)
	if err != nil || !os.SameFile(now, f.info) {
		return f.open()
	}
	if err := safefile.Check(now, safefile.Public); err != nil {
		return fmt.Errorf("%s: %w", f.path, err)
	}
	return nil
}

// append writes a line, on a line of its own.
func (f *File) append(line []byte) error {
	text := line
	release := f.mend()
	defer release()
	if f.torn {
		text = append([]byte("\n"), line...)
	}
	n, err := f.write(f.f, text)
	if err == nil && n == len(text) {
		f.torn = false
		return nil
	}
	if n > 0 {
		half := n - (len(text) - len(line)) // of the line itself
		f.torn = half > 0 && f.takeBack(half) != nil
	}
	if err == nil {
		err = errShort
	}
	return fmt.Errorf("%s: %w", f.path, err)
}

// errShort is the reason for which a system writes only a part of a line.
var errShort = errors.New("only a part of the line could be written; is the disk full, or is there a quota?")

// How often, and how far apart, we look at the end of a file that others may be writing.
const (
	looks     = 10
	lookPause = time.Millisecond
)

// mend takes the lock for a write. It takes the whole lock if the last line lacks its end and
// nobody else writes, so that exactly one writer ends that line. What looks like half a line may be
// one that somebody else is writing, so mend looks again before it believes it.
func (f *File) mend() (release func()) {
	for look := 0; f.torn && look < looks; look++ {
		release, ok := alone(f.f)
		if info, err := f.f.Stat(); err == nil {
			if open, err := endsOpen(f.f, info.Size()); err == nil {
				f.torn = open
			}
		}
		if ok {
			return release
		}
		if f.torn {
			f.pause(lookPause)
		}
	}
	return share(f.f)
}

// takeBack removes the last n bytes that were written. It cuts the file if nobody can have written
// after them, and otherwise overwrites them with a line that says so.
func (f *File) takeBack(n int) error {
	end, err := f.f.Seek(0, io.SeekCurrent) // where the last write ended, whoever wrote since
	if err != nil {
		return err
	}
	start := end - int64(n)
	if release, ok := alone(f.f); ok {
		defer release()
		if info, err := f.f.Stat(); err == nil && info.Size() == end && f.f.Truncate(start) == nil {
			return nil
		}
	}
	return overwrite(f.f, start, lost(n))
}

// lost returns a line of n bytes that replaces one that was lost. It is blank if there is no room
// for content.
func lost(n int) []byte {
	line := bytes.Repeat([]byte(" "), n)
	line[n-1] = '\n'
	if text := `{"lost":true}`; len(text) < n {
		copy(line, text)
	}
	return line
}

// Close closes the file.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.f.Close()
}
