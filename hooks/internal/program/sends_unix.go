//go:build unix

package program

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/provider"
)

// sends limits how many codes are sent to a person. A program remembers nothing by itself, so
// anybody who knows a password could make a phone ring without end. So it keeps a file for each
// person, with the time when the last code was sent, in a folder that belongs to the program's user
// alone.
type sends struct {
	folder string
	app    []byte // the API and its key, for the files' names
	now    func() time.Time
}

// newSends returns a sends for the people of an app, which is an API and its key. Its folder is in
// temp.
func newSends(temp, url, key string, now func() time.Time) sends {
	return sends{filepath.Join(temp, "sftpgo-authy-"+strconv.Itoa(os.Geteuid())), []byte(url + " " + key), now}
}

// ClaimSend implements [hook.Sends]. An error means that the time of the last code is not known.
func (s sends) ClaimSend(_ context.Context, p provider.Person) (bool, error) {
	if err := s.own(); err != nil {
		return false, err
	}
	mac := hmac.New(sha256.New, s.app)
	mac.Write([]byte(provider.Key(p)))
	path := filepath.Join(s.folder, "sent-"+hex.EncodeToString(mac.Sum(nil)[:16]))
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW|syscall.O_CLOEXEC, 0o600)
	if err != nil {
		return false, fmt.Errorf("send_codes: %w", err)
	}
	defer file.Close()
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil // another login has one sent right now
	} else if err != nil {
		return false, fmt.Errorf("send_codes: lock %s: %w", path, err)
	}
	// A child that is being started has the file for a moment longer, and the lock with it.
	defer func() { _ = syscall.Flock(int(file.Fd()), syscall.LOCK_UN) }()
	return s.due(file)
}

// due reports whether the last code was sent long enough ago. If so, it writes down the time of the
// one that is sent now.
func (s sends) due(file *os.File) (bool, error) {
	var text [64]byte
	n, _ := file.ReadAt(text[:], 0) // an empty file is a new one
	now := s.now().UTC()
	last, err := time.Parse(time.RFC3339Nano, strings.TrimSpace(string(text[:n])))
	if since := now.Sub(last); err == nil && since < gate.SendPause && since > -gate.SendPause {
		return false, nil
	}
	if err := file.Truncate(0); err != nil {
		return false, fmt.Errorf("send_codes: %w", err)
	}
	if _, err := file.WriteAt([]byte(now.Format(time.RFC3339Nano)+"\n"), 0); err != nil {
		return false, fmt.Errorf("send_codes: %w", err)
	}
	return true, nil
}

// own makes sure that the folder exists and belongs to nobody else.
func (s sends) own() error {
	if err := os.Mkdir(s.folder, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("send_codes: no code is sent without a folder that remembers the last one: %w", err)
	}
	info, err := os.Lstat(s.folder)
	if err != nil {
		return fmt.Errorf("send_codes: %w", err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !ok || int(stat.Uid) != os.Geteuid() {
		return fmt.Errorf("send_codes: %s: want a folder of mode 0700 that belongs to the user of this program; "+
			"until then no code is sent", s.folder)
	}
	return nil
}
