package verify

import (
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sftpgo-authy/hooks/internal/ahead"
	"sftpgo-authy/hooks/internal/provider"
	"sftpgo-authy/hooks/internal/provider/authy/authytest"
	"sftpgo-authy/hooks/internal/provider/providertest"
)

const (
	bobSID      = "YF00000000000000000000000000000002"
	bobIdentity = "bob-00000002"
)

// world is a Verify with two factors, and the client of it.
func world(t *testing.T, kind func(*Client) provider.Provider) providertest.World {
	t.Helper()
	codes := map[string]string{identity + sid: "391515", bobIdentity + bobSID: "483021"}
	var silent atomic.Bool
	api := authytest.New(t, func(w http.ResponseWriter, r *http.Request) {
		if silent.Load() {
			c, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				_ = c.(*net.TCPConn).SetLinger(0)
				_ = c.Close()
			}
			return
		}
		_ = r.ParseForm()
		who := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/v2/Services/"+service+"/Entities/"), "/Challenges")
		factor, status := r.PostForm.Get("FactorSid"), "pending"
		if codes[who+factor] == r.PostForm.Get("AuthPayload") {
			status = "approved"
		}
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(challenge(status, factor, who)))
	})
	c, err := New(Options{URL: api.URL, AccountSID: account, Secret: "secret-token", ServiceSID: service,
		Timeout: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return providertest.World{
		Provider: kind(c),
		People: []providertest.Subject{
			{Account: "ann", Reference: identity + "/" + sid, Right: "391515", Wrong: "111111"},
			{Account: "bob", Reference: bobIdentity + "/" + bobSID, Right: "483021", Wrong: "111111"},
		},
		Broken: []string{"", "/", identity, identity + "/", "/" + sid, sid, "short/" + sid, identity + "/" + sid + "/",
			identity + "/" + sid + "0", identity + "/" + sid[:33], identity + "/YC" + sid[2:],
			identity + "/yf" + sid[2:],
			identity + "//" + sid, "../" + identity + "/" + sid, "%31" + identity + "/" + sid, identity + "?/" + sid,
			identity + "#/" + sid, "ann@example.com/" + sid, "ann_0000/" + sid, "１23456789/" + sid,
			identity + "/" + sid + "\n", " " + identity + "/" + sid, strings.Repeat("a", 65) + "/" + sid, "5550101"},
		Secrets: []string{"secret-token"},
		Asked:   func() int { return len(api.Seen()) },
		Silence: func() { silent.Store(true) },
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
