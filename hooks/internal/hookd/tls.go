package hookd

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/safefile"
)

// serverTLS reads the certificates, nil for plain http. A client's certificate is asked for and not
// demanded here: health checks have none, and the hooks look for themselves.
func serverTLS(t config.TLS) (*tls.Config, error) {
	if t.CertFile == "" {
		return nil, nil
	}
	cert, err := safefile.Read(t.CertFile, safefile.Public, 1<<20)
	if err != nil {
		return nil, fmt.Errorf("hookd.tls.cert_file %s: %w", t.CertFile, err)
	}
	key, err := safefile.Read(t.KeyFile, safefile.Secret, 1<<20)
	if err != nil {
		return nil, fmt.Errorf("hookd.tls.key_file %s: %w", t.KeyFile, err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("hookd.tls: %w", err)
	}
	c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if t.ClientCAFile == "" {
		return c, nil
	}
	text, err := safefile.Read(t.ClientCAFile, safefile.Public, 1<<20)
	if err != nil {
		return nil, fmt.Errorf("hookd.tls.client_ca_file %s: %w", t.ClientCAFile, err)
	}
	c.ClientAuth, c.ClientCAs = tls.VerifyClientCertIfGiven, x509.NewCertPool()
	if !c.ClientCAs.AppendCertsFromPEM(text) {
		return nil, errors.New("hookd.tls.client_ca_file: holds no certificate; want PEM")
	}
	return c, nil
}
