package hookhost

import (
	"crypto/ed25519"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jlaffaye/ftp"
	"golang.org/x/crypto/ssh"
)

// attempt is one login and whether it must get in.
type attempt struct {
	via      string // sshPassword…
	name     string // empty is the case's user
	password string
	answers  []string // keyboard-interactive, over all rounds
	in       bool
}

const (
	sshPassword = "ssh password"
	sshKeyint   = "ssh keyboard-interactive"
	sshKey      = "ssh publickey"
	overFTP     = "ftp"
	overDAV     = "webdav"
)

// outcome is what the client saw.
type outcome struct {
	In      bool
	Prompts []string // keyboard-interactive: instruction, then questions with a mark for echo
	Status  int      // webdav
}

// addresses are where a target listens.
type addresses struct{ ssh, ftp, dav string }

const loginTime = 20 * time.Second

// testSigner is a client key that is the same in every run.
func testSigner(t *testing.T) ssh.Signer {
	t.Helper()
	signer, err := ssh.NewSignerFromSigner(ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize))))
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func (a attempt) run(t *testing.T, to addresses) outcome {
	t.Helper()
	switch a.via {
	case overFTP:
		return outcome{In: ftpLogin(t, to.ftp, a.name, a.password)}
	case overDAV:
		status := davStatus(t, to.dav, a.name, a.password)
		return outcome{In: status == http.StatusMultiStatus, Status: status}
	}
	var out outcome
	var auth ssh.AuthMethod
	switch a.via {
	case sshPassword:
		auth = ssh.Password(a.password)
	case sshKey:
		auth = ssh.PublicKeys(testSigner(t))
	case sshKeyint:
		left := a.answers
		auth = ssh.KeyboardInteractive(func(_, instruction string, questions []string, echos []bool) ([]string, error) {
			out.Prompts = append(out.Prompts, "instruction "+instruction)
			for i, q := range questions {
				out.Prompts = append(out.Prompts, map[bool]string{true: "echo ", false: "hide "}[echos[i]]+q)
			}
			if len(questions) > len(left) {
				return nil, errors.New("no answers left")
			}
			answers := left[:len(questions)]
			left = left[len(questions):]
			return answers, nil
		})
	default:
		t.Fatalf("attempt via %q", a.via)
	}
	conn, err := ssh.Dial("tcp", to.ssh, &ssh.ClientConfig{
		User: a.name, Auth: []ssh.AuthMethod{auth}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: loginTime})
	if err == nil {
		conn.Close()
	}
	out.In = err == nil
	return out
}

func ftpLogin(t *testing.T, addr, name, password string) bool {
	t.Helper()
	conn, err := ftp.Dial(addr, ftp.DialWithTimeout(loginTime))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Quit()
	return conn.Login(name, password) == nil
}

func davStatus(t *testing.T, addr, name, password string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "PROPFIND", "http://"+addr+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Depth", "0")
	request.SetBasicAuth(name, password)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: loginTime}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}
