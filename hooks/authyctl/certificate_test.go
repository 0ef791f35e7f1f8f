package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"

	"sftpgo-authy/hooks/internal/doctor"
)

// selfSigned makes a certificate for name and 127.0.0.1 that vouches for itself, for server and
// client alike.
func selfSigned(t *testing.T, name string) (der []byte, private ed25519.PrivateKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}, DNSNames: []string{"localhost"},
	}
	if der, err = x509.CreateCertificate(rand.Reader, template, template, public, private); err != nil {
		t.Fatal(err)
	}
	return der, private
}

// pemFiles writes a certificate and its key into a folder.
func pemFiles(t *testing.T, dir string, der []byte, private ed25519.PrivateKey) (crt, key string) {
	t.Helper()
	raw, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(file, kind string, bytes []byte) string {
		path := filepath.Join(dir, file)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("crt.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", raw)
}

// certificateFiles makes a certificate for 127.0.0.1 in a folder.
func certificateFiles(t *testing.T, dir string) (crt, key string) {
	t.Helper()
	der, private := selfSigned(t, "hookd")
	return pemFiles(t, dir, der, private)
}

// certified makes a certificate for name, and has FTP ask for it.
func certified(t *testing.T, st *stage, name string) tls.Certificate {
	t.Helper()
	der, private := selfSigned(t, name)
	crt, key := pemFiles(t, shortDir(t), der, private)
	st.s.Restart(t, map[string]string{
		"SFTPGO_FTPD__CERTIFICATE_FILE": crt, "SFTPGO_FTPD__CERTIFICATE_KEY_FILE": key,
		"SFTPGO_FTPD__CA_CERTIFICATES": crt, "SFTPGO_FTPD__BINDINGS__0__TLS_MODE": "1",
		"SFTPGO_FTPD__BINDINGS__0__CLIENT_AUTH_TYPE": "2",
	})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
}

// withCertificate gets in over FTP with a certificate and what is typed as the password.
func withCertificate(typed string) (prepare func(*testing.T, *stage), in func(*testing.T, *stage) error) {
	var cert tls.Certificate
	return func(t *testing.T, st *stage) { cert = certified(t, st, "ann") },
		func(_ *testing.T, st *stage) error { return ftpWithCertificate(st.s.FTP, typed, cert) }
}

// ftpWithCertificate logs in over FTP and TLS as ann with a client certificate; whoever answers is
// believed.
func ftpWithCertificate(addr, password string, cert tls.Certificate) error {
	conn, err := ftp.Dial(addr, ftp.DialWithTimeout(10*time.Second),
		ftp.DialWithExplicitTLS(&tls.Config{Certificates: []tls.Certificate{cert}, InsecureSkipVerify: true}))
	if err != nil {
		return err
	}
	defer conn.Quit()
	return conn.Login("ann", password)
}

// certificates are the ways round that begin with a TLS certificate.
func certificates() []hole {
	alone := hole{
		name: "a TLS certificate needs no code", id: "tls_certificate_alone", severity: doctor.Critical, kind: "keyint",
		filters: map[string]any{"tls_username": "CommonName"},
	}
	alone.prepare, alone.in = withCertificate("not the password")
	withPassword := hole{
		name: "a TLS certificate and the password that no hook is asked about", id: "password_alone",
		severity: doctor.Critical, kind: "keyint",
		settings: map[string]string{"SFTPGO_DATA_PROVIDER__EXTERNAL_AUTH_HOOK": ""},
		filters: map[string]any{"tls_username": "CommonName",
			"denied_login_methods": []string{"password", "publickey", "TLSCertificate"}},
	}
	withPassword.prepare, withPassword.in = withCertificate(static)
	return []hole{alone, withPassword}
}
