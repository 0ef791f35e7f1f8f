package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"sync/atomic"
	"time"

	"sftpgo-authy/e2e/internal/target"
)

// daemon is a hookd that is asked without any SFTPGo.
type daemon struct {
	url  string
	cmd  *exec.Cmd
	read chan struct{} // closed when its log has ended
	http *http.Client

	conversations atomic.Int64
}

// startDaemon starts hookd and waits until it is ready.
func startDaemon(ctx context.Context, path string, env []string) (*daemon, error) {
	d := &daemon{
		cmd: exec.CommandContext(ctx, path, "--listen", "127.0.0.1:0"), read: make(chan struct{}),
		http: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: severalClients}, Timeout: 30 * time.Second},
	}
	d.cmd.Env = env
	log, err := d.cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewReader(log)
	for d.url == "" && err == nil {
		var line []byte
		line, err = lines.ReadBytes('\n')
		var entry struct{ Msg, Addr string }
		if json.Unmarshal(line, &entry) == nil && entry.Msg == "listening" {
			d.url = "http://" + entry.Addr
		} else if err != nil {
			err = fmt.Errorf("hookd does not listen: %s", line)
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines); close(d.read) }()
	if err == nil {
		err = d.ready(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.stop())
	}
	return d, nil
}

// ready waits until logins can be judged.
func (d *daemon) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for {
		res, err := d.http.Get(d.url + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return fmt.Errorf("hookd is not ready: %w", ctx.Err())
		}
	}
}

// stop ends it as a service manager does.
func (d *daemon) stop() error {
	d.http.CloseIdleConnections()
	err := d.cmd.Process.Signal(os.Interrupt)
	<-d.read
	return errors.Join(err, d.cmd.Wait())
}

// said is what hookd answers, all hooks together.
type said struct {
	Username   string
	Status     int
	Questions  []string
	AuthResult int `json:"auth_result"`
}

// ask has a person log in by a hook, as SFTPGo would, and wants a yes.
func (d *daemon) ask(hook target.Hook, p person, code string) error {
	call := map[string]any{"username": p.account.Name, "ip": "127.0.0.1", "protocol": "SSH"}
	if hook == target.Keyint {
		return d.converse(call, code)
	}
	call["password"], call["user"] = code, p.account.Document()
	if hook == target.Checkpwd {
		call["password"] = password + code
	}
	got, err := d.post(hook, call)
	if err == nil && got.Username != p.account.Name && got.Status != 2 {
		err = fmt.Errorf("hookd says no to %s at %s, want a yes", p.account.Name, hook)
	}
	return err
}

// converse answers the two questions of keyint.
func (d *daemon) converse(call map[string]any, code string) error {
	call["request_id"] = fmt.Sprint(d.conversations.Add(1))
	answers := [...]string{"", "OK", code}
	for step := range answers {
		call["step"] = step + 1
		if step > 0 {
			call["answers"] = answers[step : step+1]
		}
		got, err := d.post(target.Keyint, call)
		switch last := step == len(answers)-1; {
		case err != nil:
			return err
		case last && got.AuthResult != 1, !last && len(got.Questions) != 1:
			return fmt.Errorf("hookd answers step %d of keyint with %+v, want a question or a yes", step+1, got)
		}
		call["questions"] = got.Questions
	}
	return nil
}

// post calls a hook.
func (d *daemon) post(hook target.Hook, call map[string]any) (got said, err error) {
	body, err := json.Marshal(call)
	if err != nil {
		return got, err
	}
	res, err := d.http.Post(d.url+"/"+string(hook), "application/json", bytes.NewReader(body))
	if err != nil {
		return got, err
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		return got, fmt.Errorf("hookd answered %d at %s: %w", res.StatusCode, hook, err)
	}
	return got, nil
}
