package certs

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// Open returns the authority kept in a file, so that a client has to be told only once to trust it.
// A missing file is created with mode 0600 and holds the certificate and the key as PEM. Errors: a
// file that others may read or write, that holds something else, that has expired, or whose
// authority may not sign for all of extra.
func Open(path string, extra []string, now time.Time) (*Authority, error) {
	a, err := load(path)
	if errors.Is(err, fs.ErrNotExist) {
		if a, err = New(extra, now); err != nil {
			return nil, err
		}
		return a, a.save(path)
	}
	if err != nil {
		return nil, err
	}
	if now.After(a.cert.NotAfter) {
		return nil, fmt.Errorf("authority %s: expired on %s: remove the file, and a new one is made", path,
			a.cert.NotAfter.Format(time.DateOnly))
	}
	if !a.names.covers(namesOf(extra)) {
		return nil, fmt.Errorf(
			"authority %s: it speaks for %q and %v, but not for all of %q: remove the file, and a new one is made",
			path, a.names.dns, a.names.ips, extra)
	}
	return a, nil
}

func load(path string) (*Authority, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("authority %s: it is a folder or a device, want a file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		// which has other means, and shows 0666
		return nil, fmt.Errorf("authority %s: mode %04o, want 0600: it holds a private key", path, mode)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	certBlock, rest := pem.Decode(raw)
	keyBlock, _ := pem.Decode(rest)
	if certBlock == nil || keyBlock == nil || certBlock.Type != "CERTIFICATE" || keyBlock.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("authority %s: want a CERTIFICATE and then a PRIVATE KEY in PEM", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, fmt.Errorf("authority %s: read its key: %w", path, err)
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("authority %s: key of type %T, want ECDSA", path, parsed)
	}
	a, err := authority(certBlock.Bytes, key)
	if err != nil {
		return nil, fmt.Errorf("authority %s: %w", path, err)
	}
	if !key.PublicKey.Equal(a.cert.PublicKey) {
		return nil, fmt.Errorf("authority %s: the key is not the certificate's", path)
	}
	if !a.cert.IsCA || !a.cert.PermittedDNSDomainsCritical {
		return nil, fmt.Errorf("authority %s: not a name-constrained authority: remove the file, and one is made", path)
	}
	return a, nil
}

// save writes a new file. It never replaces one: a file that appeared meanwhile may be somebody
// else's authority.
func (a *Authority) save(path string) error {
	key, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return fmt.Errorf("authority %s: encode its key: %w", path, err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".authority-*") // mode 0600
	if err != nil {
		return fmt.Errorf("authority %s: %w", path, err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(append(a.PEM(), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...))
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("authority %s: %w", path, err)
	}
	if err := os.Link(file.Name(), path); err != nil {
		if target, lerr := os.Readlink(path); lerr == nil {
			return fmt.Errorf("authority %s: it is a link to %s, which is not there: remove the link", path, target)
		}
		return fmt.Errorf("authority %s: %w", path, err)
	}
	return nil
}
