package hookd

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/config"
)

// authority signs certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	dir  string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{dir: t.TempDir()}
	a.cert, a.key = a.sign(t, "ca", &x509.Certificate{IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign})
	return a
}

// sign makes a certificate and writes name.crt and name.key.
func (a *authority) sign(t *testing.T, name string, c *x509.Certificate) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c.SerialNumber, c.Subject = big.NewInt(time.Now().UnixNano()), pkix.Name{CommonName: name}
	c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := a.cert, a.key
	if parent == nil {
		parent, signer = c, key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: der},
		".key": {Type: "EC PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(a.path(name+file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made, key
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name) }

// client makes a client that trusts the authority and shows the named certificate, "" for none.
func (a *authority) client(t *testing.T, name string) *http.Client {
	t.Helper()
	c := &tls.Config{RootCAs: x509.NewCertPool()}
	c.RootCAs.AddCert(a.cert)
	if name != "" {
		pair, err := tls.LoadX509KeyPair(a.path(name+".crt"), a.path(name+".key"))
		if err != nil {
			t.Fatal(err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: c, DisableKeepAlives: true}}
}

// server signs a certificate for loopback.
func (a *authority) server(t *testing.T, name string) *x509.Certificate {
	t.Helper()
	cert, _ := a.sign(t, name, &x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	return cert
}

func writeConfig(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// try asks a hook and returns the status, 0 for no connection.
func try(c *http.Client, url string) int {
	res, err := c.Post(url, "application/json", strings.NewReader(`{"username":"ann","password":"x"}`))
	if err != nil {
		return 0
	}
	res.Body.Close()
	return res.StatusCode
}

func TestMutualTLS(t *testing.T) {
	t.Parallel()
	a, other := newAuthority(t), newAuthority(t)
	a.server(t, "hookd")
	forClients := &x509.Certificate{ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	a.sign(t, "sftpgo", forClients)
	other.sign(t, "stranger", forClients)
	config := a.path("config.yaml")
	writeConfig(t, config, "hookd: {tls: {cert_file: "+a.path("hookd.crt")+", key_file: "+a.path("hookd.key")+
		", client_ca_file: "+a.path("ca.crt")+"}}")
	addr, _, _ := daemon(t, []string{"-listen", "127.0.0.1:0", "-config", config})

	stranger := a.client(t, "")
	pair, err := tls.LoadX509KeyPair(other.path("stranger.crt"), other.path("stranger.key"))
	if err != nil {
		t.Fatal(err)
	}
	stranger.Transport.(*http.Transport).TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (
		*tls.Certificate, error) {
		return &pair, nil
	}
	for what, c := range map[string]struct {
		client *http.Client
		status int
	}{
		"with our certificate":   {a.client(t, "sftpgo"), 200},
		"without one":            {a.client(t, ""), 401},
		"with a stranger's":      {stranger, 0},
		"without trust in hookd": {&http.Client{}, 0},
	} {
		if got := try(c.client, "https://"+addr+"/checkpwd"); got != c.status {
			t.Errorf("%s: got %d, want %d", what, got, c.status)
		}
	}
	if got := try(&http.Client{}, "http://"+addr+"/checkpwd"); got == 200 {
		t.Error("plain http is answered")
	}
	if err := Healthcheck(t.Context(), addr, true); err != nil {
		t.Errorf("health needs no certificate: %v", err)
	}
}

// TestReload: SIGHUP takes over a sound configuration, certificates included, and leaves a broken
// one alone.
func TestReload(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.server(t, "hookd")
	config := a.path("config.yaml")
	sound := "hookd: {tls: {cert_file: " + a.path("hookd.crt") + ", key_file: " + a.path("hookd.key") + "}}\n"
	writeConfig(t, config, sound)
	reload := make(chan struct{})
	addr, out, _ := reloadable(t, reload, []string{"-listen", "127.0.0.1:0", "-config", config})
	serial := func() string {
		t.Helper()
		conn, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.String()
	}
	again := func(wanted string) {
		t.Helper()
		reload <- struct{}{}
		out.await(t, wanted)
	}
	before := serial()
	renewed := a.server(t, "hookd")
	if got := serial(); got != before {
		t.Error("changed without being told")
	}
	again(`"msg":"reloaded"`)
	if got := serial(); got != renewed.SerialNumber.String() {
		t.Error("the new certificate is not shown")
	}
	for broken, wanted := range map[string]string{
		sound + "unknown: 1\n":                           "unknown key unknown",
		"hookd: {listen: '127.0.0.1:0'}\n":               "change only with a restart",
		strings.Replace(sound, "hookd.key", "ca.key", 1): "private key does not match",
	} {
		writeConfig(t, config, broken)
		again(wanted)
		if got := serial(); got != renewed.SerialNumber.String() {
			t.Errorf("after %q another certificate is shown", broken)
		}
	}
	writeConfig(t, config, sound+"keyint: {password_question: 'Mot de passe : '}\n")
	again(`"msg":"reloaded"`)
	res, err := a.client(t, "").Post("https://"+addr+"/keyint", "application/json",
		strings.NewReader(`{"step":1,"username":"ann"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body := make([]byte, 200)
	n, _ := res.Body.Read(body)
	if !strings.Contains(string(body[:n]), "Mot de passe") {
		t.Errorf("the new question is not asked: %s", body[:n])
	}
}

// TestCertificatesOthersMayWrite: whoever can write them lets himself in.
func TestCertificatesOthersMayWrite(t *testing.T) {
	t.Parallel()
	a := newAuthority(t)
	a.server(t, "hookd")
	files := config.TLS{CertFile: a.path("hookd.crt"), KeyFile: a.path("hookd.key"), ClientCAFile: a.path("ca.crt")}
	if _, err := serverTLS(files); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"cert_file": files.CertFile, "client_ca_file": files.ClientCAFile} {
		if err := os.Chmod(path, 0o622); err != nil {
			t.Fatal(err)
		}
		if _, err := serverTLS(files); err == nil || !strings.Contains(err.Error(), name) ||
			!strings.Contains(err.Error(), "mode 0622") {
			t.Errorf("%s with mode 0622: %v", name, err)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
