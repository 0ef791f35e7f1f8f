// Package bolt keeps what must be remembered between logins in a file of one machine, with bbolt.
//
// One process owns the file at a time. hookd owns it while it runs, as an [Owner]: it has all of it
// in memory too, and of what decides whether a code may count again it writes each change before
// anybody is told. Where no hookd runs, programs and authyctl own it in turn, each for a moment, as
// a [Visitor].
package bolt

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"sftpgo-authy/hooks/internal/safefile"
)

// format is the number of the form in which the file is written.
const format = 1

// Names in the file.
var (
	bucketMeta    = []byte("meta")
	bucketRecords = []byte("records")
	metaFormat    = []byte("format")
	metaKey       = []byte("key")
)

// keySize is the length of [Owner.Key], in bytes.
const keySize = 32

// Errors of a file that cannot be used, for errors.Is.
var (
	ErrHeld    = errors.New("is in use")
	ErrDamaged = errors.New("is damaged, or is no memory file")
	ErrLater   = errors.New("was written by a later version")
)

// repair is what to do about a file that cannot be read.
const repair = "; put a copy of it back, or move it away to begin with an empty one, " +
	"which forgets used codes, last steps, locks and recovery codes"

// file is an open memory file.
type file struct {
	db  *bbolt.DB
	key []byte
}

// open opens the memory file at path, which nobody else may own. It makes one if there is none,
// unless it is only to be read: then the error is that of package os.
func open(path string, readOnly bool, random io.Reader) (f file, err error) {
	defer catch(&err)
	defer onFault()()
	f.db, err = bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: time.Second, ReadOnly: readOnly, FreelistType: bbolt.FreelistMapType, NoStatistics: true,
		OpenFile: openFile,
	})
	if err != nil {
		return file{}, damage(err)
	}
	err = f.db.View(f.readMeta)
	if errors.Is(err, errEmpty) && !readOnly {
		err = f.db.Update(func(tx *bbolt.Tx) error { return f.writeMeta(tx, random) })
	}
	if err != nil {
		_ = f.db.Close()
		return file{}, plain(err)
	}
	return f, nil
}

// openFile opens the file itself. It judges what it opened, so that nobody can exchange it.
func openFile(path string, flag int, mode os.FileMode) (*os.File, error) {
	opened, err := os.OpenFile(path, flag|noFollow, mode)
	if errors.Is(err, syscall.ELOOP) {
		return nil, &safefile.Error{Have: "a link", Want: "the file itself"}
	} else if err != nil {
		return nil, err
	}
	info, err := opened.Stat()
	if err == nil {
		err = safefile.Check(info, safefile.Secret)
	}
	if err == nil && info.Size() == 0 && flag&os.O_RDWR == 0 {
		err = errEmpty
	}
	if err != nil {
		_ = opened.Close()
		return nil, err
	}
	return opened, nil
}

// errEmpty is what readMeta says of a file that nobody has written to.
var errEmpty = errors.New("is empty")

func (f *file) readMeta(tx *bbolt.Tx) error {
	meta := tx.Bucket(bucketMeta)
	if meta == nil {
		if name, _ := tx.Cursor().First(); name != nil {
			return ErrDamaged // somebody else's
		}
		return errEmpty
	}
	got, err := strconv.Atoi(string(meta.Get(metaFormat)))
	switch {
	case err != nil:
		return ErrDamaged
	case got > format:
		return fmt.Errorf("%w: its format is %d, and this one knows %d; use the version that wrote it", ErrLater,
			got, format)
	}
	f.key = append([]byte(nil), meta.Get(metaKey)...)
	if len(f.key) != keySize || tx.Bucket(bucketRecords) == nil {
		return ErrDamaged
	}
	return nil
}

func (f *file) writeMeta(tx *bbolt.Tx, random io.Reader) error {
	f.key = make([]byte, keySize)
	if _, err := io.ReadFull(random, f.key); err != nil {
		return fmt.Errorf("randomness: %w", err)
	}
	meta, err := tx.CreateBucket(bucketMeta)
	if err != nil {
		return err
	}
	_, err = tx.CreateBucket(bucketRecords)
	return errors.Join(err, meta.Put(metaFormat, []byte(strconv.Itoa(format))), meta.Put(metaKey, f.key))
}

// catch turns a panic into [ErrDamaged]: bbolt trusts what stands in the file. To be deferred.
func catch(err *error) {
	if p := recover(); p != nil {
		*err = plain(fmt.Errorf("%w", ErrDamaged))
	}
}

// onFault has a read of a page that is not there any more panic, so that catch sees it, instead of
// ending the process. What it returns undoes that.
func onFault() (undo func()) {
	before := debug.SetPanicOnFault(true)
	return func() { debug.SetPanicOnFault(before) }
}

// damage is [plain] for an error of opening a file: what neither the system nor we say is about its
// content.
func damage(err error) error {
	var system syscall.Errno
	var refused *safefile.Error
	switch {
	case errors.As(err, &system), errors.As(err, &refused), errors.Is(err, errEmpty),
		errors.Is(err, bolterrors.ErrTimeout):
		return plain(err)
	}
	return plain(ErrDamaged)
}

// plain says what to do about an error of bbolt.
func plain(err error) error {
	var path *os.PathError
	switch {
	case errors.Is(err, ErrDamaged):
		return fmt.Errorf("%w%s", err, repair)
	case errors.Is(err, bolterrors.ErrTimeout):
		return fmt.Errorf("%w by a program that is not ours", ErrHeld)
	case errors.As(err, &path):
		return path.Err
	}
	return err
}

// name puts the file's name before an error.
func name(path string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("memory_file %s: %w", path, err)
}
