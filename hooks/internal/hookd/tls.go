package hookd

import (
	"crypto/tls"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/tlsfile"
)

// serverTLS returns the TLS configuration of hookd, or nil for plain http. It asks clients for a
// certificate and does not demand one: health checks have none, and the hooks check it themselves.
func serverTLS(t config.TLS) (*tls.Config, error) {
	if t.CertFile == "" {
		return nil, nil
	}
	pair, err := tlsfile.Pair("hookd.tls", t.CertFile, t.KeyFile)
	if err != nil {
		return nil, err
	}
	c := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if t.ClientCAFile == "" {
		return c, nil
	}
	c.ClientAuth = tls.VerifyClientCertIfGiven
	if c.ClientCAs, err = tlsfile.Pool("hookd.tls.client_ca_file", t.ClientCAFile); err != nil {
		return nil, err
	}
	return c, nil
}
