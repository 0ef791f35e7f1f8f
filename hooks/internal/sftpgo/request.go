// Package sftpgo is the contract of SFTPGo's three login hooks as types: what SFTPGo sends, by
// environment (program) or JSON (HTTP), and what it understands as an answer. Both doors decode
// into the same requests.
//
// The behaviour described here was observed on SFTPGo 2.7.5 and read in its source.
package sftpgo

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"sftpgo-authy/hooks/internal/jsonobject"
)

// CheckPassword is a call of the check password hook. Password is everything the client sent, code
// included.
type CheckPassword struct {
	Username string `json:"username"`
	IP       string `json:"ip"`
	Password string `json:"password"`
	Protocol string `json:"protocol"`
}

// ExternalAuth is a call of the external authentication hook. User is the stored account as SFTPGo
// sent it, byte for byte, or empty when SFTPGo does not know the name.
type ExternalAuth struct {
	Username            string          `json:"username"`
	User                json.RawMessage `json:"user"`
	IP                  string          `json:"ip"`
	Password            string          `json:"password"`
	PublicKey           string          `json:"public_key"`
	Protocol            string          `json:"protocol"`
	TLSCert             string          `json:"tls_cert"`
	KeyboardInteractive string          `json:"keyboard_interactive"`
}

// Keyint is a call of the keyboard-interactive hook. A program gets one call and holds the
// conversation itself; over HTTP there is one call a step, and only the first has the IP. SFTPGo
// also sends the stored password's hash: nobody here has a use for it.
type Keyint struct {
	RequestID string   `json:"request_id"`
	Step      int      `json:"step"`
	Username  string   `json:"username"`
	IP        string   `json:"ip"`
	Answers   []string `json:"answers"`
	Questions []string `json:"questions"`
}

// Env is a process environment: KEY=VALUE entries, of which the last of a key counts.
type Env []string

// Get returns the value of key, "" if it is not set.
func (e Env) Get(key string) string {
	value, _ := e.Lookup(key)
	return value
}

// Lookup returns the value of key and whether it is set.
func (e Env) Lookup(key string) (string, bool) {
	for i := len(e) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(e[i], "="); ok && k == key {
			return v, true
		}
	}
	return "", false
}

// CheckPasswordFromEnv decodes a program's environment.
func CheckPasswordFromEnv(e Env) CheckPassword {
	return CheckPassword{
		Username: e.Get("SFTPGO_AUTHD_USERNAME"),
		IP:       e.Get("SFTPGO_AUTHD_IP"),
		Password: e.Get("SFTPGO_AUTHD_PASSWORD"),
		Protocol: e.Get("SFTPGO_AUTHD_PROTOCOL"),
	}
}

// ExternalAuthFromEnv decodes a program's environment.
func ExternalAuthFromEnv(e Env) ExternalAuth {
	return ExternalAuth{
		Username:            e.Get("SFTPGO_AUTHD_USERNAME"),
		User:                json.RawMessage(e.Get("SFTPGO_AUTHD_USER")),
		IP:                  e.Get("SFTPGO_AUTHD_IP"),
		Password:            e.Get("SFTPGO_AUTHD_PASSWORD"),
		PublicKey:           e.Get("SFTPGO_AUTHD_PUBLIC_KEY"),
		Protocol:            e.Get("SFTPGO_AUTHD_PROTOCOL"),
		TLSCert:             e.Get("SFTPGO_AUTHD_TLS_CERT"),
		KeyboardInteractive: e.Get("SFTPGO_AUTHD_KEYBOARD_INTERACTIVE"),
	}
}

// KeyintFromEnv decodes a program's environment.
func KeyintFromEnv(e Env) Keyint {
	return Keyint{Username: e.Get("SFTPGO_AUTHD_USERNAME"), IP: e.Get("SFTPGO_AUTHD_IP")}
}

// FromJSON decodes the body of an HTTP call: one JSON object, into a pointer to one of the request
// types. Fields of later versions of SFTPGo are passed over.
func FromJSON(body []byte, request any) error {
	if trimmed := strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n"); !strings.HasPrefix(trimmed, "{") {
		return errors.New("body: want one JSON object")
	}
	if err := jsonobject.Decode(body, request); err != nil {
		return fmt.Errorf("body: want one JSON object as SFTPGo sends it: %w", err)
	}
	return nil
}
