package hookhost

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// script is what a scripted hook does for one user. The program is this test binary under another
// name (see TestMain), the HTTP hook a server of this process; both read the script of the user
// they are asked about.
type script struct {
	Out      string         `json:",omitempty"` // stdout or body
	Fail     bool           `json:",omitempty"` // exit 3, or status 500
	Stderr   string         `json:",omitempty"`
	Hang     bool           `json:",omitempty"` // never answer
	Echo     bool           `json:",omitempty"` // say the user document that was received…
	Change   map[string]any `json:",omitempty"` // …with these keys; nil removes one
	Rounds   []turn         `json:",omitempty"` // keyboard-interactive
	Status   int            `json:",omitempty"` // HTTP status instead of 200
	Redirect int            `json:",omitempty"` // HTTP status of a redirect to where Out is
	Truncate bool           `json:",omitempty"` // end the HTTP body too early
}

// turn is one thing that a keyboard-interactive hook says, and how many lines its program then
// reads. A program that reads the end of its input, or a forged line too many, says no more.
type turn struct {
	Say  string
	Read int
}

// call is what a hook was given.
type call struct {
	Hook    string
	Args    []string    `json:",omitempty"`
	Env     []string    `json:",omitempty"` // quoted
	Lines   []string    `json:",omitempty"` // what it read from stdin
	Headers http.Header `json:",omitempty"`
	Body    string      `json:",omitempty"`
}

// scriptDirVariable tells this binary, in a hook's environment, to play the hook.
const scriptDirVariable = "HOOKHOST_TEST_SCRIPTS"

func fileFor(dir, kind, hook, name string) string {
	return filepath.Join(dir, kind+"-"+hook+"-"+url.QueryEscape(name))
}

func writeScript(t *testing.T, dir, hook, name string, s script) {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(fileFor(dir, "script", hook, name), raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func readScript(dir, hook, name string) (s script, err error) {
	raw, err := os.ReadFile(fileFor(dir, "script", hook, name))
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	return s, err
}

func record(dir, name string, c call) error {
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(fileFor(dir, "calls", "", name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(append(raw, '\n'))
	return err
}

func recorded(t *testing.T, dir, name string) []call {
	t.Helper()
	raw, err := os.ReadFile(fileFor(dir, "calls", "", name))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var calls []call
	for line := range strings.Lines(string(raw)) {
		var c call
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		calls = append(calls, c)
	}
	return calls
}

// output is what the script says, given the user document that the hook received.
func (s script) output(doc []byte) (string, error) {
	if !s.Echo {
		return s.Out, nil
	}
	user := map[string]json.RawMessage{}
	if err := json.Unmarshal(doc, &user); err != nil {
		return "", fmt.Errorf("received user document: %w", err)
	}
	for k, v := range s.Change {
		delete(user, k)
		if v != nil {
			raw, err := json.Marshal(v)
			if err != nil {
				return "", err
			}
			user[k] = raw
		}
	}
	raw, err := json.Marshal(user)
	return string(raw), err
}

// playProgram is the scripted hook as a program. It returns the exit code.
func playProgram(dir, hook string) int {
	name := os.Getenv("SFTPGO_AUTHD_USERNAME")
	c := call{Hook: hook, Args: os.Args[1:]}
	for _, e := range os.Environ() {
		if !strings.HasPrefix(e, scriptDirVariable+"=") {
			c.Env = append(c.Env, strconv.Quote(e))
		}
	}
	s, err := readScript(dir, hook, name)
	if err == nil && hook != "keyint" {
		err = record(dir, name, c)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 9
	}
	fmt.Fprint(os.Stderr, s.Stderr)
	if hook == "keyint" {
		c.Lines = s.converse(os.Stdin, os.Stdout, func(lines []string) {
			c.Lines = lines
			err = record(dir, name, c)
		})
	} else {
		var out string
		if out, err = s.output([]byte(os.Getenv("SFTPGO_AUTHD_USER"))); err == nil {
			fmt.Print(out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 9
	}
	if s.Hang {
		select {}
	}
	if s.Fail {
		return 3
	}
	return 0
}

// converse says the rounds and reads the answers. The lines are noted before the last word: nothing
// after it is sure to run.
func (s script) converse(stdin io.Reader, stdout io.Writer, note func([]string)) (lines []string) {
	in := bufio.NewReader(stdin)
	for i, turn := range s.Rounds {
		if i == len(s.Rounds)-1 {
			note(lines)
		}
		if _, err := io.WriteString(stdout, turn.Say); err != nil {
			return lines
		}
		for range turn.Read {
			line, err := in.ReadString('\n')
			if err != nil {
				return lines
			}
			lines = append(lines, line)
		}
	}
	if len(s.Rounds) == 0 {
		note(lines)
	}
	return lines
}

// serveScripts is the scripted hooks over HTTP: the path is the hook's name.
func serveScripts(t *testing.T, dir string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if r.URL.Path == "/moved" { // by a redirect; what to say is in the query
			fmt.Fprint(w, r.URL.Query().Get("say"))
			return
		}
		hook := strings.TrimPrefix(r.URL.Path, "/")
		var request struct {
			Username string
			Step     int
			User     json.RawMessage
		}
		if err := json.Unmarshal(body, &request); err != nil {
			t.Error(err)
			return
		}
		s, err := readScript(dir, hook, request.Username)
		if err == nil {
			err = record(dir, request.Username, call{Hook: hook, Headers: r.Header, Body: string(body)})
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusTeapot)
			return
		}
		s.serve(w, r, request.User, request.Step)
	}))
	t.Cleanup(server.Close)
	return server
}

func (s script) serve(w http.ResponseWriter, r *http.Request, doc []byte, step int) {
	out, err := s.output(doc)
	if err != nil {
		http.Error(w, err.Error(), http.StatusTeapot)
		return
	}
	if step > 0 && step <= len(s.Rounds) {
		out = s.Rounds[step-1].Say
	}
	switch {
	case s.Hang:
		<-r.Context().Done()
	case s.Redirect != 0:
		http.Redirect(w, r, "/moved?say="+url.QueryEscape(out), s.Redirect)
	case s.Fail:
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprint(w, out)
	case s.Truncate:
		w.Header().Set("Content-Length", strconv.Itoa(len(out)+5))
		fmt.Fprint(w, out)
	default:
		if s.Status != 0 {
			w.WriteHeader(s.Status)
		}
		fmt.Fprint(w, out)
	}
}
