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
	"time"
)

// daemon is a hookd that is asked without any SFTPGo.
type daemon struct {
	url  string
	cmd  *exec.Cmd
	read chan struct{} // closed when its log has ended
	http *http.Client
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

// ask has a person log in by extauth, and wants a yes.
func (d *daemon) ask(p person, code string) error {
	body, err := json.Marshal(map[string]any{
		"username": p.account.Name, "password": code, "ip": "127.0.0.1", "protocol": "SSH",
		"user": p.account.Document(),
	})
	if err != nil {
		return err
	}
	res, err := d.http.Post(d.url+"/extauth", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	var said struct{ Username string }
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil || said.Username != p.account.Name {
		return fmt.Errorf("hookd answered %d for %s, want a yes: %v", res.StatusCode, p.account.Name, err)
	}
	return nil
}
