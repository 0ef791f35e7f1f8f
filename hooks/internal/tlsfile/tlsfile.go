// Package tlsfile reads certificates and their keys from PEM files that nobody else may change.
package tlsfile

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"

	"sftpgo-authy/hooks/internal/safefile"
)

// maxSize bounds a file of certificates; the largest bundles have a few hundred KiB.
const maxSize = 1 << 20

// Pool returns the authorities in the file that a setting names, and nil, which stands for those of
// the system, where path is "". Errors begin with the setting.
func Pool(setting, path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := safefile.Read(path, safefile.Public, maxSize)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", setting, path, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s %s: holds no certificate; want PEM", setting, path)
	}
	return pool, nil
}

// Pair returns the certificate of a server and its key, which nobody else may read either. prefix
// is what the settings' names begin with. Errors begin with the setting.
func Pair(prefix, certFile, keyFile string) (tls.Certificate, error) {
	cert, err := safefile.Read(certFile, safefile.Public, maxSize)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s.cert_file %s: %w", prefix, certFile, err)
	}
	key, err := safefile.Read(keyFile, safefile.Secret, maxSize)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s.key_file %s: %w", prefix, keyFile, err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%s: %w", prefix, err)
	}
	return pair, nil
}
