package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"sftpgo-authy/internal/client"
	"sftpgo-authy/mockauthy/mockapi"
)

// screen is what the demo prints; ready is closed when it has said all.
type screen struct {
	mu    sync.Mutex
	text  bytes.Buffer
	ready chan struct{}
	once  sync.Once
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(p)
	if strings.Contains(s.text.String(), "Ready.") {
		s.once.Do(func() { close(s.ready) })
	}
	return len(p), nil
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

var _ io.Writer = (*screen)(nil)

func TestTheDemoLetsEachOfItsPeopleIn(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	out := &screen{ready: make(chan struct{})}
	ended := make(chan error, 1)
	demo, stop := context.WithCancel(ctx)
	go func() { ended <- run(demo, "embedded", out) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		cancel()
	})
	select {
	case <-out.ready:
	case <-ctx.Done():
		t.Fatalf("the demo is not ready: %v\n%s", ctx.Err(), out)
	}

	phone := mockapi.Client{URL: find(t, out.String(), `(http://127\.0\.0\.1:\d+)/\n`), Key: "test-key"}
	servers := client.Servers{SSH: net.JoinHostPort("127.0.0.1", find(t, out.String(), `sftp -P (\d+)`))}
	code := func(name string) string {
		token, err := phone.Token(ctx, name, "app", 0)
		if err != nil {
			t.Fatal(err)
		}
		return token.Token
	}
	for _, visitor := range []struct {
		name, way string
		person    client.Person
	}{
		{"alice", "SFTP with prompts", client.Person{Answer: func(n int, _ string) (string, error) {
			if n == 0 {
				return "alice-password", nil
			}
			return code("alice"), nil
		}}},
		{"bob", "SFTP", client.Person{Password: func() string { return code("bob") }}},
		{"carol", "SFTP", client.Person{Password: func() string { return "carol-password" + code("carol") }}},
	} {
		visitor.person.Account = visitor.name
		way, err := client.Find(visitor.way)
		if err != nil {
			t.Fatal(err)
		}
		session, err := way.Open(ctx, servers, visitor.person)
		if err != nil {
			t.Errorf("%s: %v", visitor.name, err)
			continue
		}
		if err := session.Close(); err != nil {
			t.Errorf("%s: %v", visitor.name, err)
		}
	}
	wrong := client.Person{Account: "bob", Password: func() string { return "bob-password" }}
	way, err := client.Find("SFTP")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := way.Open(ctx, servers, wrong); !errors.Is(err, client.ErrRefused) {
		t.Errorf("bob with his static password: got %v, want a refusal", err)
	}
}

func find(t *testing.T, text, pattern string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s in\n%s", pattern, text)
	}
	return found[1]
}
