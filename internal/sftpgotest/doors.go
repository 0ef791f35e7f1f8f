package sftpgotest

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"
	"golang.org/x/crypto/ssh"
)

// Password logs in over SSH by method password.
func (s *Server) Password(user, password string) error { return s.ssh(user, ssh.Password(password)) }

// Key logs in over SSH with a key alone.
func (s *Server) Key(user string, key ssh.Signer) error { return s.ssh(user, ssh.PublicKeys(key)) }

// KeyThenPassword logs in over SSH in two steps, with a key and then by method password.
func (s *Server) KeyThenPassword(user string, key ssh.Signer, password string) error {
	return s.ssh(user, ssh.PublicKeys(key), ssh.Password(password))
}

// KeyThenInteractive logs in over SSH in two steps, with a key and then by method
// keyboard-interactive.
func (s *Server) KeyThenInteractive(user string, key ssh.Signer, answers ...string) error {
	return s.ssh(user, ssh.PublicKeys(key), prompts(func() {}, answers))
}

// Interactive logs in over SSH by method keyboard-interactive; one answer a question, in order.
func (s *Server) Interactive(user string, answers ...string) error {
	return s.InteractiveAfter(user, func() {}, answers...)
}

// InteractiveAfter is [Server.Interactive] of somebody who does something else before each answer.
func (s *Server) InteractiveAfter(user string, wait func(), answers ...string) error {
	return s.ssh(user, prompts(wait, answers))
}

// prompts returns one answer a question, in order, each after wait.
func prompts(wait func(), answers []string) ssh.AuthMethod {
	next := 0
	return ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
		if len(questions) > 0 {
			wait()
		}
		given := make([]string, len(questions))
		for i := range questions {
			if next == len(answers) {
				return nil, fmt.Errorf("asked for more: %s", questions[i])
			}
			given[i], next = answers[next], next+1
		}
		return given, nil
	})
}

func (s *Server) ssh(user string, methods ...ssh.AuthMethod) error {
	conn, err := ssh.Dial("tcp", s.SSH, &ssh.ClientConfig{
		User: user, Auth: methods, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 10 * time.Second,
	})
	if err != nil {
		return err
	}
	return conn.Close()
}

// FTPLogin logs in over FTP.
func (s *Server) FTPLogin(user, password string) error {
	conn, err := ftp.Dial(s.FTP, ftp.DialWithTimeout(10*time.Second))
	if err != nil {
		return err
	}
	defer conn.Quit()
	return conn.Login(user, password)
}

// FTPWithCertificate logs in over FTP and TLS with a client certificate; whoever answers is
// believed.
func (s *Server) FTPWithCertificate(user, password string, cert tls.Certificate) error {
	conn, err := ftp.Dial(s.FTP, ftp.DialWithTimeout(10*time.Second),
		ftp.DialWithExplicitTLS(&tls.Config{Certificates: []tls.Certificate{cert}, InsecureSkipVerify: true}))
	if err != nil {
		return err
	}
	defer conn.Quit()
	return conn.Login(user, password)
}

// DAVLogin makes one WebDAV request.
func (s *Server) DAVLogin(user, password string) error {
	req, err := http.NewRequest("PROPFIND", "http://"+s.DAV+"/", nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(user, password)
	req.Header.Set("Depth", "0")
	return expect(req, http.StatusMultiStatus)
}

// Web logs in over the REST API as a user does.
func (s *Server) Web(user, password string) error {
	_, err := s.Token(user, password, "/user/token")
	return err
}

// Token returns the token of an administrator (/token) or user (/user/token).
func (s *Server) Token(user, password, path string) (string, error) {
	req, err := http.NewRequest(http.MethodGet, "http://"+s.HTTP+"/api/v2"+path, nil)
	if err != nil {
		return "", err
	}
	req.SetBasicAuth(user, password)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var got struct {
		Token string `json:"access_token"`
	}
	if res.StatusCode != http.StatusOK {
		return "", errors.New(res.Status)
	}
	err = json.NewDecoder(res.Body).Decode(&got)
	return got.Token, err
}

// CallAs makes a call of the REST API as a user with this token, and gives status and body.
func (s *Server) CallAs(t testing.TB, token, method, path string, body any) (int, []byte) {
	t.Helper()
	return s.call(t, method, path, body, func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) })
}

// Get fetches a path of the REST API with an API key, or with none.
func (s *Server) Get(path, key string) error {
	req, err := http.NewRequest(http.MethodGet, "http://"+s.HTTP+"/api/v2"+path, nil)
	if err != nil {
		return err
	}
	if key != "" {
		req.Header.Set("X-SFTPGO-API-KEY", key)
	}
	return expect(req, http.StatusOK)
}

func expect(req *http.Request, want int) error {
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != want {
		return errors.New(res.Status)
	}
	_, err = io.Copy(io.Discard, res.Body)
	return err
}

func send(t testing.TB, req *http.Request) (int, []byte) {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, text
}
