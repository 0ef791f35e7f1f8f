// Package client logs in to a file server the way people do: with real SSH, FTP, WebDAV and HTTP
// clients, libraries and programs alike. Each way in gives the same small Session, so that a
// scenario can upload a file and read it back without knowing which client it got.
package client

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"sort"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// ErrRefused is what every client wraps when the server said no to the login. Anything else (a port
// that is closed, a program that is not installed, a server that hung up for no reason) is not a
// refusal and must not pass for one.
var ErrRefused = errors.New("login refused")

// Servers are the addresses to log in to, as host:port. An empty address is a service that the
// server does not have.
type Servers struct {
	SSH  string // SFTP
	FTP  string // plain FTP, passive
	DAV  string // WebDAV over plain HTTP, at the root
	HTTP string // SFTPGo's REST API and web client
}

// Person is who logs in, and what that person types.
type Person struct {
	Account string
	// Password returns what goes into a password field. Clients that send it with each request
	// (WebDAV) ask each time, so that a person can look at the phone again.
	Password func() string
	// Answer returns the answer to the n-th question of a keyboard-interactive conversation,
	// counted from zero. An error hangs up.
	Answer func(n int, question string) (string, error)
	// Key is for logins that start with one. Nil: none.
	Key ssh.Signer
	// Identity is the same key as OpenSSH keeps it in a file, for its programs. Empty: none.
	Identity []byte
	// From is the address of the loopback that the person comes from; "" leaves it to the system.
	// Library clients of SSH and WebDAV alone heed it.
	From string
}

// Typing returns a person who puts field into a password field, and answers the first question with
// password and all others with code.
func Typing(account, field, password, code string) Person {
	return Person{
		Account:  account,
		Password: func() string { return field },
		Answer: func(n int, _ string) (string, error) {
			if n == 0 {
				return password, nil
			}
			return code, nil
		},
	}
}

// Answering returns a person who answers questions in this order, and hangs up at one more.
func Answering(account string, answers ...string) Person {
	return Person{Account: account, Answer: func(n int, question string) (string, error) {
		if n >= len(answers) {
			return "", fmt.Errorf("asked for more than %d answers: %s", len(answers), question)
		}
		return answers[n], nil
	}}
}

// dialer dials from the person's address.
func (p Person) dialer() *net.Dialer {
	d := &net.Dialer{Timeout: 30 * time.Second}
	if ip := net.ParseIP(p.From); ip != nil {
		d.LocalAddr = &net.TCPAddr{IP: ip}
	}
	return d
}

// Session is a login that succeeded.
type Session interface {
	// Put stores data under a name in the account's root folder.
	Put(ctx context.Context, name string, data []byte) error
	// Get reads it back.
	Get(ctx context.Context, name string) ([]byte, error)
	Close() error
}

// Way is one client on one protocol, named as the features name it.
type Way struct {
	Name     string // "SFTP with prompts"
	Protocol string // "SSH", "FTP", "DAV", "HTTP": SFTPGo's own words, as they stand in the audit
	Method   string // "password" or "keyboard-interactive", "" where the protocol knows one only
	Program  string // the program that must be installed; "" for a library
	open     func(ctx context.Context, s Servers, p Person) (Session, error)
}

// Open logs in. The error wraps ErrRefused if, and only if, the server refused the credentials.
func (w Way) Open(ctx context.Context, s Servers, p Person) (Session, error) {
	session, err := w.open(ctx, s, p)
	if err != nil {
		return nil, fmt.Errorf("%s as %s: %w", w.Name, p.Account, err)
	}
	return session, nil
}

// Prompts says whether this way asks question by question.
func (w Way) Prompts() bool { return w.Method == "keyboard-interactive" }

// Find returns the way of that name. The error lists the names there are.
func Find(name string) (Way, error) {
	ways := All()
	for _, w := range ways {
		if w.Name == name {
			return w, nil
		}
	}
	var names []string
	for _, w := range ways {
		names = append(names, w.Name)
	}
	sort.Strings(names)
	return Way{}, fmt.Errorf("no client %q, want one of: %s", name, strings.Join(names, ", "))
}

// All lists every way in that is known here.
func All() []Way {
	return []Way{
		{Name: "SFTP", Protocol: "SSH", Method: "password", open: openSFTP(passwordAuth)},
		{Name: "SFTP with prompts", Protocol: "SSH", Method: "keyboard-interactive", open: openSFTP(promptAuth)},
		{Name: "SFTP with key", Protocol: "SSH", Method: "publickey", open: openSFTP(keyAuth)},
		{Name: "SFTP with key and password", Protocol: "SSH", Method: "password",
			open: openSFTP(keyAuth, passwordAuth)},
		{Name: "SFTP with key and prompts", Protocol: "SSH", Method: "keyboard-interactive",
			open: openSFTP(keyAuth, promptAuth)},
		{Name: "FTP", Protocol: "FTP", open: openFTP},
		{Name: "WebDAV", Protocol: "DAV", open: openDAV},
		{Name: "REST", Protocol: "HTTP", open: openREST},
		{Name: "the web client", Protocol: "HTTP", open: openWebClient},

		{Name: "SFTP with OpenSSH", Protocol: "SSH", Method: "password", Program: "sftp",
			open: openSFTPCommand("password")},
		{Name: "SFTP with OpenSSH and prompts", Protocol: "SSH", Method: "keyboard-interactive", Program: "sftp",
			open: openSFTPCommand("keyboard-interactive")},
		{Name: "SFTP with OpenSSH as it is", Protocol: "SSH", Program: "sftp", open: openSFTPCommand("")},
		{Name: "SFTP with psftp", Protocol: "SSH", Program: "psftp", open: openPSFTP},
		{Name: "SFTP with dbclient", Protocol: "SSH", Program: "dbclient", open: openDropbear},
		{Name: "ssh and scp", Protocol: "SSH", Method: "password", Program: "ssh", open: openSSHCommand("password")},
		{Name: "ssh and scp with prompts", Protocol: "SSH", Method: "keyboard-interactive", Program: "ssh",
			open: openSSHCommand("keyboard-interactive")},
		{Name: "FTP with curl", Protocol: "FTP", Program: "curl",
			open: openCurl(func(s Servers) string { return "ftp://" + s.FTP + "/" }, nil)},
		{Name: "FTPS with curl", Protocol: "FTP", Program: "curl",
			open: openCurl(func(s Servers) string { return "ftp://" + s.FTP + "/" }, nil, "--ssl-reqd", "--insecure")},
		{Name: "WebDAV with curl", Protocol: "DAV", Program: "curl",
			open: openCurl(func(s Servers) string { return "http://" + s.DAV + "/" },
				[]string{"--request", "PROPFIND"})},
		{Name: "REST with curl", Protocol: "HTTP", Program: "curl", open: openCurlREST},
		{Name: "FTP with lftp", Protocol: "FTP", Program: "lftp", open: openLFTP("ftp", "")},
		{Name: "SFTP with lftp", Protocol: "SSH", Method: "password", Program: "lftp",
			open: openLFTP("sftp", "password")},
		{Name: "SFTP with lftp and prompts", Protocol: "SSH", Method: "keyboard-interactive", Program: "lftp",
			open: openLFTP("sftp", "keyboard-interactive")},
		{Name: "FTP with rclone", Protocol: "FTP", Program: "rclone", open: openRclone("ftp")},
		{Name: "SFTP with rclone", Protocol: "SSH", Method: "password", Program: "rclone", open: openRclone("sftp")},
		{Name: "WebDAV with rclone", Protocol: "DAV", Program: "rclone", open: openRclone("webdav")},
	}
}

// Missing says whether the program of this way is not installed.
func (w Way) Missing() bool {
	if w.Program == "" {
		return false
	}
	_, err := exec.LookPath(w.Program)
	return err != nil
}
