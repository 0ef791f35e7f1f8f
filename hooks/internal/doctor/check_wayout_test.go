package doctor

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sftpgo-authy/hooks/internal/config"
	"sftpgo-authy/hooks/internal/provider/authy"
	"sftpgo-authy/hooks/internal/provider/exchange"
	"sftpgo-authy/hooks/internal/tunnel"
)

// TestTheWayOutIsNamedAndTried: doctor names the proxy without its password, and says whether a
// call got through.
func TestTheWayOutIsNamedAndTried(t *testing.T) {
	t.Parallel()
	proxy, err := tunnel.Parse("http://an%6Eie:the-password@proxy.example:3128")
	if err != nil {
		t.Fatal(err)
	}
	configured, environment := config.WayOut{Proxy: proxy, ProxyFrom: "proxy_url"},
		config.WayOut{Proxy: proxy, ProxyFrom: "https_proxy"}
	silent := fmt.Errorf("%w; check the network", exchange.ErrNoAnswer)
	refused := &tunnel.Refusal{Proxy: proxy.String(), Status: 407, What: "answered 407 to CONNECT api.authy.com:443"}
	key := &authy.APIError{Status: 401, Code: "60001"}
	for name, c := range map[string]struct {
		proxy config.WayOut
		app   error
		state State
		says  []string // of each finding, in order
	}{
		"directly":                     {state: OK},
		"directly, and nobody answers": {app: silent, state: Warn, says: []string{"went directly and failed"}},
		"through a proxy": {proxy: configured, state: OK,
			says: []string{"through the proxy http://proxy.example:3128 (proxy_url)"}},
		"through one of the environment": {proxy: environment, state: OK,
			says: []string{"(https_proxy), as doctor's own environment has it"}},
		"through it, and Authy says no": {proxy: configured, app: key, state: OK,
			says: []string{"goes through the proxy"}},
		"through it, and nobody answers": {proxy: configured, app: silent, state: Warn,
			says: []string{"goes through", "did not answer"}},
		"through it, and the proxy says no": {proxy: configured, app: refused, state: Warn,
			says: []string{"goes through", "it wants a user and password"}},
		"through it, and doctor may not ask": {proxy: configured, app: errors.New("--authy=false"), state: NotSeen,
			says: []string{"goes through"}},
		"through it, and something else says": {proxy: configured, app: errors.New("authy answered 200 and no JSON"),
			state: NotSeen, says: []string{"goes through"}},
	} {
		f := facts(recipe(), account("checkpwd"))
		f.Config.Value.WayOut, f.App.Err = c.proxy, c.app
		report := Examine(f)
		found := finding(report, "way_out")
		if got := state(report, "way_out"); got.State != c.state || len(found) != len(c.says) {
			t.Errorf("%s: %+v %+v, want %s and %d findings", name, got, found, c.state, len(c.says))
			continue
		}
		for i, want := range c.says {
			if text := found[i].What + found[i].Line; !strings.Contains(text, want) ||
				strings.Contains(text, "the-password") || strings.Contains(text, "annie") {
				t.Errorf("%s: %s, want it to say %s", name, text, want)
			}
		}
	}
}
