package client

import (
	"context"
	"errors"
	"fmt"
)

// errHungUp ends a conversation from the client's side.
var errHungUp = errors.New("the client hangs up")

// HangUp logs in over SSH with prompts, answers the first ones and hangs up at the next, as a
// program does whose time for a login is over. It returns the questions. The error says that
// nothing more was asked.
func HangUp(ctx context.Context, s Servers, p Person, answers int) (questions []string, err error) {
	answer := p.Answer
	p.Answer = func(n int, question string) (string, error) {
		if questions = append(questions, question); n == answers {
			return "", errHungUp
		}
		return answer(n, question)
	}
	session, err := openSFTP(promptAuth)(ctx, s, p)
	if errors.Is(err, errHungUp) {
		return questions, nil
	}
	if err == nil {
		_ = session.Close()
	}
	return questions, fmt.Errorf("hang up after %d answers: asked only %q: %w", answers, questions, err)
}
