package authy

import (
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/ahead"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/hooks/internal/provider/providertest"
)

// world is an Authy with two users, and the client of it.
func world(t *testing.T, kind func(*Client) provider.Provider) providertest.World {
	t.Helper()
	codes := map[string]string{"5550101": "0391515", "5550102": "4830217"}
	var silent atomic.Bool
	var used sync.Map // codes that were accepted
	api := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
		if silent.Load() {
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = c.(*net.TCPConn).SetLinger(0)
				_ = c.Close()
			}
			return
		}
		parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/protected/json/verify/"), "/")
		if len(parts) != 2 || codes[parts[1]] != parts[0] {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(authytest.Invalid))
			return
		}
		if _, again := used.LoadOrStore(parts[0], true); again {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(strings.Replace(authytest.Invalid, "60020", "60019", 1)))
			return
		}
		_, _ = w.Write([]byte(authytest.Valid))
	})
	client, err := New(Options{URL: api.URL, Key: "secret-key", Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return providertest.World{
		Provider: kind(client),
		People: []providertest.Subject{
			{Account: "ann", Reference: "5550101", Right: "0391515", Wrong: "1111111"},
			{Account: "bob", Reference: "5550102", Right: "4830217", Wrong: "1111111"},
		},
		Broken: []string{"", "ann", "../1", "1/2", "1?x=1", "1#", "%31", " 1", "1 ", "+1", "01", "12345678901", "１",
			"5550101\n"},
		Secrets:  []string{"secret-key"},
		UsedOnce: true,
		Asked:    func() int { return len(api.Seen()) },
		Silence:  func() { silent.Store(true) },
	}
}

// TestProvider: the client is a provider as all are, with and without connections dialled ahead.
func TestProvider(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]func(*Client) provider.Provider{
		"client": func(c *Client) provider.Provider { return c },
		"ahead": func(c *Client) provider.Provider {
			a := NewAhead(c, ahead.Options{Max: 4, Now: time.Now})
			t.Cleanup(func() { _ = a.Close() })
			return a
		},
		"behind": func(c *Client) provider.Provider { return provider.Behind(c, c) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			providertest.Run(t, func(t *testing.T) providertest.World { return world(t, kind) })
		})
	}
}
