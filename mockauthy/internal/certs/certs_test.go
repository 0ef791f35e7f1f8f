package certs_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/mockauthy/internal/certs"
)

func authority(t *testing.T, extra ...string) *certs.Authority {
	t.Helper()
	a, err := certs.New(extra, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// clientOf trusts the authority alone and dials addr whatever the name.
func clientOf(t *testing.T, a *certs.Authority, addr string) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(a.PEM()) {
		t.Fatal("the authority's PEM holds no certificate")
	}
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots},
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, addr)
		},
	}
	return &http.Client{Transport: transport}
}

func serve(t *testing.T, a *certs.Authority) *httptest.Server {
	t.Helper()
	config, err := a.TLSConfig(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	server.TLS = config
	server.Config.ErrorLog = nil
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestSpeaksForItsNamesAlone(t *testing.T) {
	t.Parallel()
	a := authority(t, "mock.test", "192.0.2.7")
	addr := serve(t, a).Listener.Addr().String()
	client := clientOf(t, a, addr)

	for _, host := range []string{"api.authy.com", "sandbox-api.authy.com", "verify.twilio.com", "localhost",
		"127.0.0.1", "[::1]",
		"mock.test", "192.0.2.7"} {
		reply, err := client.Get("https://" + host + "/")
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		_ = reply.Body.Close()
	}
	for _, host := range []string{"api.twilio.com", "authy.com", "192.0.2.8"} {
		if reply, err := client.Get("https://" + host + "/"); err == nil {
			_ = reply.Body.Close()
			t.Errorf("%s: trusted, want refused", host)
		}
	}
}

// The constraint must hold against the key itself: whoever steals the file of the authority can
// sign what he likes.
func TestAStolenKeySignsNothingForOthers(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ca.pem")
	a, err := certs.Open(path, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	certBlock, rest := pem.Decode(raw)
	keyBlock, _ := pem.Decode(rest)
	ca, err := x509.ParseCertificate(certBlock.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	caKey, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if !ca.PermittedDNSDomainsCritical {
		t.Error("the name constraint is not critical")
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(a.PEM())

	for host, want := range map[string]bool{"api.authy.com": true, "bank.example": false} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
			SerialNumber: big.NewInt(7), DNSNames: []string{host},
			NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		}, ca, key.Public(), caKey)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		_, err = leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: host})
		if got := err == nil; got != want {
			t.Errorf("a leaf for %s: trusted %v, want %v (%v)", host, got, want, err)
		}
	}
}

func TestAnAuthorityIsKeptInAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "ca.pem")
	first, err := certs.Open(path, []string{"mock.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %04o, want 0600", info.Mode().Perm())
	}
	again, err := certs.Open(path, []string{"mock.test"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if string(first.PEM()) != string(again.PEM()) {
		t.Error("the second start made another authority")
	}
	client := clientOf(t, first, serve(t, again).Listener.Addr().String())
	reply, err := client.Get("https://mock.test/")
	if err != nil {
		t.Fatalf("a client of the first start: %v", err)
	}
	_ = reply.Body.Close()
}

func TestAFileThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	keep := func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "ca.pem")
		if _, err := certs.Open(path, nil, time.Now()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, row := range []struct {
		name  string
		spoil func(t *testing.T, path string)
		extra []string
		now   time.Time
		want  string
	}{
		{"others may read it", func(t *testing.T, path string) { chmod(t, path, 0o644) }, nil, time.Now(),
			"mode 0644, want 0600"},
		{"it holds something else", func(t *testing.T, path string) { write(t, path, "hello") }, nil, time.Now(),
			"want a CERTIFICATE"},
		{"a name is missing", func(*testing.T, string) {}, []string{"new.test"}, time.Now(), "not for all of"},
		{"it has expired", func(*testing.T, string) {}, nil, time.Now().AddDate(2, 0, 0), "expired on"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			path := keep(t)
			row.spoil(t, path)
			_, err := certs.Open(path, row.extra, row.now)
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want an error with %q", err, row.want)
			}
		})
	}
}

func chmod(t *testing.T, path string, mode os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
