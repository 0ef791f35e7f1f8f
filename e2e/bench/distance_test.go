package main

import (
	"bytes"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// TestARelayIsADistance: nothing arrives early, and everything arrives.
func TestARelayIsADistance(t *testing.T) {
	t.Parallel()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	go func() {
		conn, err := server.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.Copy(conn, conn)
	}()
	const way = 30 * time.Millisecond
	r, err := startRelay(server.Addr().String(), way)
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	conn, err := net.Dial("tcp", r.addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	sent := bytes.Repeat([]byte("relay"), 1<<20)
	go func() { _, _ = conn.Write(sent); _ = conn.(*net.TCPConn).CloseWrite() }()
	first := make([]byte, 1)
	if _, err := io.ReadFull(conn, first); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 4*way {
		t.Errorf("the first byte came back after %v, want a round trip for the connection and one for the byte", took)
	}
	rest, err := io.ReadAll(conn)
	if err != nil || !bytes.Equal(append(first, rest...), sent) {
		t.Errorf("%d of %d bytes came back, %v", len(rest)+1, len(sent), err)
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
}

func TestTargetsMissedAtADistanceAreNamed(t *testing.T) {
	t.Parallel()
	measured := func(question, rate, burst float64) distances {
		return distances{
			question: map[manner]figures{aheadOfTime: {question}, whenWanted: {124}},
			rate:     map[manner]figures{aheadOfTime: {rate}, whenWanted: {60}},
			burst:    map[manner]figures{aheadOfTime: {burst}, whenWanted: {100}},
		}
	}
	text, short, err := measured(41, 150, 101).markdown()
	if err != nil || short != nil || strings.Contains(text, "**no**") || !strings.Contains(text, "| 1.02 | yes |") {
		t.Errorf("all reached: %v, %v\n%s", short, err, text)
	}
	_, short, err = measured(47, 119, 103).markdown()
	if err != nil || !errors.Is(short, errShort) {
		t.Fatalf("got %v, %v, want targets missed", short, err)
	}
	for _, want := range []string{"two a second, in round trips: 1.18", "without pause: 1.98", "after silence: 1.03"} {
		if !strings.Contains(short.Error(), want) {
			t.Errorf("no %q in %v", want, short)
		}
	}
	if _, _, err := (distances{}).markdown(); err == nil {
		t.Error("nothing was measured, and that is no error")
	}
}
