package steps

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cucumber/godog"

	"sftpgo-authy/internal/client"
	"sftpgo-authy/mockauthy/mockapi"
)

// conversations are the sentences about more than one answer, and about what Authy sends to a
// phone.
func (w *scenario) conversations(sc sentences) {
	ways := wayNames()
	sc.When(`^(\w+) logs in over `+ways+` and answers$`, w.answers)
	sc.When(`^(\w+) logs in over `+ways+
		` with ((?:her|a) (?:[^,"]|"[^"]*")+), and (approves|denies) the push on her phone$`, w.answersPush)
	sc.When(`^(\w+) logs in over SFTP with prompts with (?:her|his) password, and hangs up when asked for the code$`,
		w.hangsUp)
	sc.Then(`^SFTPGo kills keyint, and no hook has written a line$`, w.killedSilently)
	sc.Then(`^Authy sent her (\d+) codes? by (sms|call)$`, w.sentCodes)
	sc.Given(`^(\w+) has failed (\d+) times with a wrong code$`,
		func(ctx context.Context, name string, times int) error {
			return w.hasFailed(ctx, name, times, "")
		})
	sc.Given(`^somebody at ([\d.]+) has failed (\d+) times as (\w+)$`,
		func(ctx context.Context, from string, times int, name string) error {
			return w.hasFailed(ctx, name, times, " from "+from)
		})
}

// answers returns each answer of a table, and wants the questions to be those of the table.
func (w *scenario) answers(ctx context.Context, name, way string, table *godog.Table) error {
	p := w.person(name)
	what := typed{password: w.parsePassword(p, table.Rows[0].Cells[1].Value)}
	if what.password == nil {
		return errors.New("the first answer of the table is no password that these steps know")
	}
	var questions []string
	for i, row := range table.Rows {
		questions = append(questions, row.Cells[0].Value+" ")
		if i == 0 {
			continue
		}
		code, err := w.parseCode(p, row.Cells[1].Value)
		if err != nil {
			return err
		}
		what.more = append(what.more, code)
	}
	if err := w.begin(ctx); err != nil {
		return err
	}
	a := w.login(ctx, p, way, what)
	w.attempts = []attempt{a}
	if !slices.Equal(a.questions, questions) {
		return fmt.Errorf("the questions were %q, want %q", a.questions, questions)
	}
	return nil
}

// answersPush logs in and answers, on the phone, the push that this causes.
func (w *scenario) answersPush(ctx context.Context, name, way, text, how string) error {
	p := w.person(name)
	what, err := w.parseTyped(p, text)
	if err != nil {
		return err
	}
	if err := w.begin(ctx); err != nil {
		return err
	}
	w.attempts = make([]attempt, 1)
	var answered error
	together(2, func(i int) {
		if i == 0 {
			w.attempts[0] = w.login(ctx, p, way, what)
			return
		}
		answered = w.answerPush(ctx, p, how)
	})
	return answered
}

func (w *scenario) answerPush(ctx context.Context, p *person, how string) error {
	var uuid string
	err := eventually(ctx, func() error {
		waiting, err := w.site.Authy().Approvals(ctx, p.ref(), "pending")
		if err != nil {
			return err
		}
		if len(waiting) != 1 {
			return fmt.Errorf("%d pushes wait on the phone, want 1", len(waiting))
		}
		uuid = waiting[0].UUID
		return nil
	})
	if err != nil {
		return err
	}
	answer := w.site.Authy().Approve
	if how == "denies" {
		answer = w.site.Authy().Deny
	}
	_, err = answer(ctx, uuid)
	return err
}

// sentCode is the newest code that the mock would have sent to the person.
func (w *scenario) sentCode(ctx context.Context, p *person) (string, error) {
	messages, err := w.site.Authy().Outbox(ctx, mockapi.OutboxQuery{User: p.ref()})
	if err != nil {
		return "", err
	}
	for _, message := range slices.Backward(messages) {
		if message.Code != "" {
			return message.Code, nil
		}
	}
	return "", fmt.Errorf("nothing with a code was sent to %s", p.name)
}

func (w *scenario) sentCodes(ctx context.Context, want int, channel string) error {
	messages, err := w.site.Authy().Outbox(ctx, mockapi.OutboxQuery{Channel: channel})
	if err != nil {
		return err
	}
	if len(messages) != want {
		return fmt.Errorf("%d codes were sent by %s, want %d", len(messages), channel, want)
	}
	return nil
}

// hasFailed tries a wrong code so many times, with the client that the account is for.
func (w *scenario) hasFailed(ctx context.Context, name string, times int, from string) error {
	p := w.person(name)
	way, text := w.wanted(p.hook)
	text = strings.ReplaceAll(strings.ReplaceAll(text, "her code", "a wrong code"), "his code", "a wrong code")
	for range times {
		if err := w.logsIn(ctx, name, way, text+from); err != nil {
			return err
		}
		if err := w.isRefused(); err != nil {
			return err
		}
	}
	return nil
}

// hangsUp ends the connection at the second question.
func (w *scenario) hangsUp(ctx context.Context, name string) error {
	p := w.person(name)
	if err := w.begin(ctx); err != nil {
		return err
	}
	questions, err := client.HangUp(ctx, w.site.Servers(), client.Typing(name, "", p.password, ""), 1)
	w.attempts = []attempt{{who: p, questions: questions, err: client.ErrRefused}}
	return err
}

// killedSilently waits until SFTPGo says that it killed the program: from then on no line can come.
func (w *scenario) killedSilently(ctx context.Context) error {
	err := eventually(ctx, func() error {
		if !strings.Contains(w.site.ServerLog(ctx), "kill interactive auth program") {
			return errors.New("SFTPGo has not killed the program")
		}
		return nil
	})
	return errors.Join(err, w.noHookAsked(ctx))
}
