package client

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// errHungUp ends a conversation from the client's side.
var errHungUp = errors.New("the client hangs up")

// HangUp logs in over SSH with prompts, answers the first ones and hangs up at the next, as a
// program does whose time for a login is over. It returns the questions.
func HangUp(ctx context.Context, s Servers, p Person, answers int) ([]string, error) {
	var questions []string
	prompts := ssh.KeyboardInteractive(func(_, _ string, asked []string, _ []bool) ([]string, error) {
		var given []string
		for _, q := range asked {
			questions = append(questions, q)
			if len(questions) > answers {
				return nil, errHungUp
			}
			given = append(given, p.Answer(len(questions)-1, q))
		}
		return given, nil
	})
	_, err := dialSFTP(ctx, p.dialer(), s.SSH, &ssh.ClientConfig{
		User: p.Account, Auth: []ssh.AuthMethod{prompts}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	})
	if len(questions) <= answers {
		return questions, fmt.Errorf("hang up after %d answers: asked only %q: %w", answers, questions, err)
	}
	return questions, nil
}
