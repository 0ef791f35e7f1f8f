package hookhost

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/ssh"
)

// round is what the keyboard-interactive hook says in one turn.
type round struct {
	Instruction string   `json:"instruction"`
	Questions   []string `json:"questions"`
	Echos       []bool   `json:"echos"`
	AuthResult  int      `json:"auth_result"` // 0 goes on, 1 accepts, the rest refuses
	// with one question: 1 checks the answer as password, 2 as built-in code
	CheckPassword int `json:"check_password"`
}

// valid holds for a round that asks; one with an AuthResult is not looked at further.
func (r round) valid() error {
	if len(r.Questions) == 0 || len(r.Questions) != len(r.Echos) {
		return fmt.Errorf("round of %d questions and %d echos: want as many of both, one at least", len(r.Questions),
			len(r.Echos))
	}
	return nil
}

// conversation is one keyboard-interactive login: the account as it was at the start, and the
// client's line.
type conversation struct {
	host *Host
	user user
	ip   string
	ask  ssh.KeyboardInteractiveChallenge
}

// authenticate runs the hook, or the built-in prompt if there is none or the account may not use
// it: external_auth_disabled switches off both hooks. The state of the account is looked at only
// afterwards.
func (c *conversation) authenticate() error {
	hook := c.host.config.KeyboardInteractiveHook
	var result int
	var err error
	switch {
	case c.user.Filters.Hooks.ExternalAuthDisabled || hook == "":
		result, err = c.builtIn()
	case isHTTP(hook):
		result, err = c.overHTTP(hook)
	default:
		result, err = c.program(hook)
	}
	if err != nil {
		return err
	}
	if result != 1 {
		return fmt.Errorf("keyboard-interactive hook: result %d", result)
	}
	return c.host.loginConditions(c.user)
}

// builtIn asks for the password, then for the built-in code of those who have one.
func (c *conversation) builtIn() (int, error) {
	password, err := c.askOne("Password: ")
	if err != nil {
		return 0, err
	}
	if err := c.host.verifyPassword(c.user, password, c.ip, protocolSSH); err != nil {
		return 0, err
	}
	if !c.user.Filters.TOTP.enabledFor(protocolSSH) {
		return 1, nil
	}
	code, err := c.askOne("Authentication code: ")
	if err != nil {
		return 0, err
	}
	if !c.user.Filters.TOTP.matches(code, c.host.config.Now()) {
		return 0, errRefused
	}
	return 1, nil
}

func (c *conversation) askOne(question string) (string, error) {
	answers, err := c.ask("", "", []string{question}, []bool{false})
	if err != nil {
		return "", err
	}
	if len(answers) != 1 {
		return "", fmt.Errorf("client gave %d answers to one question", len(answers))
	}
	return answers[0], nil
}

// answers asks the client a round's questions. Where the hook wants the answer checked, it gets
// "OK" and never the answer; with two questions that wish is ignored without a word.
func (c *conversation) answers(r round) ([]string, error) {
	answers, err := c.ask("", r.Instruction, r.Questions, r.Echos)
	if err != nil {
		return nil, err
	}
	if len(answers) != len(r.Questions) {
		return nil, fmt.Errorf("client gave %d answers to %d questions", len(answers), len(r.Questions))
	}
	if len(answers) != 1 || r.CheckPassword <= 0 {
		return answers, nil
	}
	if r.CheckPassword == 2 {
		totp := c.user.Filters.TOTP
		if !totp.enabledFor(protocolSSH) || !totp.matches(answers[0], c.host.config.Now()) {
			return nil, errRefused
		}
	} else if err := c.host.verifyPassword(c.user, answers[0], c.ip, protocolSSH); err != nil {
		return nil, err
	}
	return []string{"OK"}, nil
}

// program talks with a hook program: rounds on its stdout, a line each and below 64 KiB; answers on
// its stdin, raw, each with a newline. Reading goes on while the client is asked. The program is
// killed at the first result, whatever it is, and at the first mistake; its exit code and its
// stderr are nobody's concern.
func (c *conversation) program(path string) (int, error) {
	cmd, cancel := c.host.command(path, hookKeyboardInteractive, []variable{
		{"USERNAME", c.user.Username}, {"IP", c.ip}, {"PASSWORD", c.user.Password},
	})
	defer cancel()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("keyboard-interactive program: %w", err)
	}
	stop := context.AfterFunc(c.host.ctx, func() { stdout.Close() }) // an orphan must not outlive the host's end
	defer stop()

	result, err := readRounds(stdout, func(r round) {
		c.host.running.Go(func() {
			if err := c.relay(r, stdin); err != nil {
				c.host.log.Debug("keyboard-interactive round failed", "error", err)
				cancel()
			}
		})
	})
	stdin.Close()
	cancel()
	c.host.running.Go(func() { _ = cmd.Wait() }) // neither its end nor its exit code is waited for
	return result, err
}

// relay puts a round to the client and the answers to the program.
func (c *conversation) relay(r round, stdin io.Writer) error {
	answers, err := c.answers(r)
	if err != nil {
		return err
	}
	for _, answer := range answers {
		if _, err := io.WriteString(stdin, answer+"\n"); err != nil {
			return err
		}
	}
	return nil
}

// readRounds reads a program's lines up to its result or its end, and hands every round that asks
// to ask, which must not block. A program that ends without a result has result 0. A line that is
// no round is an error.
func readRounds(stdout io.Reader, ask func(round)) (int, error) {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		var r round
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return 0, fmt.Errorf("keyboard-interactive program: line: %w", err)
		}
		if r.AuthResult != 0 {
			return r.AuthResult, nil
		}
		if err := r.valid(); err != nil {
			return 0, err
		}
		ask(r)
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return 0, errors.New("keyboard-interactive program: line of 64 KiB or more")
	}
	return 0, nil
}

// step is one request of the keyboard-interactive hook over HTTP. The address is sent in step 1
// alone.
type step struct {
	RequestID string   `json:"request_id"`
	Step      int      `json:"step"`
	Username  string   `json:"username,omitempty"`
	IP        string   `json:"ip,omitempty"`
	Password  string   `json:"password,omitempty"` // the stored hash
	Answers   []string `json:"answers,omitempty"`
	Questions []string `json:"questions,omitempty"`
}

// overHTTP talks with a hook over HTTP, a request for each round. Only the first JSON value of an
// answer counts.
func (c *conversation) overHTTP(url string) (int, error) {
	request := step{RequestID: newRequestID(), Step: 1, Username: c.user.Username, IP: c.ip, Password: c.user.Password}
	for {
		var r round
		err := c.host.post(url, request, func(body io.Reader) error {
			defer func() { _, _ = io.Copy(io.Discard, body) }()
			return json.NewDecoder(body).Decode(&r)
		})
		if err != nil {
			return 0, fmt.Errorf("keyboard-interactive hook: %w", err)
		}
		if r.AuthResult != 0 {
			return r.AuthResult, nil
		}
		if err := r.valid(); err != nil {
			return 0, err
		}
		answers, err := c.answers(r)
		if err != nil {
			return 0, err
		}
		request = step{RequestID: request.RequestID, Step: request.Step + 1, Username: c.user.Username,
			Password: c.user.Password, Answers: answers, Questions: r.Questions}
	}
}

// newRequestID returns 20 characters of 0-9 and a-v, as an xid has.
func newRequestID() string {
	var raw [12]byte
	_, _ = rand.Read(raw[:]) // crypto/rand never fails
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:]))
}
