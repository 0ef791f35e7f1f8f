package client

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// askpassVar names the folder of answers for a process that OpenSSH started to ask a question.
const askpassVar = "E2E_ASKPASS_ANSWERS"

// Askpass plays the program behind SSH_ASKPASS when OpenSSH started this process for that, and says
// so; else it does nothing and says false. A test binary that uses the OpenSSH clients calls it
// first thing in TestMain and leaves on true. Each call takes the next answer of the folder; when
// there is none left it fails, as somebody does who closes the window.
func Askpass() bool {
	dir := os.Getenv(askpassVar)
	if dir == "" {
		return false
	}
	for n := 0; ; n++ {
		path := filepath.Join(dir, strconv.Itoa(n))
		answer, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) && n < 10 {
			continue // taken already
		}
		if err == nil {
			err = os.Remove(path)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "askpass:", err)
			os.Exit(1)
		}
		fmt.Println(string(answer))
		return true
	}
}

// writeAnswers puts down what the person will type, in order. A code is looked up now: the phone is
// not at hand later.
func writeAnswers(dir, method string, p Person) error {
	answers := []string{}
	if method == "password" {
		answers = append(answers, p.Password())
	} else {
		for n := range 2 {
			answer, err := p.Answer(n, "")
			if err != nil {
				return err
			}
			answers = append(answers, answer)
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	for n, answer := range answers {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(n)), []byte(answer), 0o600); err != nil {
			return err
		}
	}
	return nil
}
