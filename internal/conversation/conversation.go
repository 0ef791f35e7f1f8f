// Package conversation talks to hook programs as SFTPGo does, for tests.
package conversation

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
)

// Round is what a keyboard-interactive hook says in one line.
type Round struct {
	Questions     []string `json:"questions"`
	Echos         []bool   `json:"echos"`
	CheckPassword int      `json:"check_password"`
	AuthResult    int      `json:"auth_result"`
}

// Hold runs a hook program to its end. It answers each line that asks something with the next of
// the answers, and closes the program's input where none is left. It returns the lines that asked,
// and all that the program said after them: its reply, whole or not. The error says that the
// program did not run or how it ended, as [exec.Cmd.Wait] does.
func Hold(cmd *exec.Cmd, answers ...string) (asked []Round, reply string, err error) {
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2); err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	lines := bufio.NewReader(stdout)
	for {
		line, err := lines.ReadString('\n')
		var r Round
		if err != nil || json.Unmarshal([]byte(line), &r) != nil || len(r.Questions) == 0 {
			rest, _ := io.ReadAll(lines) // a program that was killed has said what it has said
			return asked, line + string(rest), cmd.Wait()
		}
		asked = append(asked, r)
		if len(answers) == 0 {
			_ = stdin.Close() // the program may be gone
			continue
		}
		_, _ = io.WriteString(stdin, answers[0]+"\n") // as above
		answers = answers[1:]
	}
}
