package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/doctor"
)

// certified makes a certificate for name that vouches for itself, for server and client alike, and has FTP ask for it.
func certified(t *testing.T, st *stage, name string) tls.Certificate {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(file, kind string, bytes []byte) string {
		path := filepath.Join(dir, file)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	crt := write("crt.pem", "CERTIFICATE", der)
	st.s.Restart(t, map[string]string{
		"SFTPGO_FTPD__CERTIFICATE_FILE": crt, "SFTPGO_FTPD__CERTIFICATE_KEY_FILE": write("key.pem", "PRIVATE KEY", key),
		"SFTPGO_FTPD__CA_CERTIFICATES": crt, "SFTPGO_FTPD__BINDINGS__0__TLS_MODE": "1", "SFTPGO_FTPD__BINDINGS__0__CLIENT_AUTH_TYPE": "2",
	})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
}

// withCertificate gets in over FTP with a certificate and what is typed as the password.
func withCertificate(typed string) (prepare func(*testing.T, *stage), in func(*testing.T, *stage) error) {
	var cert tls.Certificate
	return func(t *testing.T, st *stage) { cert = certified(t, st, "ann") },
		func(_ *testing.T, st *stage) error { return st.s.FTPWithCertificate("ann", typed, cert) }
}

// certificates are the ways round that begin with a TLS certificate.
func certificates() []hole {
	alone := hole{
		name: "a TLS certificate needs no code", id: "tls_certificate_alone", severity: doctor.Critical, kind: "keyint",
		filters: map[string]any{"tls_username": "CommonName"},
	}
	alone.prepare, alone.in = withCertificate("not the password")
	withPassword := hole{
		name: "a TLS certificate and the password that no hook is asked about", id: "password_alone", severity: doctor.Critical, kind: "keyint",
		settings: map[string]string{"SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_HOOK": ""},
		filters:  map[string]any{"tls_username": "CommonName", "denied_login_methods": []string{"password", "publickey", "TLSCertificate"}},
	}
	withPassword.prepare, withPassword.in = withCertificate(static)
	return []hole{alone, withPassword}
}
