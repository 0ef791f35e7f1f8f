package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// load sends right requests over so many connections and returns how long that took. Each
// connection writes prepared bytes and reads just enough of the reply, so that the servers do most
// of the work.
func load(addr string, requests []string, a api, clients int) (time.Duration, error) {
	conns := make([]net.Conn, clients)
	for i := range conns {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return 0, err
		}
		defer func() { _ = c.Close() }()
		conns[i] = c
	}
	failures := make([]error, clients)
	var all sync.WaitGroup
	begin := time.Now()
	for i, c := range conns {
		all.Go(func() {
			in := bufio.NewReaderSize(c, 4<<10)
			for at := i; at < len(requests); at += clients {
				if _, err := io.WriteString(c, requests[at]); err != nil {
					failures[i] = err
					return
				}
				if err := answered(in, a); err != nil {
					failures[i] = fmt.Errorf("request %d of %s: %w", at, addr, err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(begin), errors.Join(failures...)
}

// answered reads one reply, which must be a yes.
func answered(in *bufio.Reader, a api) error {
	status, err := in.ReadString('\n')
	if err != nil {
		return err
	}
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if name, value, _ := strings.Cut(string(line), ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return err
			}
		}
	}
	body, err := in.Peek(length)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(status, "HTTP/1.1 "+strconv.Itoa(a.status)) || !bytes.Contains(body, []byte(a.right)) {
		return fmt.Errorf("answered %s: %s", strings.TrimSpace(status), body)
	}
	_, err = in.Discard(length)
	return err
}
