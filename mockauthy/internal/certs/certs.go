// Package certs makes the certificates with which the mock answers for api.authy.com and
// verify.twilio.com.
//
// Many programs have one of these names compiled in. They reach the mock when the name leads to it
// (a network alias, a CONNECT proxy) and they trust the mock's own certificate authority. A
// critical name constraint limits the authority to Twilio's names, this machine and the names that
// were asked for: a client that follows RFC 5280 section 4.2.1.10 accepts nothing else from it,
// even if its key is stolen.
package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"slices"
	"time"
)

// Hosts are the names for which the mock answers: those of the Authy API, of its former sandbox,
// and of Twilio Verify.
func Hosts() []string {
	return []string{"api.authy.com", "sandbox-api.authy.com", "verify.twilio.com"}
}

const (
	authorityName = "mockauthy test authority (not Authy)"
	// lifetime is how long an authority and its certificates are valid: less than the 398 days that
	// clients accept.
	lifetime = 390 * 24 * time.Hour
	// backdate is how far before now a certificate begins, for clients whose clocks are behind.
	backdate = 24 * time.Hour
)

// Authority signs certificates for a fixed list of names and addresses.
type Authority struct {
	cert  *x509.Certificate
	key   *ecdsa.PrivateKey
	names names
}

// names are what an authority may sign for.
type names struct {
	dns []string
	ips []net.IP
}

// New makes an authority whose key is only in memory. extra are names (mock.test) and addresses
// (10.0.0.7) that it may sign for besides [Hosts], localhost and the loopback addresses; now is
// wall time.
func New(extra []string, now time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the authority's key: %w", err)
	}
	n := namesOf(extra)
	template := &x509.Certificate{
		SerialNumber:                serial(),
		Subject:                     pkix.Name{CommonName: authorityName},
		NotBefore:                   now.Add(-backdate),
		NotAfter:                    now.Add(lifetime),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign,
		ExtKeyUsage:                 []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         n.dns,
		PermittedIPRanges:           n.ranges(),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("sign the authority's certificate: %w", err)
	}
	return authority(der, key)
}

func authority(der []byte, key *ecdsa.PrivateKey) (*Authority, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read the authority's certificate: %w", err)
	}
	n := names{dns: cert.PermittedDNSDomains}
	for _, r := range cert.PermittedIPRanges {
		n.ips = append(n.ips, r.IP)
	}
	return &Authority{cert: cert, key: key, names: n}, nil
}

// PEM returns the authority's certificate, the one to trust, without its key.
func (a *Authority) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// TLSConfig returns the configuration of a server for all of the authority's names. It offers only
// HTTP/1.1: a fault that drops a connection makes no sense where several requests share it.
func (a *Authority) TLSConfig(now time.Time) (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the server's key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: "mockauthy"},
		NotBefore:    now.Add(-backdate),
		NotAfter:     a.cert.NotAfter,
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     a.names.dns,
		IPAddresses:  a.names.ips,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("sign the server's certificate: %w", err)
	}
	return &tls.Config{
		MinVersion:   tls.VersionTLS12,
		NextProtos:   []string{"http/1.1"},
		Certificates: []tls.Certificate{{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key}},
	}, nil
}

func namesOf(extra []string) names {
	n := names{
		dns: append(Hosts(), "localhost"),
		ips: []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback},
	}
	for _, name := range extra {
		if ip := net.ParseIP(name); ip != nil {
			if v4 := ip.To4(); v4 != nil {
				ip = v4
			}
			if !slices.ContainsFunc(n.ips, ip.Equal) {
				n.ips = append(n.ips, ip)
			}
		} else if !slices.Contains(n.dns, name) {
			n.dns = append(n.dns, name)
		}
	}
	return n
}

// ranges are the addresses as ranges of one each.
func (n names) ranges() []*net.IPNet {
	ranges := make([]*net.IPNet, len(n.ips))
	for i, ip := range n.ips {
		ranges[i] = &net.IPNet{IP: ip, Mask: net.CIDRMask(8*len(ip), 8*len(ip))}
	}
	return ranges
}

// covers says whether the authority may sign for every name in want.
func (n names) covers(want names) bool {
	for _, name := range want.dns {
		if !slices.Contains(n.dns, name) {
			return false
		}
	}
	for _, ip := range want.ips {
		if !slices.ContainsFunc(n.ips, ip.Equal) {
			return false
		}
	}
	return true
}

func serial() *big.Int {
	raw := make([]byte, 16)
	_, _ = rand.Read(raw) // crypto/rand.Read never fails since Go 1.24: it ends the process instead
	raw[0] &= 0x7f
	return new(big.Int).SetBytes(raw)
}
