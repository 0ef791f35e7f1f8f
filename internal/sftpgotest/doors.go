package sftpgotest

import (
	"context"

	"golang.org/x/crypto/ssh"

	"sftpgo-authy/internal/client"
)

// Open logs in, in a way that [client.Find] knows by name.
func (s *Server) Open(way string, p client.Person) (client.Session, error) {
	how, err := client.Find(way)
	if err != nil {
		return nil, err
	}
	return how.Open(context.Background(), s.Servers, p)
}

// logIn logs in and out again.
func (s *Server) logIn(way string, p client.Person) error {
	session, err := s.Open(way, p)
	if err != nil {
		return err
	}
	_ = session.Close() // the login is what was asked for
	return nil
}

// Password logs in over SSH by method password.
func (s *Server) Password(user, password string) error {
	return s.logIn("SFTP", client.Typing(user, password, "", ""))
}

// Key logs in over SSH with a key alone.
func (s *Server) Key(user string, key ssh.Signer) error {
	return s.logIn("SFTP with key", client.Person{Account: user, Key: key})
}

// KeyThenPassword logs in over SSH in two steps, with a key and then by method password.
func (s *Server) KeyThenPassword(user string, key ssh.Signer, password string) error {
	p := client.Typing(user, password, "", "")
	p.Key = key
	return s.logIn("SFTP with key and password", p)
}

// KeyThenInteractive logs in over SSH in two steps, with a key and then by method
// keyboard-interactive.
func (s *Server) KeyThenInteractive(user string, key ssh.Signer, answers ...string) error {
	p := client.Answering(user, answers...)
	p.Key = key
	return s.logIn("SFTP with key and prompts", p)
}

// Interactive logs in over SSH by method keyboard-interactive; one answer a question, in order.
// Whoever is asked for more hangs up.
func (s *Server) Interactive(user string, answers ...string) error {
	return s.logIn("SFTP with prompts", client.Answering(user, answers...))
}

// InteractiveAfter is [Server.Interactive] of somebody who does something else before each answer.
func (s *Server) InteractiveAfter(user string, wait func(), answers ...string) error {
	p := client.Answering(user, answers...)
	answer := p.Answer
	p.Answer = func(n int, question string) (string, error) {
		wait()
		return answer(n, question)
	}
	return s.logIn("SFTP with prompts", p)
}

// FTPLogin logs in over FTP.
func (s *Server) FTPLogin(user, password string) error {
	return s.logIn("FTP", client.Typing(user, password, "", ""))
}

// DAVLogin makes one WebDAV request.
func (s *Server) DAVLogin(user, password string) error {
	return s.logIn("WebDAV", client.Typing(user, password, "", ""))
}

// Web logs in over the REST API as a user does.
func (s *Server) Web(user, password string) error {
	return s.logIn("REST", client.Typing(user, password, "", ""))
}
