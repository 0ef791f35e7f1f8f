package program

import (
	"context"
	"errors"
	"time"

	"sftpgo-authy/hooks/internal/gate"
	"sftpgo-authy/hooks/internal/hook"
	"sftpgo-authy/hooks/internal/sftpgo"
)

// converse holds the keyboard-interactive conversation: it writes a line, reads one, and takes the
// next step as SFTPGo does with a hook over HTTP. It returns the last line as the reply. Before
// each question the input must be empty, since nothing that is there was asked for.
func (h Host) converse(l *hook.Login, r sftpgo.Keyint, typing time.Duration) sftpgo.Reply {
	ctx := context.Background()
	in := &lines{file: h.Stdin, now: h.Now, end: h.Now().Add(typing)}
	r.Step, r.RequestID = 1, l.NewID()
	for {
		turn := l.Keyint(ctx, r)
		if turn.Question == "" {
			return turn.Reply
		}
		if in.pending() {
			return l.KeyintDeny(ctx, r, gate.InputForged).Reply
		}
		if _, err := h.Stdout.Write(turn.Reply.Body); err != nil {
			return l.KeyintDeny(ctx, r, gate.InputTimeout).Reply
		}
		answer, err := in.read()
		switch {
		case errors.Is(err, errForged):
			return l.KeyintDeny(ctx, r, gate.InputForged).Reply
		case err != nil:
			return l.KeyintDeny(ctx, r, gate.InputTimeout).Reply
		}
		r.Step++
		r.Questions, r.Answers = []string{turn.Question}, []string{answer}
	}
}
