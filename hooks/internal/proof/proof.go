// Package proof lets hookd show that it has the secret that SFTPGo sends, to somebody who has it
// too.
//
// The secret itself is never sent. What is sent is a MAC with a key that serves for nothing else,
// over a number that the asker chose and over both ends of the connection as hookd sees them; over
// TLS also over a value that both ends of that TLS connection share and nobody else has. So an
// answer cannot be replayed, or passed on by somebody in between: hookd names its connection with
// that one, which is not the connection that the asker has. An answer would let somebody guess a
// weak secret offline, so a secret of fewer than [MinBits] proves nothing.
package proof

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"sftpgo-authy/hooks/internal/config"
)

// Path is where hookd answers, beside its hooks.
const Path = "/prove"

// MinBits is how much randomness a secret needs before it proves anything.
const MinBits = 128

// Nonce is the number that an asker makes up, once for each question.
type Nonce [32]byte

// ParseNonce reads a nonce as [Nonce.String] writes it.
func ParseNonce(text string) (n Nonce, err error) {
	if len(text) != hex.EncodedLen(len(n)) {
		return n, errors.New("nonce: want 64 hexadecimal digits")
	}
	if _, err := hex.Decode(n[:], []byte(text)); err != nil {
		return n, errors.New("nonce: want 64 hexadecimal digits")
	}
	return n, nil
}

// String returns the nonce in hexadecimal digits.
func (n Nonce) String() string { return hex.EncodeToString(n[:]) }

// Ends name a connection, as one of its ends sees it.
type Ends struct {
	Client  string `json:"client"` // address and port
	Server  string `json:"server"`
	Channel string `json:"channel"` // what the ends of a TLS connection share, in hexadecimal digits; "" without TLS
}

// EndsOf returns the ends of a connection by their addresses. An IPv4 address that is written as
// one of IPv6 is the same.
func EndsOf(client, server net.Addr, state *tls.ConnectionState) (Ends, error) {
	c, err := end(client)
	if err != nil {
		return Ends{}, err
	}
	s, err := end(server)
	if err != nil || state == nil {
		return Ends{Client: c, Server: s}, err
	}
	shared, err := state.ExportKeyingMaterial("EXPORTER-sftpgo-authy-hooks-proof", nil, 32)
	return Ends{Client: c, Server: s, Channel: hex.EncodeToString(shared)}, err
}

func end(a net.Addr) (string, error) {
	if a == nil {
		return "", errors.New("a connection without an address")
	}
	p, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return "", fmt.Errorf("a connection without an address and a port: %w", err)
	}
	// Zones are names of one machine's own.
	return netip.AddrPortFrom(p.Addr().Unmap().WithZone(""), p.Port()).String(), nil
}

// Answer is what hookd says: the connection as it sees it, and the MAC in hexadecimal digits.
type Answer struct {
	Ends
	MAC string `json:"mac"`
}

// Key makes proofs and judges them.
type Key []byte

// KeyOf derives a key from a secret. It refuses a secret that is too weak.
func KeyOf(secret string) (Key, error) {
	if config.StrengthOf(secret).Bits < MinBits {
		return nil, fmt.Errorf("a secret of fewer than %d random bits proves nothing", MinBits)
	}
	return hkdf.Key(sha256.New, []byte(secret), nil, "sftpgo-authy hooks: hookd proves itself, version 1", sha256.Size)
}

// Prove returns the answer to a nonce over a connection.
func (k Key) Prove(n Nonce, ends Ends) Answer {
	return Answer{Ends: ends, MAC: hex.EncodeToString(k.mac(n, ends))}
}

// Made says whether the answer was made with this key for this nonce. What it says about the
// connection is then true for whoever made it: the asker has to compare that with the connection of
// his own.
func (k Key) Made(a Answer, n Nonce) bool {
	given, err := hex.DecodeString(a.MAC)
	return err == nil && hmac.Equal(given, k.mac(n, a.Ends))
}

// mac is over texts in quotes, so that no two answers are the same text.
func (k Key) mac(n Nonce, e Ends) []byte {
	m := hmac.New(sha256.New, k)
	fmt.Fprintf(m, "%q %q %q %q", n.String(), e.Client, e.Server, e.Channel)
	return m.Sum(nil)
}
